import copy
import re
from html.parser import HTMLParser

import pytest
from judged_portfolio import judged_portfolio

from propension.model import ReportReader
from propension.model.bootstrap import ClusteredBootstrap
from propension.model.evaluation import evaluate_contenders
from propension.model.metrics import METRICS
from propension.model.report import MAX_FEATURES, render_report, write_report
from propension.model.report_names import METRIC_TEXTS, NAME_TEXTS
from propension.model.report_texts import REPORT_TEXTS

LANGUAGES = ("es", "pt", "en")
VOID = {"meta", "link", "br", "img", "path", "use", "rect", "circle", "line"}


@pytest.fixture(scope="module")
def bare():
    """What the evaluation alone says."""
    judged, contenders = judged_portfolio()
    return evaluate_contenders(judged, contenders, ClusteredBootstrap(judged.account_id, 20))


@pytest.fixture(scope="module")
def full(bare):
    """The evaluation with everything others add to it."""
    window = {"first": "2024-01-31", "last": "2025-06-30", "dates": 18}
    features = [
        {"name": f"feature_{index:02d}", "psi": 0.4 - index / 50, "reading": "watch"}
        for index in range(18)
    ]
    features[0]["label"] = {"es": "Días de mora", "pt": "Dias de atraso", "en": "Days past due"}
    return {
        **bare,
        "portfolio": "Servicios <b>& Cía</b>",
        "currency": "COP",
        "model": {
            "version": 14,
            "target": {"stage": "overdue", "horizon_days": 30, "paid_share": 0.8},
            "windows": {"train": window, "dropped": {"dates": 0}},
        },
        "verdict": {"code": "better", "reasons": ["El margen se cumple."]},
        "stability": {"score": {"psi": 0.05, "reading": "stable"}, "features": features},
        "alarms": [{"where": "payment_count_90d", "text": {"es": "Fuga", "pt": "V", "en": "Leak"}}],
        "fairness": [
            {
                "title": {"es": "Por sexo", "pt": "Por sexo", "en": "By sex"},
                "columns": [
                    {"key": "group", "label": "Grupo", "kind": "text"},
                    {"key": "accounts", "label": "Cuentas", "kind": "count"},
                    {"key": "auc", "label": "AUC", "kind": "figure"},
                ],
                "rows": [{"group": "F", "accounts": 1200, "auc": None}],
            }
        ],
    }


