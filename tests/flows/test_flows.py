import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from propension.errors import ConfigurationError, DataError, ModelError, OutputError
from propension.outputs import SCORED_SCHEMA

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LIST = "as_of=2026-06-30"
FILES = (
    "scored.parquet",
    "scored.csv",
    "scored.xlsx",
    "agenda.csv",
    "agenda.ics",
    "allocation.json",
    "profile.json",
)


@pytest.fixture(scope="module")
def scoring(prefect_server):
    from pipelines.scoring import scoring

    return scoring


def test_training_tests_on_later_time_and_beats_days_past_due(trained):
    result = trained[1]["models"][0]
    windows = result["windows"]
    assert windows["train"]["last"] < windows["validation"]["first"] < windows["test"]["first"]
    metrics = result["metrics"]
    assert metrics["days_past_due"]["log_loss"] > metrics["model"]["log_loss"]
    assert 0.7 < metrics["model"]["auc"] < 0.95
    assert result["verdict"] == "first"
    days = [row["horizon_days"] for row in result["curve"]]
    assert days == sorted(days)
    assert 30 in days
    assert len(days) >= 3


def test_a_model_for_what_is_not_due_yet_is_trained_beside_it(trained):
    _, upcoming = trained[1]["models"]
    assert (upcoming["stage"], upcoming["verdict"]) == ("upcoming", "first")
    assert upcoming["model"].endswith("_upcoming")
    assert upcoming["metrics"]["late_share"]["auc"] < upcoming["metrics"]["model"]["auc"] < 0.95


def test_the_report_shows_how_the_score_treats_audited_groups(trained):
    report = Path(trained[1]["models"][0]["report"]).read_text(encoding="utf-8")
    assert "age group: el puntaje" in report
    assert "<script" not in report


def test_the_list_keeps_its_contract(portfolio, scoring):
    result = scoring(portfolio / "propension.yaml")
    rows = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet")
    assert rows.schema.equals(SCORED_SCHEMA)
    assert rows.num_rows == result["totals"]["accounts"] > 100
    assert rows["priority"].to_pylist() == list(range(1, rows.num_rows + 1))
    assert len(set(rows["account_id"].to_pylist())) == rows.num_rows
    assert set(rows["stage"].to_pylist()) == {"overdue", "upcoming"}
    for account in rows.to_pylist():
        assert 0 <= account["propensity"] <= 1
        if account["stage"] == "overdue":
            assert account["propensity_30d"] == account["propensity"]
        assert 0 <= account["expected_recovery"] <= account["amount_at_stake"]
        assert len(account["reasons"]) == 5
        assert account["segment"]
        assert "***" in account["customer_name"]
        is_contact = account["channel"] != "none"
        assert (account["scheduled_at"] is not None) == is_contact
        assert account["message"] or not is_contact
    # Every feature of every account is counted beside it.
    profile = json.loads((portfolio / "outputs" / LIST / "profile.json").read_text())
    for stage, columns in profile.items():
        listed = sum(found == stage for found in rows["stage"].to_pylist())
        assert {sum(column["counts"]) for column in columns.values()} == {listed}
        assert len(columns) > 90


def test_the_overdue_of_the_list_is_the_overdue_of_the_books(portfolio, scoring):
    scoring(portfolio / "propension.yaml")
    listed = pq.read_table(
        portfolio / "outputs" / LIST / "scored.parquet", columns=["overdue_amount"]
    )
    paid = (
        f"SELECT debt_id, sum(amount) AS paid FROM '{portfolio}/data/payments.parquet' "
        "WHERE NOT coalesce(bounced, FALSE) GROUP BY debt_id"
    )
    ((owed,),) = duckdb.execute(
        f"SELECT sum(greatest(d.amount - coalesce(p.paid, 0), 0)) FROM '{portfolio}/data/debts.parquet' d "
        f"LEFT JOIN ({paid}) p USING (debt_id) WHERE d.due_on < DATE '2026-06-30'"
    ).fetchall()
    assert sum(listed["overdue_amount"].to_pylist()) == owed


def test_the_workbook_opens_and_holds_every_account(portfolio, scoring):
    result = scoring(portfolio / "propension.yaml")
    book = openpyxl.load_workbook(portfolio / "outputs" / LIST / "scored.xlsx")
    first, listed, *teams, capacity, dictionary = book.sheetnames
    assert [first, listed, capacity, dictionary] == ["Resumen", "Lista", "Capacidad", "Diccionario"]
    assert book[listed].max_row == result["totals"]["accounts"] + 1
    placed = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet")["team"]
    assert teams[0] == "Gestores"
    assert len(teams) == len(placed.drop_null().unique())
    assert sum(book[team].max_row - 1 for team in teams) == len(placed) - placed.null_count


