"""What a run has finished is found by the next one of the same code, and clearing up fails no run."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines import stages


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder that stands for the product's own files."""
    folder = tmp_path / "package"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "module.py").write_text("x = 1")
    monkeypatch.setattr(stages, "__file__", str(folder / "module.py"))
    monkeypatch.setattr(stages.propension, "__file__", str(folder / "module.py"))
    return folder


def test_what_is_compiled_while_a_run_is_at_work_makes_no_other_code(package):
    digest = stages._code_digest.__wrapped__
    before = digest()
    (package / "__pycache__" / "module.loop-1.py311.nbi").write_bytes(b"compiled")
    assert digest() == before
    (package / "module.py").write_text("x = 2")
    assert digest() != before


def test_another_run_that_clears_up_at_the_same_time_fails_nothing(tmp_path, monkeypatch):
    work, other = tmp_path / "stages" / "2026-06-30", tmp_path / "stages" / "2026-05-31"
    other.mkdir(parents=True)
    os.utime(other, (0, 0))
    found = Path.iterdir

    def gone(folder):
        listed = list(found(folder))
        shutil.rmtree(other, ignore_errors=True)
        return listed

    monkeypatch.setattr(Path, "iterdir", gone)
    with stages.open_stages(work, "settings", hours=1) as kept:
        kept.finished("one", [], lambda path: path.write_text("done"))
    assert not work.exists()
