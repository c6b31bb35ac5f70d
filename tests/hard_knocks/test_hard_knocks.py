"""Whatever is done to a portfolio ends in a right list or in a clear refusal; see docs/hard-knocks.md."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hard_knocks.__main__ import page
from hard_knocks.families import FAMILIES
from hard_knocks.judging import judge
from hard_knocks.knock import Knock, Refused
from hard_knocks.portfolio import Clean, build_clean, plain_process

PAGE = Path(__file__).parents[2] / "docs" / "hard-knocks.md"
# A list takes seconds, a refusal a fraction of one. HARD_KNOCKS=all runs every case.
EVERY_LIST, EVERY_REFUSAL = (1, 1) if os.environ.get("HARD_KNOCKS") == "all" else (40, 16)

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{name}")
    for name in ("DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning")
]


def chosen() -> Iterator[object]:
    for title, knocks in FAMILIES.items():
        lists = [knock for knock in knocks if not isinstance(knock.expected, Refused)]
        refusals = [knock for knock in knocks if isinstance(knock.expected, Refused)]
        for knock in (*lists[::EVERY_LIST], *refusals[::EVERY_REFUSAL]):
            yield pytest.param(knock, id=f"{title}: {knock.name}")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clean]:
    with plain_process():
        yield build_clean(tmp_path_factory.mktemp("knocks"))


@pytest.mark.parametrize("knock", list(chosen()))
def test_knock_is_taken(knock: Knock, clean: Clean, tmp_path: Path) -> None:
    judge(knock, clean, tmp_path / "knock")


def test_the_page_tells_of_every_case_and_how_it_ends() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_names_of_cases_are_their_own() -> None:
    for knocks in FAMILIES.values():
        names = [knock.name for knock in knocks]
        assert len(names) == len(set(names))
    assert sum(map(len, FAMILIES.values())) >= 200
