import duckdb
import pytest

from propension.sources import first_line


def failing(sql):
    with pytest.raises(duckdb.Error) as caught:
        duckdb.execute(sql).fetchall()
    return first_line(caught.value)


@pytest.mark.parametrize("name", ["Ana", "O''Brien", 'Ana "La" Paz', "Ana\nPaz", "Paz''; ''"])
def test_a_value_that_cannot_be_cast_is_not_told(name) -> None:
    told = failing(f"SELECT name::INTEGER FROM (SELECT '{name}' AS name)")
    assert told.startswith("Conversion Error: Could not convert string '***' to INT32")
    assert not any(word in told for word in ("Ana", "Brien", "Paz"))


def test_a_key_that_is_repeated_is_not_told() -> None:
    told = failing(
        "CREATE TEMP TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('Ana'), ('Ana')"
    )
    assert told.startswith("Constraint Error")
    assert "Ana" not in told


def test_what_is_wrong_with_a_statement_is_told() -> None:
    told = failing("SELECT saldo FROM (SELECT 1 AS valor)")
    assert told.startswith('Binder Error: Referenced column "saldo" not found')
