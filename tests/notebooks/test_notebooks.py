"""What holds of every notebook before it runs."""

import re
from pathlib import Path

import nbformat
import pytest
from executed_notebooks import NOTEBOOKS, code_cells


def ids(path):
    return path.stem


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_notebooks_are_stored_without_outputs(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        assert not cell.outputs, cell.id
        assert cell.execution_count is None, cell.id


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_notebooks_are_run_by_the_tests_of_their_name(path):
    assert Path(__file__).with_name(f"test_{path.stem}.py").is_file()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_links_of_the_prose_lead_somewhere(path):
    prose = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    for link in re.findall(r"\]\(([^)#]+\.(?:md|ipynb))", prose):
        assert (path.parent / link).is_file(), link
