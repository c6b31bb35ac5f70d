"""A portfolio kept in a database is scored like one of files, and its list is in the database."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from flows.conftest import FLOW_WARNINGS, copy_of

from propension.errors import ConfigurationError, OutputError

pytestmark = [pytest.mark.flows, *(pytest.mark.filterwarnings(text) for text in FLOW_WARNINGS)]


@pytest.fixture(scope="module")
def scoring():
    from pipelines.scoring import scoring

    return scoring


def change(portfolio, **sections):
    config = portfolio / "propension.yaml"
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    for name, values in sections.items():
        settings[name] = {**settings[name], **values}
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return config


def listed(result):
    return pq.read_table(Path(result["folder"]) / "scored.parquet").drop_columns(["run_id"])


def test_files_a_duckdb_file_and_postgresql_give_the_same_list(
    trained,
    tmp_path,
    scoring,
    company,
) -> None:
    places = [copy_of(trained[0], tmp_path / name) for name in ("files", "duckdb", "postgresql")]
    with duckdb.connect(str(places[1] / "company.duckdb")) as engine:
        for file in sorted((places[0] / "data").glob("*.parquet")):
            engine.execute(f"CREATE TABLE {file.stem} AS FROM '{file}'")
            company.load(file.stem, pq.read_table(file))
    change(places[1], source={"kind": "duckdb", "path": "company.duckdb"})
    change(
        places[2],
        source={"kind": "postgresql", "path": None},
        outputs={"database": {"schema": "propension"}},
    )
    results = [scoring(place / "propension.yaml") for place in places]
    first = listed(results[0])
    assert first.num_rows > 100
    assert listed(results[1]).equals(first)
    assert listed(results[2]).equals(first)
    kept = company.run("SELECT account_id, treatment FROM propension.scored ORDER BY priority")
    columns = [first[name].to_pylist() for name in ("account_id", "treatment")]
    assert kept == list(zip(*columns, strict=True))
    assert company.run("SELECT run_id FROM propension.runs") == [(results[2]["run_id"],)]
    told = "".join(path.read_text("utf-8", "replace") for path in places[2].rglob("*.json"))
    assert "s3creto" not in told


def test_a_connection_comes_from_a_secret_block(portfolio, scoring, company, monkeypatch) -> None:
    from prefect.blocks.system import Secret

    Secret(value=company.uri("propension_writer")).save("listas", overwrite=True)
    monkeypatch.setenv("PROPENSION_OUTPUT_URI", "postgresql://nobody@/nowhere")
    config = change(portfolio, outputs={"database": {"uri_block": "listas"}})
    result = scoring(config)
    assert company.run("SELECT run_id FROM propension.runs") == [(result["run_id"],)]
    with pytest.raises(
        ConfigurationError, match=r"outputs\.database\.uri_block: Prefect has no Secret"
    ):
        scoring(change(portfolio, outputs={"database": {"uri_block": "ninguna"}}))


def test_a_database_that_is_away_fails_the_run_before_anything_long(
    portfolio,
    scoring,
    company,
    monkeypatch,
) -> None:
    from pipelines import tasks

    monkeypatch.setattr(tasks, "extract_tables", lambda *_: pytest.fail("the run went on"))
    monkeypatch.setenv("PROPENSION_OUTPUT_URI", company.uri("propension_writer") + "x")
    config = change(portfolio, outputs={"database": {}})
    with pytest.raises(
        OutputError, match="PostgreSQL cannot be reached with PROPENSION_OUTPUT_URI"
    ):
        scoring(config)
    assert not list((portfolio / "outputs").glob("as_of=*"))
