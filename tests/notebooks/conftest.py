"""A notebook, executed once for the tests that are named after it."""

import pytest
from executed_notebooks import ROOT, code_cells, execute


@pytest.fixture(scope="module")
def executed(request, tmp_path_factory):
    """The notebook of the module's name as executed, with the folder that it ran in."""
    name = request.path.stem.removeprefix("test_")
    folder = tmp_path_factory.mktemp("run")
    return execute(ROOT / "notebooks" / f"{name}.ipynb", folder), folder


@pytest.fixture(scope="module")
def cells(executed):
    """Its cells of code by id."""
    notebook, _ = executed
    return {cell.id: cell for cell in code_cells(notebook)}
