import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledgers import RESOURCES, Ledger

from propension.model.fairness import (
    AUDIT_FILE,
    audit_groups,
    audit_score,
    fairness_tables,
    write_audit,
)
from propension.snapshots import open_streams, prepare_streams

GROUPS = np.array(["F"] * 100 + ["M"] * 100 + ["X"] * 10, dtype=object)
# F: 60 of 100 paid, all seen as likely; M: 60 of 100 paid, none seen as likely.
PAID = np.array(([1] * 60 + [0] * 40) * 2 + [1] * 10, dtype=np.int8)
PROPENSITY = np.array([0.7] * 100 + [0.4] * 100 + [0.5] * 10)


def test_the_gaps_between_groups_are_those_of_a_hand_count():
    found = audit_score(PAID, PROPENSITY, {"audit_sex": GROUPS})["audit_sex"]
    by_name = {part["group"]: part for part in found["groups"]}
    assert (by_name["F"]["likely_share"], by_name["M"]["likely_share"]) == (1, 0)
    assert (by_name["F"]["false_positive_rate"], by_name["M"]["false_negative_rate"]) == (1, 1)
    assert by_name["F"]["calibration_gap"] == pytest.approx(0.1)
    assert by_name["M"]["calibration_gap"] == pytest.approx(-0.2)
    assert found["likely_gap"] == 1
    assert found["calibration_gap"] == pytest.approx(0.3)


def test_groups_too_small_to_speak_of_are_counted_and_not_shown():
    found = audit_score(PAID, PROPENSITY, {"audit_sex": GROUPS})["audit_sex"]
    assert {part["group"] for part in found["groups"]} == {"F", "M"}
    assert found["too_small"] == 10
    assert audit_score(PAID, PROPENSITY, {"audit_sex": np.arange(210).astype(object)}) == {}


def test_rows_of_no_group_are_shown_and_compared_with_nobody():
    groups = np.where(GROUPS == "M", "unknown", GROUPS)
    found = audit_score(PAID, PROPENSITY, {"audit_sex": groups})["audit_sex"]
    assert {part["group"] for part in found["groups"]} == {"F", "unknown"}
    assert (found["likely_gap"], found["calibration_gap"]) == (0, 0)


def test_the_order_of_rows_plays_no_part():
    order = np.random.default_rng(1).permutation(len(PAID))
    shuffled = audit_score(PAID[order], PROPENSITY[order], {"audit_sex": GROUPS[order]})
    again = audit_score(PAID, PROPENSITY, {"audit_sex": GROUPS})
    for column, found in shuffled.items():
        assert found["likely_gap"] == again[column]["likely_gap"]
        assert found["calibration_gap"] == pytest.approx(again[column]["calibration_gap"])


def test_audited_columns_come_from_the_accounts_customer(tmp_path):
    ledger = Ledger().customer("C1", audit_sex="F").customer("C2", audit_sex=None)
    ledger.debt("D1").debt("D2", account_id="A2").debt("D3", customer_id="C2")
    extraction = ledger.write(tmp_path / "extraction")
    engine = open_streams(prepare_streams(extraction, RESOURCES), RESOURCES)
    write_audit(engine, extraction, tmp_path)
    engine.close()
    asked = np.array(["A2", "C2", "C1", "A2", "nobody"], dtype=object)
    found = audit_groups(tmp_path, asked)
    assert {name: list(values) for name, values in found.items()} == {
        "audit_sex": ["F", "unknown", "F", "F", "unknown"]
    }


def test_without_audited_columns_there_is_nothing_to_audit(tmp_path):
    extraction = Ledger().debt().write(tmp_path / "extraction")
    engine = open_streams(prepare_streams(extraction, RESOURCES), RESOURCES)
    write_audit(engine, extraction, tmp_path)
    engine.close()
    assert not (tmp_path / AUDIT_FILE).exists()
    assert audit_groups(tmp_path, np.array(["C1"], dtype=object)) == {}
    assert audit_score(PAID, PROPENSITY, {}) == {}


def test_tables_of_the_report_hold_every_declared_column():
    score = audit_score(PAID, PROPENSITY, {"audit_sex": GROUPS})
    (table,) = fairness_tables(score, {})
    assert table["title"] == {
        "es": "sex: el puntaje",
        "pt": "sex: o escore",
        "en": "sex: the score",
    }
    keys = {column["key"] for column in table["columns"]}
    assert all(keys <= set(row) for row in table["rows"])


def test_pressure_counts_who_is_treated_called_and_pressed(tmp_path):
    from propension.treatments import audit_pressure

    count = 200
    sex = ["F"] * 100 + ["M"] * 100
    pq.write_table(
        pa.table({"account_id": [f"A{n}" for n in range(count)], "audit_sex": sex}),
        tmp_path / "audit.parquet",
    )
    tones = ["firm"] * 30 + ["friendly"] * 20 + ["none"] * 50 + ["legal"] * 10 + ["none"] * 90
    pq.write_table(
        pa.table(
            {
                "account_id": [f"A{n}" for n in range(count)],
                "treatment": ["do_nothing" if tone == "none" else "firm_call" for tone in tones],
                "tone": tones,
                "manual": [tone in ("firm", "friendly") for tone in tones],
                "days_past_due": [10] * count,
                "propensity": [0.5] * count,
            }
        ),
        tmp_path / "scored.parquet",
    )
    found = audit_pressure(tmp_path / "scored.parquet", tmp_path / "audit.parquet", RESOURCES)
    women, men = found["audit_sex"]["groups"]
    assert (women["treated_share"], women["manual_share"], women["pressed_share"]) == (
        0.5,
        0.5,
        0.3,
    )
    assert (men["treated_share"], men["manual_share"], men["pressed_share"]) == (0.1, 0, 0.1)
    assert found["audit_sex"]["pressed_gap"] == pytest.approx(0.2)