def test_a_second_run_replaces_the_list_byte_for_byte(portfolio, scoring):
    config, folder = portfolio / "propension.yaml", portfolio / "outputs" / LIST
    first = scoring(config)
    before = {name: (folder / name).read_bytes() for name in FILES}
    second = scoring(config)
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    assert first["run_id"] == second["run_id"]
    assert [path.name for path in folder.parent.glob("*as_of*")] == [LIST]


def test_the_batch_size_does_not_change_the_list(portfolio, scoring):
    config, folder = portfolio / "propension.yaml", portfolio / "outputs" / LIST
    scoring(config)
    before = (folder / "scored.parquet").read_bytes()
    config.write_text(config.read_text().replace("batch_rows: 100", "batch_rows: 5000"))
    scoring(config)
    assert (folder / "scored.parquet").read_bytes() == before


def test_rows_recorded_after_the_as_of_date_change_nothing_but_the_run(portfolio, scoring):
    day = dt.date(2026, 4, 15)
    config, folder = portfolio / "propension.yaml", portfolio / "outputs" / f"as_of={day}"
    scoring(config, as_of=day)
    columns = [name for name in SCORED_SCHEMA.names if name != "run_id"]
    before = pq.read_table(folder / "scored.parquet", columns=columns)
    cuts = {
        "debts": "greatest(issued_on, recorded_at::DATE)",
        "payments": "greatest(paid_on, recorded_at::DATE)",
        "contacts": 'greatest("at"::DATE, recorded_at::DATE)',
    }
    for table, known_on in cuts.items():
        path = portfolio / "data" / f"{table}.parquet"
        kept = duckdb.execute(
            f"SELECT * FROM '{path}' WHERE {known_on} <= DATE '{day}'"
        ).to_arrow_table()
        assert kept.num_rows < pq.read_metadata(path).num_rows
        pq.write_table(kept, path)
    scoring(config, as_of=day)
    assert pq.read_table(folder / "scored.parquet", columns=columns).equals(before)


def test_the_manifest_tells_what_the_run_did(portfolio, scoring):
    scoring(portfolio / "propension.yaml")
    folder = portfolio / "outputs" / LIST
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["as_of"] == "2026-06-30"
    for name, count in manifest["inputs"].items():
        read = pq.read_metadata(portfolio / "data" / f"{name}.parquet").num_rows
        assert count["read"] == read == count["kept"] + count["refused"]
    assert set(FILES) <= set(manifest["outputs"])
    assert manifest["outputs"]["scored.parquet"]["rows"] == manifest["totals"]["accounts"]
    assert manifest["stages"][0]["name"] == "extract"


def test_a_run_that_fails_leaves_the_previous_list(portfolio, scoring, monkeypatch):
    config, folder = portfolio / "propension.yaml", portfolio / "outputs" / LIST
    scoring(config)
    before = {name: (folder / name).read_bytes() for name in FILES}
    import pipelines.scoring

    def full_disk(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipelines.scoring, "write_manifest", full_disk)
    with pytest.raises(
        OutputError, match=r"No space left on device.* The list before is as it was"
    ):
        scoring(config)
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    monkeypatch.undo()
    scoring(config)
    assert sorted(path.name for path in folder.parent.iterdir() if "as_of" in path.name) == [LIST]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (dt.date(2001, 1, 1), "the data starts on"),
        (dt.date(2026, 7, 1), "the data ends on 2026-06-30"),
    ],
)
def test_an_as_of_date_outside_the_data_is_refused(portfolio, scoring, day, message):
    with pytest.raises(ConfigurationError, match=message):
        scoring(portfolio / "propension.yaml", as_of=day)


def test_scoring_without_a_champion_says_to_train(portfolio, scoring):
    config = portfolio / "propension.yaml"
    config.write_text(config.read_text().replace("registry:\n", "registry:\n  name: nobody\n"))
    with pytest.raises(ModelError, match=r"nobody has no champion yet\. Run: propension train"):
        scoring(config)


def test_an_empty_debts_table_is_refused(portfolio, scoring):
    path = portfolio / "data" / "debts.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    with pytest.raises(DataError, match="debts: the table has no rows"):
        scoring(portfolio / "propension.yaml")


