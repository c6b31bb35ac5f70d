"""The command says what it did or what is wrong in plain words, and its exit code agrees."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from builders import OMIT, write_config, write_portfolio
from click.testing import CliRunner
from command import Run

from pipelines import cli, portfolio
from pipelines.cli_options import config_option
from propension.config import starting_files
from propension.writing import format_number

HEAVY = ("mlflow", "prefect", "shap", "lightgbm", "sklearn", "pandas", "duckdb", "numba", "scipy")


def command_paths(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from command_paths(command, (*path, name))


COMMANDS = list(command_paths(cli.cli))


# Help


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_of_every_command_holds_an_example_of_it(run: Run, path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.code == 0
    _, _, example = shown.out.partition("Example:\n")
    first = example.splitlines()[0].split()
    assert first[0] == "propension"
    assert set(path) <= set(first)


def test_help_shows_where_to_start_and_the_exit_codes(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    assert "propension demo" in shown.out
    assert "Exit codes: 0 done, 2 settings or usage, 3 data refused, 4 model" in shown.out


def test_version_is_told(run: Run) -> None:
    shown = run("--version")
    assert shown.code == 0
    assert shown.out.startswith("propension, version ")


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "sys.argv = ['propension', '--help']\n"
        "from pipelines.cli import main\n"
        "main()\n"
        f"print('imported:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "Usage: " in done.stdout
    assert done.stdout.splitlines()[-1] == "imported: []"


# Usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["check", "--jsn"], "No such option"),
        (["explain"], "Missing argument 'ACCOUNT'"),
        (["score", "--as-of", "31/01/2026"], "Invalid value for '--as-of'"),
        (["simulate", "out", "--accounts", "many"], "'many' is not a valid integer"),
        (["simulate", "out", "--seed", "-1"], "Invalid value for '--seed'"),
        (["models", "promote", "first"], "'first' is not a valid integer"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(run: Run, arguments: list[str], said: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


# init and simulate


def test_init_writes_a_portfolio_whose_settings_are_accepted(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet" / "there"
    outcome = run("init", folder)
    assert outcome.code == 0
    assert "propension check" in outcome.out
    assert sorted(path.name for path in folder.iterdir()) == [
        "data",
        "policy.yaml",
        "propension.yaml",
    ]
    portfolio.check_configuration(folder / "propension.yaml")


def test_second_init_is_refused_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    for name in ("propension.yaml", "policy.yaml"):
        (tmp_path / name).write_text("mine")
    outcome = run("init", tmp_path)
    assert outcome.code == 2
    assert outcome.told == (
        f"{tmp_path}/propension.yaml: already exists. Choose another folder, or move it away."
    )
    assert (tmp_path / "propension.yaml").read_text() == "mine"
    assert (tmp_path / "policy.yaml").read_text() == "mine"


def test_init_does_not_overwrite_a_policy(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("ours")
    outcome = run("init", tmp_path)
    assert outcome.code == 2
    assert "policy.yaml: already exists" in outcome.told
    assert (tmp_path / "policy.yaml").read_text() == "ours"
    assert not (tmp_path / "propension.yaml").exists()


def test_init_under_a_file_says_which(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("init", tmp_path / "file" / "cartera")
    assert outcome.code == 1
    assert "file/cartera" in outcome.told
    assert "Not a directory. Check the path" in outcome.told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--accounts", "9"], "simulate: accounts is 9. Ask for at least 10."),
        (["--months", "5"], "simulate: months is 5. Ask for 6 to 120."),
        (["--months", "121"], "simulate: months is 121. Ask for 6 to 120."),
        (["--country", "xx"], "simulate: country XX is unknown. Choose one of "),
    ],
)
def test_simulate_refuses_what_it_cannot_simulate(
    run: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    outcome = run("simulate", tmp_path / "out", *arguments)
    assert outcome.code == 2
    assert outcome.told.startswith(said)
    assert not (tmp_path / "out").exists()


def test_simulated_portfolio_passes_the_check(run: Run, tmp_path: Path) -> None:
    data, config = tmp_path / "data", write_config(tmp_path, portfolio={"currency": "MXN"})
    outcome = run("simulate", data, "--accounts", 20, "--months", 6, "--country", "mx", "--json")
    rows = json.loads(outcome.out)
    assert rows["customers"] == 20
    checked = run("check", "-c", config, "--json")
    assert checked.code == 0
    tables = json.loads(checked.out)["tables"]
    assert {"customers", "debts", "payments"} <= set(tables) <= set(rows)
    assert all(table["read"] == table["kept"] == rows[name] for name, table in tables.items())


# check


def test_clean_portfolio_passes(run: Run, config: Path) -> None:
    outcome = run("check", "-c", config)
    assert outcome.code == 0
    assert "Nothing to report: every row was kept." in outcome.out
    assert "Tables, 2026-01-01 to 2026-02-10" in outcome.out


def test_check_uses_the_settings_of_the_current_folder(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    assert run("check").code == 0


def test_refused_rows_are_shown_listed_and_told_by_the_exit_code(run: Run, tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": -1}])
    outcome = run("check", "-c", write_config(tmp_path))
    assert outcome.code == 3
    assert "1 of 2 rows have an amount of zero or less (D2: -1). Check the amount" in outcome.out
    assert (tmp_path / "outputs" / "quarantine" / "debts.csv").exists()
    assert outcome.err == ""


def test_rows_that_are_only_noted_pass(run: Run, tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"kind": "robot"}], payments=[{"amount": 101}])
    outcome = run("check", "-c", write_config(tmp_path))
    assert outcome.code == 0
    assert "over_payment" in outcome.out
    assert "not_allowed" in outcome.out


def test_mended_portfolio_has_no_quarantine_left(run: Run, tmp_path: Path) -> None:
    config = write_config(tmp_path)
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": -1}])
    run("check", "-c", config)
    write_portfolio(tmp_path, "csv")
    assert run("check", "-c", config).code == 0
    assert not (tmp_path / "outputs" / "quarantine").exists()
    assert not (tmp_path / "outputs" / ".work" / "check").exists()


def test_check_for_machines_is_json_alone(run: Run, tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": -1, "debt_id": "Ñ😀"}])
    outcome = run("check", "-c", write_config(tmp_path), "--json")
    assert outcome.code == 3
    told = json.loads(outcome.out)
    assert told["data_from"] == "2026-01-01"
    assert told["tables"]["debts"]["read"] == 2
    assert told["tables"]["debts"]["refused"] == 1
    (finding,) = told["findings"]
    assert (finding["table"], finding["rule"], finding["rows"]) == (
        "debts",
        "amount_not_positive",
        1,
    )
    assert finding["sample"] == ["Ñ😀: -1"]


def test_ids_that_look_like_markup_are_shown_as_they_are(run: Run, tmp_path: Path) -> None:
    odd = ["[/bold]", "[red]", ":smile:", "\\[x]"]
    write_portfolio(tmp_path, "csv", debts=[{}, *({"debt_id": i, "amount": -1} for i in odd[:3])])
    outcome = run("check", "-c", write_config(tmp_path))
    assert outcome.code == 3
    assert "([/bold]: -1, [red]: -1, :smile:: -1)" in outcome.out


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"debts": []}, "debts: the table has no rows. Check the source and its mapping."),
        ({"debts": [{"amount": OMIT}]}, "debts: column amount is missing."),
        ({"debts": [{"due_on": "31/01/2026"}]}, "debts: not one of 1 rows can be used."),
    ],
)
def test_data_that_cannot_be_used_at_all_is_told_in_the_table(
    run: Run, tmp_path: Path, tables: dict[str, Any], said: str
) -> None:
    write_portfolio(tmp_path, "csv", **tables)
    outcome = run("check", "-c", write_config(tmp_path))
    assert outcome.code == 3
    assert "fatal" in outcome.out
    assert said in outcome.out


def test_missing_table_is_told_in_the_table(run: Run, config: Path) -> None:
    (config.parent / "data" / "payments.csv").unlink()
    outcome = run("check", "-c", config)
    assert outcome.code == 3
    assert (
        "payments: the table is missing. data holds customers, debts. Add payments.parquet"
        in outcome.out
    )


def test_missing_data_folder_is_told(run: Run, tmp_path: Path) -> None:
    outcome = run("check", "-c", write_config(tmp_path))
    assert outcome.code == 3
    assert outcome.told == (
        f"source.path: {tmp_path}/data does not exist. Correct it in the configuration."
    )


# Settings


@pytest.mark.parametrize(
    "command", [["check"], ["train"], ["score"], ["explain", "C1"], ["models"]], ids=" ".join
)
def test_missing_settings_are_told_before_anything_slow_starts(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    flows = ("pipelines.training", "pipelines.scoring")
    before = [name for name in flows if name in sys.modules]
    outcome = run(*command, "-c", tmp_path / "propension.yaml")
    assert outcome.code == 2
    assert outcome.told == (
        f"{tmp_path}/propension.yaml: file not found. Give it with -c, or create a portfolio with: "
        "propension init DIR"
    )
    assert [name for name in flows if name in sys.modules] == before


@pytest.mark.parametrize(
    "command", [["check"], ["train"], ["score"], ["explain", "C1"]], ids=" ".join
)
def test_misspelt_setting_is_told_with_a_suggestion(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    config = write_config(tmp_path, target={"horizn_days": 30})
    outcome = run(*command, "-c", config)
    assert outcome.code == 2
    assert "target.horizn_days" in outcome.told
    assert "is unknown (did you mean horizon_days?)" in outcome.told


def test_settings_that_are_a_folder_are_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("check", "-c", tmp_path)
    assert outcome.code == 2
    assert "is a directory" in outcome.err


@pytest.mark.parametrize("command", ["train", "score"])
def test_policy_is_checked_before_anything_slow_starts(
    run: Run, config: Path, command: str
) -> None:
    (config.parent / "policy.yaml").unlink()
    outcome = run(command, "-c", config)
    assert outcome.code == 2
    assert outcome.told.startswith(f"{config.parent}/policy.yaml: file not found.")


def test_protected_attribute_is_refused_before_anything_slow_starts(
    run: Run, tmp_path: Path
) -> None:
    extra = [{"name": "edad", "text": {"es": "edad", "pt": "idade", "en": "age"}}]
    outcome = run("train", "-c", write_config(tmp_path, features={"extra": extra}))
    assert outcome.code == 2
    assert outcome.told.startswith("features.extra: edad ")
    assert "protected attribute" in outcome.told


# explain and models


def test_explain_without_a_list_says_what_to_run(run: Run, config: Path) -> None:
    outcome = run("explain", "C1", "-c", config)
    assert outcome.code == 2
    assert outcome.told == f"{config.parent}/outputs: there is no list. Run: propension score"


def test_a_folder_that_is_no_list_is_none(run: Run, config: Path) -> None:
    aside = config.parent / "outputs" / "as_of=2026-01-31 (copy)"
    aside.mkdir(parents=True)
    (aside / "scored.parquet").touch()
    assert "there is no list" in run("explain", "A1", "-c", config).told


def test_explain_of_a_day_without_a_list_names_the_day(run: Run, config: Path) -> None:
    outcome = run("explain", "C1", "-c", config, "--as-of", "2026-01-31")
    assert outcome.code == 2
    assert "there is no list of 2026-01-31. Run: propension score" in outcome.told


@pytest.mark.flows
def test_registry_without_versions_says_so_and_refuses_to_promote(run: Run, config: Path) -> None:
    # One test for all three: setting the registry up takes seconds.
    listed = run("models", "-c", config)
    assert listed.code == 0
    assert "propension_test has no version yet. Run: propension train" in listed.out
    promoted = run("models", "-c", config, "promote", 7)
    assert promoted.code == 4
    assert (
        promoted.told
        == "models: version 7 of propension_test does not exist. See: propension models"
    )
    rolled_back = run("models", "-c", config, "rollback")
    assert rolled_back.code == 4
    assert "there is no previous champion to go back to" in rolled_back.told


# Errors nobody foresaw


def fail(*_: Any) -> None:
    raise ZeroDivisionError("boom")


def test_unexpected_error_is_one_line(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio, "check_data", fail)
    outcome = run("check", "-c", config)
    assert outcome.code == 1
    assert outcome.told == (
        "unexpected ZeroDivisionError: boom. Run again with --debug for the traceback."
    )


def test_a_machine_too_busy_for_the_flows_server_is_told_as_that(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any) -> None:
        # As Prefect says it.
        raise RuntimeError("Timed out while attempting to connect to ephemeral Prefect API server.")

    monkeypatch.setattr(portfolio, "check_data", late)
    outcome = run("check", "-c", config)
    assert outcome.code == 1
    assert "was not ready after 120 seconds" in outcome.told
    assert "Nothing was changed. Run again" in outcome.told


@pytest.mark.parametrize("place", ["first", "last"])
def test_debug_shows_the_traceback_wherever_it_is_written(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(portfolio, "check_data", fail)
    arguments = ["check", "-c", config]
    outcome = run("--debug", *arguments) if place == "first" else run(*arguments, "--debug")
    assert outcome.code == 1
    assert outcome.err.startswith("Traceback (most recent call last)")
    assert "unexpected ZeroDivisionError: boom" in outcome.err.splitlines()[-1]


def test_debug_shows_the_traceback_of_an_expected_error_too(run: Run, tmp_path: Path) -> None:
    outcome = run("--debug", "check", "-c", tmp_path / "none.yaml")
    assert outcome.code == 2
    assert "Traceback" in outcome.err
    assert "file not found" in outcome.err.splitlines()[-1]


def test_interrupted_command_stops_quietly(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(portfolio, "check_data", interrupt)
    outcome = run("check", "-c", config)
    assert outcome.code == 130
    assert outcome.err.strip() == "Stopped."


def test_a_command_writes_figures_as_the_portfolios_country_does(tmp_path: Path) -> None:
    @click.command()
    @config_option
    def tell(config: Path) -> None:
        click.echo(format_number(1234.5, "es"))

    settings = tmp_path / "propension.yaml"
    settings.write_text(starting_files("demo", "MX")["propension.yaml"], encoding="utf-8")
    assert CliRunner().invoke(tell, ["-c", str(settings)]).output == "1,234.5\n"
    # What is wrong with the settings is for the command to say; nothing is left behind.
    settings.write_text("portfolio: [", encoding="utf-8")
    assert CliRunner().invoke(tell, ["-c", str(settings)]).output == "1.234,5\n"
