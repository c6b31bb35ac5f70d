"""Runs a notebook, and reads what it shows."""

import os
import re
import sys
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_PER_CELL = 300


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


def check_run(notebook, folder):
    """Check that all of it ran, without warnings, and left nothing behind but what it shows."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        assert cell.execution_count == number, cell.id
        assert [output.text for output in cell.outputs if output.get("name") == "stderr"] == []
        if "plt.show()" in cell.source:
            assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.id
    shown = "\n".join(texts_of(cell) for cell in code_cells(notebook))
    for place in (folder, ROOT, sys.prefix):
        assert str(place) not in shown
    assert list((folder / "work").iterdir()) == []
    assert list((folder / "tmpdir").glob("propension-*")) == []


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
