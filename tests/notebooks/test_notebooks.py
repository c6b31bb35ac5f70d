"""Every notebook runs from top to bottom and shows what its prose claims."""

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_PER_CELL = 300


def ids(path):
    return path.stem


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts_of(cell):
    """What a reader of the cell's outputs sees, without the pictures."""
    shown = []
    for output in cell.outputs:
        data = output.get("data", {})
        shown += [output.get("text", ""), data.get("text/markdown", "")]
        shown += [data.get("text/html", "") or data.get("text/plain", "")]
    return "\n".join(text for text in shown if text)


def execute(path, folder):
    """Run a notebook on this very interpreter, in a folder of its own."""
    homes = {name: folder / name.lower() for name in ("TMPDIR", "IPYTHONDIR")}
    work = folder / "work"
    for home in (*homes.values(), work):
        home.mkdir()
    # No folder to look in leaves the kernel of this interpreter, whatever the machine has besides.
    own = KernelSpecManager(kernel_dirs=[])
    client = NotebookClient(
        nbformat.read(path, as_version=4),
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=own),
        timeout=SECONDS_PER_CELL,
        resources={"metadata": {"path": str(work)}},
    )
    environment = os.environ | {name: str(home) for name, home in homes.items()}
    return client.execute(env=environment, cleanup_kc=True)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Notebooks by path, each executed once, with the folder they ran in."""
    done, failed = {}, {}

    def run(path):
        if path in failed:
            pytest.fail(f"{path.name} does not run: {failed[path].ename}: {failed[path].evalue}")
        if path not in done:
            folder = tmp_path_factory.mktemp("run")
            try:
                done[path] = execute(path, folder), folder
            except CellExecutionError as error:
                failed[path] = error
                raise
        return done[path]

    return run


@pytest.fixture
def cells(executed):
    """Cells of the monthly routine by id."""
    notebook, _ = executed(ROOT / "notebooks" / "retrain_and_compare.ipynb")
    return {cell.id: cell for cell in code_cells(notebook)}


@pytest.fixture
def read(executed):
    """Cells of the experiment's reading by id."""
    notebook, _ = executed(ROOT / "notebooks" / "read_an_experiment.ipynb")
    return {cell.id: cell for cell in code_cells(notebook)}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_notebooks_are_stored_without_outputs(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        assert not cell.outputs, cell.id
        assert cell.execution_count is None, cell.id


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_notebooks_run_without_errors_or_warnings(path, executed):
    notebook, _ = executed(path)
    for number, cell in enumerate(code_cells(notebook), start=1):
        assert cell.execution_count == number, cell.id
        assert [output.text for output in cell.outputs if output.get("name") == "stderr"] == []
        if "plt.show()" in cell.source:
            assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.id


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_outputs_name_no_folder_of_the_machine_and_nothing_is_left_behind(path, executed):
    notebook, folder = executed(path)
    shown = "\n".join(texts_of(cell) for cell in code_cells(notebook))
    for place in (folder, ROOT, sys.prefix):
        assert str(place) not in shown
    assert list((folder / "work").iterdir()) == []
    assert list((folder / "tmpdir").glob("propension-*")) == []


def test_the_data_are_checked_and_some_rows_set_aside(cells):
    assert "customers" in texts_of(cells["extract"])
    assert "debts: " in texts_of(cells["findings"])


def test_the_champion_knew_one_month_less(cells):
    known = re.findall(r"known by (\S+): (\d+) snapshots", texts_of(cells["build"]))
    assert [day for day, _ in known] == ["2026-04-30", "2026-05-31"]
    assert int(known[1][1]) == int(known[0][1]) + 1
    spans = texts_of(cells["challenger"])
    assert spans.index("champion") < spans.index("2026-03-31") < spans.index("2026-04-30")


def test_the_catalogue_speaks(cells):
    shown = texts_of(cells["catalogue"])
    assert re.search(r"\d+ features", shown)
    assert "Days past due of the oldest debt" in shown


def test_contenders_stand_beside_each_other_with_intervals(cells):
    shown = texts_of(cells["metrics"])
    for contender in ("model", "champion", "logistic_regression", "days_past_due"):
        assert re.search(rf"<th>{contender}</th>\s*<td>0\.\d+ \(0\.\d+ to 0\.\d+\)", shown)
    assert "champion" in texts_of(cells["differences"])


def test_groups_and_audited_groups_are_read(cells):
    for name in ("value_tier", "dpd_bucket", "customer_kind"):
        assert name in texts_of(cells["groups"])
    for column in ("audit_sex", "audit_age_group"):
        assert f"{column}: calibration gap" in texts_of(cells["fairness"])
    assert "0 alarms are open" in texts_of(cells["alarms"])


def test_the_gate_prints_its_checks_and_the_registry_follows_its_verdict(cells):
    shown = texts_of(cells["gate"])
    checks = re.findall(r"^(passed|FAILED)  (.+)$", shown, re.MULTILINE)
    said = " ".join(text for _, text in checks)
    for word in ("log-loss", "AUC", "calibration slope", "audit_sex", "no alarm is open"):
        assert word in said
    verdict = re.search(r"Verdict: (\w+)", shown)[1]
    assert (verdict == "better") == all(result == "passed" for result, _ in checks)
    alias = "champion" if verdict == "better" else "challenger"
    assert newest_aliases(cells["register"]) == alias


def test_a_promoted_version_can_be_rolled_back(cells):
    assert newest_aliases(cells["promote-now"]) == "champion"
    assert "Version 1 is the champion again" in texts_of(cells["rollback"])
    assert newest_aliases(cells["rollback"]) == "previous"


def newest_aliases(cell):
    return re.search(r"<th>2</th>\s*<td>(\w+)</td>", texts_of(cell))[1]


def test_a_search_of_settings_starts_from_todays(cells):
    shown = texts_of(cells["tune"])
    today, best = (float(loss) for loss in re.findall(r"0\.\d{4}", shown)[:2])
    assert best <= today
    assert "learning_rate" in shown


def test_an_account_has_its_reasons(cells):
    shown = texts_of(cells["reasons"])
    assert re.search(r"Account C\d+: \d+% likely to pay within 30 days", shown)
    assert len(re.findall(r"^[+-]\d\.\d\d  .+ \((?:for|against)\)$", shown, re.MULTILINE)) == 5
    assert "# Propensity to pay: Sample portfolio" in texts_of(cells["card"])


def test_pictures_show_what_moves_the_score(cells):
    drawn = {
        name: [o for o in cells[name].outputs if "image/svg+xml" in o.get("data", {})]
        for name in ("effects", "overview")
    }
    assert {name: len(found) for name, found in drawn.items()} == {"effects": 1, "overview": 3}


def table_of(cell):
    """Rows of the cell's table by their first cells, as texts."""
    plain = re.sub(r"<style.*?</style>", "", texts_of(cell), flags=re.DOTALL)
    rows = [
        re.findall(r"<t[hd][^>]*>\s*(.*?)\s*</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr.*?</tr>", plain, re.DOTALL)
    ]
    return {row[0]: row[1:] for row in rows}


def figures_of(cell):
    """Rows of the cell's table as numbers, without those that hold words."""
    found = {}
    for name, row in table_of(cell).items():
        plain = [value.strip("%").replace(",", "") for value in row]
        if plain and all(re.fullmatch(r"[+-]?\d+(\.\d+)?", value) for value in plain):
            found[name] = [float(value) for value in plain]
    return found


def test_the_list_of_today_has_no_outcome_yet(read):
    lists = table_of(read["outcomes"])
    accounts, known, paid = lists["2026-06-30"]
    assert (int(accounts) > 0, known, paid) == (True, "0", "not over yet")
    assert all(row[0] == row[1] for day, row in lists.items() if "2025-11" <= day < "2026-06")


def test_the_drawn_arms_may_be_read_and_the_filtered_may_not(read):
    assert "have their planned sizes" in texts_of(read["ratio"])
    assert "do not have their planned sizes" in texts_of(read["ratio-broken"])
    assert "the arms were alike" in texts_of(read["balance"])


def test_the_log_has_the_wrong_sign_where_the_draw_has_the_right_one(read):
    log, drawn, low, high = figures_of(read["naive"])["instalment_plan"]
    assert log < 0 < low < drawn < high
    assert "instalment_plan" in texts_of(read["wrong-sign"]).splitlines()[0]
    assert "not yet distinguishable from zero" in texts_of(read["wrong-sign"])


def test_many_looks_find_what_is_not_there(read):
    alarms = {name: share for name, [share] in figures_of(read["looks"]).items()}
    assert alarms["one look"] <= 10
    assert 30 <= alarms["any segment"] <= 50
    assert 12 <= alarms["any month"] <= 25


def test_the_score_narrows_the_interval_of_the_same_answer(read):
    plain, adjusted = figures_of(read["cuped"]).values()
    assert adjusted[3] < 0.9 * plain[3]
    assert plain[1] < adjusted[0] < plain[2]


def test_learnt_effects_are_judged_by_accounts_that_did_not_teach_them(read):
    assert set(figures_of(read["learn"])) >= {"can_wants", "cannot_wants", "can_wont"}
    qini = re.findall(r"Qini ([+-]\S+) \(([+-]\S+) to ([+-]\S+)\)", texts_of(read["qini"]))
    assert len(qini) == 2
    assert all(float(low) <= float(value) <= float(high) for value, low, high in qini)


def test_a_candidate_is_valued_where_the_log_covers_it(read):
    shown = texts_of(read["candidate"])
    assert float(re.search(r"mean weight (\S+),", shown)[1]) == pytest.approx(1, abs=0.1)
    found = figures_of(read["candidate"])
    gain, low, high = found["gain"]
    assert low < gain < high
    assert gain == pytest.approx(found["doubly_robust"][0] - found["logged"][0], abs=0.11)


def test_the_plan_asks_more_of_early_looks_and_ends(read):
    looks = list(table_of(read["stop"]).values())[2:]
    bounds = [float(look[2]) for look in looks]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > 4
    assert [look[3] for look in looks[:-1]] == ["goes_on"] * (len(looks) - 1)
    assert looks[-1][3] in ("effect", "no_effect_shown")
    assert "does not prove there is none" in texts_of(read["stop"]) or looks[-1][3] == "effect"
