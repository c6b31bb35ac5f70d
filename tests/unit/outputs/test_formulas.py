"""No text of a list is ever a formula, in the workbook or in a CSV file, however it begins."""

import csv
import io
import re
import unicodedata
import zipfile

import openpyxl
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.outputs.conftest import build_policy, scored_table
from unit.outputs.test_agenda_files import AS_OF, PORTFOLIO, ROW, send

from propension.config.settings import Outputs
from propension.outputs import SCORED_SCHEMA, Besides, write_agenda, write_lists

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
HIDING = ["", " ", "\t", "\r", "\n", '"', "\u00a0", "\u200b", "\ufeff", "\x00", "\x1b", "\u2028"]
PAYLOADS = st.builds(
    lambda before, hidden, sign, body: before + hidden + sign + body,
    st.sampled_from(["", "", "", "Ana;", "Ana\n", 'Ana";']),
    st.lists(st.sampled_from(HIDING), max_size=3).map("".join),
    st.sampled_from([*SIGNS, "\t", "\r"]),
    st.sampled_from(["cmd|' /C calc'!A0", "1+1", 'HYPERLINK("x")', "", ";=1", '"', "\n=1"]),
)
TEXT_COLUMNS = [field.name for field in SCORED_SCHEMA if field.type == pa.string()]


def opens_a_formula(text):
    """Whether a spreadsheet would run a cell: by what is first but for what cannot be seen."""
    seen = [c for c in text if not (c == '"' or unicodedata.category(c)[0] in "ZC")]
    return bool(seen) and seen[0] in SIGNS


def cells(path):
    content = path.read_bytes().decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]


def pieces(cell):
    """A cell, and what programs that split at ``;`` or at line breaks take for cells."""
    return [cell, *re.split(r"[;\r\n]", cell)[1:]]


def is_number(text):
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", text) is not None


@settings(max_examples=40)
@given(PAYLOADS)
@example("=1")
@example('"=1')
@example('Ana;"\u00a0\uff1d1')
def test_no_text_is_a_formula(tmp_path_factory, payload) -> None:
    folder = tmp_path_factory.mktemp("formulas")
    row = dict.fromkeys(TEXT_COLUMNS, payload) | {
        "flags": [payload], "team": payload, "agent": 1, "stage": payload,
        "reasons": [{"feature": payload, "value": payload, "effect": 1.0, "text": payload}],
        "refusals": [{"treatment": payload, "rule": payload, "citation": payload}],
    }  # fmt: skip
    scored = folder / "scored.parquet"
    pa.parquet.write_table(scored_table(row), scored)
    limit = {
        "name": payload,
        "group": None,
        "unit": "money",
        "used": 1.0,
        "capacity": 1.0,
        "price": 0.0,
    }
    portfolio = PORTFOLIO.model_copy(update={"name": payload})
    write_lists(scored, folder, build_policy(), portfolio, Outputs(), Besides((), [limit]))
    write_sent(folder, payload)
    assert [cell for cell in formulas(folder / "scored.xlsx") if cell] == []
    for name in ("scored.csv", "agenda.csv"):
        told = [cell for cell in cells(folder / name) if not is_number(cell)]
        assert [cell for cell in told if cell[:1] in ("\t", "\r", "\n")] == []
        assert [piece for cell in told for piece in pieces(cell) if opens_a_formula(piece)] == []


def write_sent(folder, payload):
    texts = (
        "team",
        "account_id",
        "customer_name",
        "treatment_label",
        "channel_label",
        "offer",
        "message",
    )
    row = send("2026-07-01T08:00", priority=1) | dict.fromkeys(texts, payload)
    write_agenda(pa.Table.from_pylist([row], schema=ROW), folder, PORTFOLIO, Outputs(), AS_OF)


def formulas(path):
    """Cells of a workbook that hold a formula, as a reader takes it and as the file says."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        yield from (
            cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
        )
    with zipfile.ZipFile(path) as held:
        for name in held.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield from re.findall(r"<f[ >].*?</f>", held.read(name).decode())
    assert not any("externalLinks" in name for name in zipfile.ZipFile(path).namelist())