def overdue_only(folder, more=""):
    """A configuration of the same portfolio that trains one model, not two."""
    config = folder / "overdue.yaml"
    text = (folder / "propension.yaml").read_text(encoding="utf-8")
    config.write_text(
        text.replace("target:\n", "target:\n  stages: [overdue]\n", 1) + more, encoding="utf-8"
    )
    return config


def test_the_same_training_again_is_no_better_and_stays_a_challenger(trained):
    from pipelines.training import training
    from propension.config import load_settings
    from propension.model import Registry

    folder, first = trained
    config = overdue_only(folder)
    first, second = first["models"][0], training(config)["models"][0]
    assert second["metrics"]["model"] == first["metrics"]["model"]
    assert second["metrics"]["champion"] == second["metrics"]["model"]
    assert second["verdict"] == "not_better"
    assert "exactly as the champion" in second["reason"]
    registry = Registry(load_settings(config))
    assert registry.champion()[0] == first["version"]
    registry.promote(second["version"])
    assert registry.champion()[0] == second["version"]
    assert registry.rollback() == first["version"]
    aliases = {version.number: version.aliases for version in registry.versions()}
    assert aliases == {first["version"]: ("champion",), second["version"]: ("previous",)}


def test_a_champion_that_learnt_from_the_test_is_not_compared_on_it(trained):
    from pipelines.training import training

    folder, _ = trained
    earlier = training(overdue_only(folder), dt.date(2026, 3, 31))["models"][0]
    assert earlier["verdict"] == "not_better"
    assert "the champion learnt from dates until" in earlier["reason"]


def test_recalibrating_keeps_the_trees_and_passes_the_same_gate(trained, tmp_path):
    from pipelines.training import training
    from propension.config import load_settings
    from propension.model import Registry

    shutil.copytree(trained[0], tmp_path / "cartera")
    config = overdue_only(tmp_path / "cartera")
    registry = Registry(load_settings(config))
    number, champion = registry.champion()
    told = training(config, recalibrate=True)["models"][0]
    bundle = registry.load(told["version"])
    assert told["version"] > number
    assert bundle.booster.model_to_string() == champion.booster.model_to_string()
    assert bundle.facts["windows"]["calibration"]["last"] > str(champion.learnt_until)
    assert {check["name"] for check in told["checks"]} >= {"log_loss", "auc", "bias"}
    assert Path(told["report"]).exists()


def test_without_a_champion_there_is_nothing_to_recalibrate(trained, tmp_path):
    from pipelines.training import training

    shutil.copytree(trained[0], tmp_path / "cartera", ignore=shutil.ignore_patterns("models"))
    config = overdue_only(tmp_path / "cartera")
    with pytest.raises(ModelError, match="has no champion yet"):
        training(config, recalibrate=True)


def test_a_result_too_good_to_be_true_is_not_registered(trained):
    from pipelines.training import training
    from propension.config import load_settings
    from propension.model import Registry

    folder, _ = trained
    config = overdue_only(folder, "\nmodel: { alarms: { auc: 0.6 } }\n")
    before = len(Registry(load_settings(config)).versions())
    with pytest.raises(ModelError, match="something tells the future"):
        training(config)
    assert len(Registry(load_settings(config)).versions()) == before


def test_explain_tells_the_account_of_the_list(portfolio, scoring, monkeypatch, capsys):
    from pipelines.cli import main

    scoring(portfolio / "propension.yaml")
    rows = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet").to_pylist()
    command = [
        "propension",
        "explain",
        rows[0]["account_id"],
        "-c",
        str(portfolio / "propension.yaml"),
    ]
    monkeypatch.setattr("sys.argv", [*command, "--json"])
    main()
    shown = json.loads(capsys.readouterr().out)
    assert shown["priority"] == 1
    assert shown["reasons"] == rows[0]["reasons"]
    monkeypatch.setattr("sys.argv", command)
    main()
    assert rows[0]["reasons"][0]["text"].split(":")[0] in capsys.readouterr().out


def test_secrets_and_names_stay_out_of_lists_by_default(portfolio, scoring):
    scoring(portfolio / "propension.yaml")
    names = pq.read_table(portfolio / "data" / "customers.parquet", columns=["name", "email"])
    text = (portfolio / "outputs" / LIST / "scored.csv").read_text(encoding="utf-8-sig")
    full = [
        value for column in names.to_pydict().values() for value in column if value and " " in value
    ]
    assert full
    assert not any(value in text for value in full)
