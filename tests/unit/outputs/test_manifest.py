import datetime as dt
import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from propension.errors import OutputError
from propension.outputs import StageTimer, read_manifest, write_manifest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scored.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "report.html").write_bytes(b"<p>")
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "one.svg").write_bytes(b"<svg/>")
    return tmp_path


def test_outputs_have_rows_bytes_and_hashes(folder) -> None:
    write_manifest(folder, {"run_id": "r1", "rows": {"scored.csv": 1}})
    manifest = read_manifest(folder)
    assert manifest == {
        "run_id": "r1",
        "outputs": {
            "charts/one.svg": {"bytes": 6, "sha256": hashlib.sha256(b"<svg/>").hexdigest()},
            "report.html": {"bytes": 3, "sha256": hashlib.sha256(b"<p>").hexdigest()},
            "scored.csv": {
                "bytes": 8,
                "rows": 1,
                "sha256": hashlib.sha256(b"a,b\n1,2\n").hexdigest(),
            },
        },
    }


def test_manifest_is_readable_text_in_a_fixed_order(folder) -> None:
    facts = {"started": dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC), "as_of": dt.date(2026, 6, 30)}
    path = write_manifest(folder, {**facts, "portfolio": "Ñandú", "versions": ("1", None, 2.5)})
    text = path.read_text(encoding="utf-8")
    assert text.index('"as_of": "2026-06-30"') < text.index('"outputs"') < text.index("Ñandú")
    assert '"started": "2026-07-01T06:00:00+00:00"' in text
    assert json.loads(text)["versions"] == ["1", None, 2.5]
    assert '\n  "as_of"' in text


def test_writing_again_does_not_count_the_manifest_itself(folder) -> None:
    first = write_manifest(folder, {"run_id": "r1"}).read_bytes()
    assert write_manifest(folder, {"run_id": "r1"}).read_bytes() == first


@pytest.mark.parametrize(
    "value", [Decimal("1.5"), Path("x"), {1, 2}, float("nan"), b"x", {1: "a"}], ids=repr
)
def test_what_json_cannot_hold_is_refused_with_its_place(folder, value) -> None:
    with pytest.raises(OutputError, match=r"manifest\.json: capacity\.0\.used holds .*Give text"):
        write_manifest(folder, {"capacity": [{"used": value}]})
    assert not (folder / "manifest.json").exists()


def test_rows_of_a_missing_file_are_refused(folder) -> None:
    with pytest.raises(OutputError, match=r"not in the folder \(agenda\.csv\)\. Write the files"):
        write_manifest(folder, {"rows": {"agenda.csv": 3}})


def test_outputs_cannot_be_told_by_the_caller(folder) -> None:
    with pytest.raises(OutputError, match="'outputs' is filled in from the folder"):
        write_manifest(folder, {"outputs": {}})


def test_missing_or_broken_manifest_is_told(tmp_path) -> None:
    with pytest.raises(OutputError, match=r"manifest\.json: cannot be read .*finished run"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(OutputError, match=r"is not valid JSON .*Run the scoring again"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(OutputError, match="holds a list, not an object"):
        read_manifest(tmp_path)


def test_stages_are_timed_in_order_and_fit_the_manifest(folder) -> None:
    timer = StageTimer()
    with timer.stage("score"):
        pass
    with pytest.raises(ValueError, match="stop"), timer.stage("write"):
        raise ValueError("stop")
    write_manifest(folder, {"stages": timer.stages})
    stages = read_manifest(folder)["stages"]
    assert [stage["name"] for stage in stages] == ["score", "write"]
    for stage in stages:
        assert set(stage) == {"name", "wall_seconds", "cpu_seconds", "peak_memory_mb"}
        assert 0 <= stage["wall_seconds"] < 60
        assert stage["peak_memory_mb"] > 1
