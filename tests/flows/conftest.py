import datetime as dt
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FLOW_WARNINGS = (
    # Warnings of libraries under the flows, not of ours.
    "ignore::DeprecationWarning",
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(scope="session")
def trained(tmp_path_factory, prefect_server):
    """A small simulated portfolio with a champion."""
    from pipelines.portfolio import create_portfolio
    from pipelines.training import training
    from propension.simulate import simulate_portfolio

    folder = tmp_path_factory.mktemp("portfolio") / "cartera"
    create_portfolio(folder)
    simulate_portfolio(folder / "data", accounts=900, months=20, seed=11)
    config = folder / "propension.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text + "\nresources: { threads: 1, batch_rows: 100 }\n", encoding="utf-8")
    return folder, training(config)


def copy_of(source, folder):
    """A copy of the trained portfolio's inputs, over the same registry."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("models", "outputs"))
    config = folder / "propension.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("path: models", f"path: {source / 'models'}"), encoding="utf-8")
    return folder


@pytest.fixture
def portfolio(trained, tmp_path):
    """A portfolio of a test's own."""
    return copy_of(trained[0], tmp_path / "cartera")


@pytest.fixture(scope="module")
def scored(trained, tmp_path_factory):
    """A portfolio with its list, for tests that only look."""
    from pipelines.scoring import scoring

    folder = copy_of(trained[0], tmp_path_factory.mktemp("scored") / "cartera")
    # Few of a small portfolio are flagged: every third customer is, by turns.
    flags = pq.read_table(folder / "data" / "flags.parquet")
    names = ("deceased", "insolvent", "litigation", "do_not_contact", "hardship")
    rows = [
        dict.fromkeys(flags.column_names)
        | {"customer_id": f"C{n:06d}", "flag": names[n // 3 % 5], "from_on": dt.date(2026, 6, 1)}
        for n in range(0, 900, 3)
    ]
    more = pa.Table.from_pylist(rows, flags.schema)
    pq.write_table(pa.concat_tables([flags, more]), folder / "data" / "flags.parquet")
    scoring(folder / "propension.yaml")
    return folder