class Page(HTMLParser):
    """What a page is made of; elements must close in the order they open."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.links, self.labels, self._open = [], [], [], [], []
        self.words = ""
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.tags.append(tag)
        self.ids += [facts["id"]] if "id" in facts else []
        self.links += [facts[key] for key in ("href", "src", "xlink:href") if key in facts]
        self.labels += [facts["aria-label"]] if facts.get("role") == "img" else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] not in ("style", "title"):
            self.words += " " + data


@pytest.fixture(scope="module")
def pages(full):
    return {language: render_report(full, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_stands_alone_and_is_well_formed(pages, language):
    page = Page(pages[language])
    assert "script" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "@import" not in pages[language]
    assert set(re.findall(r"url\((.)", pages[language])) <= {"#"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_words_with_its_main_figures(pages, language):
    page = Page(pages[language])
    assert len(page.labels) == 4
    assert all(re.search(r"\d", label) for label in page.labels)


def test_a_report_is_written_in_its_language_with_its_numbers(pages, full):
    auc = full["contenders"]["model"]["metrics"]["auc"]["value"]
    words = {language: Page(page).words for language, page in pages.items()}
    assert f"{auc:.3f}" in words["en"]
    assert f"{auc:.3f}".replace(".", ",") in words["es"]
    assert "Supera al modelo en uso" in words["es"]
    assert "Supera o modelo em uso" in words["pt"]
    assert "Better than the model in use" in words["en"]
    assert "31 ene 2026" in words["es"]
    assert "Jan 31, 2026" in words["en"]
    for language in LANGUAGES:
        for other in set(LANGUAGES) - {language}:
            heading = REPORT_TEXTS["contenders"].in_language(other)
            assert heading not in words[language]


def test_the_same_evaluation_gives_the_same_bytes(full, tmp_path):
    first = write_report(full, tmp_path / "first.html", "es").read_bytes()
    again = write_report(copy.deepcopy(full), tmp_path / "again.html", "es").read_bytes()
    assert first == again


def test_text_from_data_is_never_markup(bare):
    sly = "<script>alert(1)</script>$x$"
    evaluation = {
        **bare,
        "portfolio": sly,
        "verdict": {"code": "leak", "reasons": [sly]},
        "groups": {sly: [{**bare["groups"]["dpd_bucket"][0], "name": sly}]},
        "stability": {"features": [{"name": sly, "psi": 0.3, "reading": "changed"}]},
        "alarms": [{"text": sly}],
    }
    html = render_report(evaluation, "en")
    assert "script" not in Page(html).tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;$x$" in html


def test_sections_without_facts_are_left_out(bare):
    words = Page(render_report(bare, "en")).words
    for absent in ("stability", "alarms", "fairness", "windows"):
        assert REPORT_TEXTS[absent].en not in words
    for present in ("contenders", "calibration", "gains", "snapshots", "groups", "care"):
        assert REPORT_TEXTS[present].en in words
    nothing = Page(render_report({}, "es")).words
    assert REPORT_TEXTS["verdict"].es not in nothing
    assert REPORT_TEXTS["care"].es in nothing


def test_no_alarm_is_said_where_none_was_found(bare):
    html = render_report({**bare, "alarms": []}, "en")
    assert REPORT_TEXTS["no_alarms"].en in html


def test_the_champion_comes_first_among_the_reasons_and_the_given_ones_before_it(full):
    words = Page(render_report(full, "en")).words
    given, champion = words.index("El margen se cumple."), words.index("Against “Model in use”")
    assert given < champion < words.index("Against “Days past due alone”")


def test_small_groups_say_why_they_have_no_figures(bare):
    words = Page(render_report(bare, "en")).words
    assert REPORT_TEXTS["few_rows"].en in words
    assert "nan" not in words.lower().split()
    assert "None" not in words


def test_only_the_features_that_changed_most_are_drawn(full, pages):
    drawn = [f"feature_{index:02d}" in pages["en"] for index in range(18)]
    assert drawn == [False] + [True] * (MAX_FEATURES - 1) + [False] * (18 - MAX_FEATURES)
    assert "Days past due" in Page(pages["en"]).labels[-1]


def test_dates_without_a_ranking_draw_no_picture(bare):
    dull = [{**part, "auc": None, "not_judged": "one_class"} for part in bare["snapshots"]]
    words = Page(render_report({**bare, "snapshots": dull}, "en")).words
    assert REPORT_TEXTS["one_class"].en in words


def test_every_text_says_the_same_facts_in_every_language():
    for key, text in REPORT_TEXTS.items():
        facts = {
            language: set(re.findall(r"{(\w+)}", text.in_language(language)))
            for language in LANGUAGES
        }
        assert facts["es"] == facts["pt"] == facts["en"], key


def test_every_measure_has_a_name():
    assert METRIC_TEXTS.keys() == METRICS.keys()
    assert {"model", "champion", "days_past_due", "logistic_regression"} <= NAME_TEXTS.keys()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", ("12.345", "12,3%", "0,000", "COP\xa01,2 M", "0,50 [0,40; 0,60]")),
        ("pt", ("12.345", "12,3%", "0,000", "COP\xa01,2\xa0mi", "0,50 [0,40; 0,60]")),
        ("en", ("12,345", "12.3%", "0.000", "COP\xa01.2M", "0.50 [0.40; 0.60]")),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(language, expected):
    reader = ReportReader(language)
    written = (
        reader.count(12_345),
        reader.share(0.1234),
        reader.number(-0.00001),
        reader.amount(1_234_000, "COP"),
        reader.figure({"value": 0.5, "low": 0.4, "high": 0.6}, 2),
    )
    assert tuple(re.sub(r"(?<=2)\s(?=M)", " ", text) for text in written) == expected


def test_a_figure_without_a_value_is_a_dash():
    reader = ReportReader("es")
    assert reader.figure(None) == reader.number(None) == reader.share(None) == "–"
    assert reader.figure({"value": 0.5, "low": None, "high": None}) == "0,500"
    assert reader.amount(None) == "–"
