"""The knocks, by family."""

from hard_knocks.families import (
    cells,
    columns,
    dates,
    encodings,
    files,
    lines,
    numbers,
    policies,
    portfolios,
    settings,
)

FAMILIES = {
    family.TITLE: family.KNOCKS
    for family in (encodings, lines, numbers, dates, columns, cells, portfolios, files, settings, policies)
}  # fmt: skip
