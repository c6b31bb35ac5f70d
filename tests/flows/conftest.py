import shutil

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


@pytest.fixture
def portfolio(trained, tmp_path):
    """A copy of the trained portfolio's inputs, over the same registry."""
    source, _ = trained
    folder = tmp_path / "cartera"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("models", "outputs"))
    config = folder / "propension.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("path: models", f"path: {source / 'models'}"), encoding="utf-8")
    return folder
