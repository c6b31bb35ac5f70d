import zipfile

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from propension.outputs.block_sheet import BlockSheet

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=1, max_size=6)
NASTY = [
    "<r><t>x</t></r>",
    "_x0041_",
    "a_x0009_x0041_b",
    "\x00\x0b\r\n\t",
    " a ",
    "&amp;]]>",
    "\ufffe\uffff",
    "=",
]


def write(path, fill):
    """A workbook with a header and what ``fill`` writes below it."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("A", BlockSheet)
        sheet.write_string(0, 0, "head")
        fill(sheet, [book.add_format({"bold": True}), book.add_format({"num_format": "0.0"})])
    return path


def read(path):
    rows = openpyxl.load_workbook(path)["A"].iter_rows(min_row=2)
    return [[(c.value, c.data_type, c.number_format, c.font.b) for c in row] for row in rows]


@given(TEXTS)
@example(NASTY)
def test_a_block_is_what_the_library_writes_cell_by_cell(tmp_path_factory, texts) -> None:
    folder = tmp_path_factory.mktemp("block")
    numbers = [None if text is None else len(text) / 8 for text in texts]

    def by_cell(sheet, formats):
        for row, cells in enumerate(zip(texts, numbers, strict=True), 1):
            for column, (value, look) in enumerate(zip(cells, formats, strict=True)):
                if value is None or value == "":
                    sheet.write_blank(row, column, None, look)
                elif column:
                    sheet.write_number(row, column, value, look)
                else:
                    # The library takes what begins so for text it may copy as it is.
                    sheet.write_string(row, column, value.replace("<r>", "< r>"), look)

    def by_block(sheet, formats):
        told = [None if text is None else text.replace("<r>", "< r>") for text in texts]
        columns = [pa.array(told, pa.string()), pa.array(numbers, pa.float64())]
        assert sheet.write_block(1, columns, formats, 15) == len(texts)

    ours, theirs = write(folder / "a.xlsx", by_block), write(folder / "b.xlsx", by_cell)
    assert read(ours) == read(theirs)


def test_markup_of_a_rich_text_is_text(tmp_path) -> None:
    told = pa.array(["<r><t>x</t></r>", "<b/>"])
    path = write(
        tmp_path / "a.xlsx", lambda sheet, looks: sheet.write_block(1, [told], looks[:1], 15)
    )
    assert [row[0][:2] for row in read(path)] == [("<r><t>x</t></r>", "s"), ("<b/>", "s")]


def test_spaces_at_the_ends_of_a_text_are_kept(tmp_path) -> None:
    told = pa.array([" a "])
    path = write(
        tmp_path / "a.xlsx", lambda sheet, looks: sheet.write_block(1, [told], looks[:1], 15)
    )
    with zipfile.ZipFile(path) as held:
        assert '<t xml:space="preserve"> a </t>' in held.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_blocks_follow_each_other_and_what_was_before(tmp_path, monkeypatch, rows) -> None:
    monkeypatch.setattr("propension.outputs.block_sheet._ROWS", 3)

    def fill(sheet, formats):
        done = sheet.write_block(
            1, [pa.array([f"a{n}" for n in range(rows)], pa.string())], formats[:1], 15
        )
        sheet.write_block(1 + done, [pa.array(["end"])], formats[:1], 30)

    path = write(tmp_path / "a.xlsx", fill)
    assert [row[0][0] for row in read(path)] == [*(f"a{n}" for n in range(rows)), "end"]
    sheet = openpyxl.load_workbook(path)["A"]
    assert sheet["A1"].value == "head"
    assert sheet.dimensions == f"A1:A{rows + 2}"
    assert sheet.row_dimensions[rows + 2].height == 30


def test_a_text_too_long_for_a_cell_is_cut(tmp_path) -> None:
    told = pa.array(["\N{GRINNING FACE}" * 40_000])
    path = write(
        tmp_path / "a.xlsx", lambda sheet, looks: sheet.write_block(1, [told], looks[:1], 15)
    )
    assert len(read(path)[0][0][0].encode("utf-16-le")) // 2 <= 32_767
