"""The monitoring report: everything that was told, in every language, and nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from monitored import MONTHS, alert, estimate, experiment, health, impact, kpis, monitored

from propension.monitoring import flat_figures, render_monitoring, summarise_monitoring
from propension.monitoring.report import texts
from propension.writing import VALUE_LABELS

LANGUAGES = ("es", "pt", "en")
SOURCES = Path(texts.__file__).parent
_VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags that are open, what pages load, and words."""

    def __init__(self, html):
        super().__init__()
        self.open, self.faults, self.loads, self.words = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.faults.append("a script")
        names = {"src", "srcset", "action", "data"} | ({"href"} if tag != "a" else set())
        self.loads += [
            value for name, value in attrs if name in names and not (value or "").startswith("#")
        ]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


@pytest.fixture(scope="module")
def pages():
    told = monitored()
    return {language: render_monitoring(told, language) for language in LANGUAGES}


def words_of(told, language="en"):
    return re.sub(r"\s+", " ", " ".join(Page(render_monitoring(told, language)).words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_whole_and_loads_nothing(pages, language):
    page = Page(pages[language])
    assert (page.open, page.faults, page.loads) == ([], [], [])
    assert "url(" not in re.sub(r"url\(#", "", pages[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_one_language(pages, language):
    others = set(LANGUAGES) - {language}
    words = " ".join(Page(pages[language]).words)
    assert texts.TEXTS["final"].in_language(language) in words
    for other in others:
        for key in ("to_do", "forecast", "no_alerts", "definitions"):
            text = texts.TEXTS[key]
            if text.in_language(other) != text.in_language(language):
                assert text.in_language(other) not in words, (other, key)


def test_the_same_facts_give_the_same_bytes(pages):
    assert render_monitoring(monitored(), "es") == pages["es"]


def test_what_comes_from_data_is_escaped(pages):
    assert "Cartera &lt;b&gt;uno&lt;/b&gt;" in pages["es"]
    assert "no hay &lt;contactos&gt;" in pages["es"]


def test_every_picture_says_in_words_what_it_shows(pages):
    pictures = re.findall(r'<figure role="img" aria-label="([^"]*)">\s*<svg', pages["es"])
    assert len(pictures) == 7
    assert all(pictures)


@pytest.mark.parametrize("part", ["kpis", "forecast", "health", "impact"])
def test_what_cannot_be_told_says_why(part):
    assert f"no {part} & why" in words_of(monitored(**{part: None}))


def test_nothing_at_all_is_a_page_too():
    words = words_of(monitored(kpis=None, forecast=None, health=None, impact=None))
    assert "Nothing asks for action" in words


def test_what_is_not_mature_is_marked_and_not_judged(pages):
    words = re.sub(r"\s+", " ", " ".join(Page(pages["en"]).words))
    assert "41.0% *" in words
    assert "not mature yet: 20% of its time; known on Jul 30, 2026" in words


def test_alerts_stand_with_their_level_and_what_to_do():
    told = monitored(health=health(alerts=[alert("row_growth"), alert("bias", level="watch")]))
    html = render_monitoring(told, "en")
    assert re.search(r"repair row_growth en</th><td><span class=\"mark act\">act", html)
    assert re.search(r"repair bias en</th><td><span class=\"mark watch\">watch", html)


def test_without_control_nothing_is_said_to_have_been_added():
    nothing = impact("strategy") | {"rate": estimate(None, None, None)}
    words = words_of(monitored(impact=experiment(strategy=[nothing], course=[])))
    assert "There is no control group" in words
    assert "Points that pay" not in words


def test_groups_with_too_few_accounts_show_no_figure():
    words = words_of(monitored())
    group = VALUE_LABELS["quadrant"]["can_wont"].en
    assert f"{group} 900 100 – too few accounts to judge" in words


def test_what_people_said_is_told_once_there_is_something():
    assert "What people said" not in words_of(monitored())
    said = {
        "by_kind": {"override": 3, "wrong_reason": 1},
        "followed": 2,
        "not_followed": 1,
        "accounts": 0,
    }
    words = words_of(monitored(feedback=said))
    assert "4 things were said. Lists followed them 2 times and could not 1 times" in words
    assert "accounts for which they were followed" not in words
    came = said | {"accounts": 25, "paid_share": 0.4, "paid_share_beside": 0.3}
    assert "Of 25 accounts for which they were followed 40.0% paid" in words_of(
        monitored(feedback=came)
    )


def test_kpis_of_one_definition_are_defined_once(pages):
    definitions = re.findall(r"<dt><strong>(.*?)</strong>", pages["en"])
    assert sum("Roll rate" in label for label in definitions) == 1
    assert sum(label.count("Roll rate") for label in definitions) == 5


def test_every_text_is_used_and_every_text_that_is_used_exists():
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*") if path.suffix in (".py", ".j2") and path.name != "texts.py")  # fmt: skip
    unused = [key for key in texts.TEXTS if not re.search(f"[\"']{key}[\"']", sources)]
    by_code = {"keep", "recalibrate", "retrain", "ok", "watch", "act", "first list"}
    assert set(unused) <= by_code


def test_the_summary_holds_what_changed_what_to_do_and_every_figure():
    told = monitored()
    lines = summarise_monitoring(told, "es").splitlines()
    assert "## Qué hacer" in lines
    assert "- Nada pide actuar: seguir igual." in lines
    assert sum(line.startswith("| ") for line in lines) == len(told["figures"]) + 1


def test_flat_figures_are_the_last_months_and_the_newest_judged_lists():
    found = flat_figures(monitored(kpis=kpis(recovery_rate=[0.1, 0.2, 0.3])))
    assert found["kpi_recovery_rate"] == 0.2
    assert found["forecast_high"] == 9e6
    assert found["impact_rate_value"] == 0.05
    assert found["overdue_auc"] == found["upcoming_auc"] == 0.8
    assert (found["alerts_act"], found["alerts_watch"]) == (0, 0)
    assert flat_figures(monitored(kpis=None, forecast=None, health=None, impact=None)) == {}


def test_months_are_those_of_the_table(pages):
    head = re.search(r"Indicador</th>(.*?)</tr>", pages["es"]).group(1)
    assert head.count("<th") == 6
    assert "jun 2026" in head
    assert MONTHS[-1] == "2026-06-28"
