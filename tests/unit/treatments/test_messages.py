import datetime as dt
import unicodedata
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import Messages, MessageTemplate
from propension.config.settings import Portfolio
from propension.errors import PolicyError
from propension.treatments.messages import LIMITS, check_messages, load_templates, messages_sql
from propension.treatments.messages.gsm import BASIC, EXTENSION, FOLDS, fold_sql, length_sql

FORBIDDEN = [
    r"por qu[eé] no (ha )?pag",
    r"embargo",
    r"juzgado",
    r"demanda",
    r"citaci[oó]n judicial",
    r"por que n[ãa]o pag",
    r"processo judicial",
    r"why (have|did)n.t you pa",
    r"lawsuit",
    r"arrest",
]
ACCOUNT = {
    "account_id": "AC-123456",
    "treatment": "friendly_reminder",
    "channel": "sms",
    "tone": "friendly",
    "customer_name": "Ana Peña",
    "is_company": False,
    "amount": Decimal("120000"),
    "days_past_due": 12,
    "due_on": dt.date(2026, 6, 5),
    "offer": None,
}
TYPES = dict.fromkeys(ACCOUNT, "VARCHAR") | {
    "is_company": "BOOLEAN", "amount": "DECIMAL(18,2)", "days_past_due": "BIGINT", "due_on": "DATE",
}  # fmt: skip
MESSAGES = Messages(contact_phone="+57 601 555 0100", payment_link="https://pagos.andina.example/p")


def portfolio(language="es", name="Financiera Andina S.A."):
    return Portfolio(name=name, country="CO", currency="COP", language=language)


def written(*changes, messages=MESSAGES, market=None):
    """Message and refusal of accounts given as changes to an ordinary one."""
    with duckdb.connect(config={"threads": 1}) as engine:
        columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
        engine.execute(f"CREATE TABLE accounts (i INTEGER, {columns})")
        engine.executemany(
            f"INSERT INTO accounts VALUES (?, {', '.join('?' * len(TYPES))})",
            [[i, *{**ACCOUNT, **change}.values()] for i, change in enumerate(changes)],
        )
        sql = messages_sql(messages, "accounts", market or portfolio())
        return engine.execute(f"SELECT message, message_refused FROM ({sql}) ORDER BY i").fetchall()


def own(text, short=None, channel="whatsapp", **settings):
    """Settings with one template of one's own, in Spanish; the other languages are blameless."""
    texts = {"es": text, "pt": "{{ creditor }}", "en": "{{ creditor }}"}
    shorter = {**texts, "es": short} if short else None
    template = MessageTemplate(
        treatment="own", channel=channel, tone="friendly", text=texts, short=shorter
    )
    return MESSAGES.model_copy(update={"templates": {"own": template}, **settings})


def own_message(text, *changes, **settings):
    account = {"treatment": "own", "channel": settings.get("channel", "whatsapp")}
    return written(*({**account, **c} for c in changes or ({},)), messages=own(text, **settings))


def rules(messages, forbidden=()):
    return {
        (finding.template, finding.language, finding.rule)
        for finding in check_messages(messages, portfolio(), forbidden)
    }


@pytest.mark.parametrize("messages", [MESSAGES, Messages()], ids=["reachable", "bare"])
def test_every_shipped_template_passes_the_checks_in_every_language(messages):
    assert check_messages(messages, portfolio(), FORBIDDEN) == []


def test_every_treatment_that_says_something_has_a_template():
    assert {template.treatment for template in load_templates(Messages()).values()} == {
        "educate", "pre_due_reminder", "reward", "friendly_reminder", "soft_call", "firm_call",
        "instalment_plan", "extension", "settlement", "resolve_dispute", "letter", "field_visit",
        "legal", "write_off_review",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_a_text_message_stays_short_for_long_names_and_large_amounts(language):
    wide = {
        "customer_name": "Maximiliano José Fernández-Montenegro de la Santísima Trinidad",
        "amount": Decimal("999999999.99"),
        "days_past_due": 3650,
    }
    treatments = ("friendly_reminder", "pre_due_reminder")
    for message, refused in written(
        *({**wide, "treatment": name} for name in treatments), market=portfolio(language)
    ):
        assert refused is None
        assert len(message) <= LIMITS["sms"]
        assert set(message) <= set(BASIC + EXTENSION)
        assert message.startswith("Financiera Andina S.A.: ")


def test_a_text_message_in_spanish():
    ((message, _),) = written({}, messages=Messages(contact_phone="601 555 0100"))
    assert message == (
        "Financiera Andina S.A.: Ana Peña, su saldo vencido es $120.000, desde hace 12 dias. "
        "¿Ya pago o no está de acuerdo? Llame al 601 555 0100"
    ).replace("á", "a")


def test_days_agree_in_number():
    (one,), (many,) = (
        [message for message, _ in written({"channel": "whatsapp", "days_past_due": days})]
        for days in (1, 1200)
    )
    assert "desde hace 1 día." in one
    assert "desde hace 1.200 días." in many


def test_an_account_shows_at_most_its_end():
    text = "{{ creditor }} {{ account_id }}"
    found = own_message(text, {}, {"account_id": "A1"}, {"account_id": "7"})
    assert [message.split()[-1] for message, _ in found] == ["***3456", "***1", "***"]


def test_a_message_that_does_not_fit_gives_way_to_the_shorter_one_or_to_nothing():
    long = "{{ creditor }} " + "x" * 150
    assert own_message(long, channel="sms") == [(None, "too_long")]
    assert own_message(long, short="{{ creditor }}", channel="sms") == [
        ("Financiera Andina S.A.", None)
    ]


def test_a_missing_value_refuses_the_message():
    text = "{{ creditor }}: {{ amount }}"
    found = own_message(text, {"amount": None}, {"amount": Decimal(0)}, {})
    assert [refused for _, refused in found] == ["missing_value", "missing_value", None]


def test_a_treatment_without_template_says_so_and_doing_nothing_says_nothing():
    found = written(
        {"treatment": "unheard_of"}, {"treatment": "do_nothing", "channel": "none", "tone": "none"}
    )
    assert found == [(None, "no_template"), (None, None)]


def test_no_template_is_harsher_than_the_tone_of_the_treatment():
    call = {"channel": "call", "treatment": "firm_call"}
    soft = {"channel": "call", "treatment": "soft_call"}
    found = written(
        {**call, "tone": "firm"}, {**call, "tone": "neutral"}, {**soft, "tone": "legal"}
    )
    assert [refused for _, refused in found] == [None, "no_template", None]


def test_a_template_of_the_policy_replaces_the_shipped_one_of_its_name():
    template = MessageTemplate(
        treatment="friendly_reminder", channel="sms", tone="friendly",
        text={"es": "{{ creditor }} le saluda", "pt": "{{ creditor }}", "en": "{{ creditor }}"},
    )  # fmt: skip
    messages = Messages(templates={"friendly_reminder_sms": template})
    assert written({}, messages=messages) == [("Financiera Andina S.A. le saluda", None)]
    other = Messages(templates={"mine": template})
    with pytest.raises(PolicyError, match="Name it friendly_reminder_sms to replace that one"):
        load_templates(other)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ ''.__class__ }}", r"'getattr' is not allowed"),
        ("{{ creditor.__class__.__mro__ }}", r"creditor is used in 'getattr'.*can only be printed"),
        ("{% for x in range(10**9) %}x{% endfor %}", r"'for' is not allowed"),
        ("{% import 'x' as y %}", r"'import' is not allowed"),
        ("{% include '/etc/passwd' %}", r"'include' is not allowed"),
        ("{% extends 'x' %}", r"'extends' is not allowed"),
        ("{% set x = 1 %}", r"'assign' is not allowed"),
        ("{% macro m() %}{% endmacro %}", r"'macro' is not allowed"),
        ("{{ 'a' * 10**10 }}", r"'mul' is not allowed"),
        ("{{ amount | upper }}", r"amount is used in 'filter'"),
        ("{{ amount ~ offer }}", r"is used in 'concat'"),
        ("{{ cycler('a') }}", r"'call' is not allowed"),
        ("{{ creditor() }}", r"creditor is used in 'call'"),
        ("{% if amount %}x{% endif %}", r"amount is used in 'name'.*ask a fact: has_amount"),
        ("{% if days_past_due > 30 %}x{% endif %}", r"days_past_due is used in 'compare'"),
        ("{% if has_nam %}x{% endif %}", r"has_nam is not known here \(did you mean has_name\?\)"),
        ("{{ credtor }}", r"credtor is not known here \(did you mean creditor\?\)"),
        ("{{ has_name }}", r"'name' is not allowed: print a slot"),
        ("{{ self }}", r"self is not known here"),
        ("a\n{% if has_name %}", r"line 2\): not a template"),
        ("{{ " + "(" * 2900 + "1" + ")" * 2900 + " }}", r"nested too deep|not allowed"),
        ("{{ creditor }}: {{ customer_name }}", r"printed where has_name does not hold"),
        ("{% if is_company %}{{ offer }}{% endif %}", r"printed where has_offer does not hold"),
        ("{{ creditor }} \ue000", r"U\+E000, which nobody can read"),
    ],
)
def test_a_template_may_print_slots_and_ask_facts_and_nothing_else(text, message):
    with pytest.raises(PolicyError, match=message) as caught:
        messages_sql(own(text), "accounts", portfolio())
    assert str(caught.value).startswith("messages.templates.own.text.es")


def test_a_template_cannot_be_of_unbounded_size():
    with pytest.raises(ValueError, match="at most 6000 characters"):
        own("x" * 6001)


@pytest.mark.parametrize(
    "name",
    [
        "{{ amount }}", "{% if has_name %}", "{{ ''.__class__ }}", "'; DROP TABLE accounts; --",
        "\\1 $1 %s {0}", "=cmd|' /C calc'!A0", "<b>Ana</b>",
    ],
)  # fmt: skip
def test_what_a_value_holds_is_printed_as_it_is(name):
    text = "{{ creditor }}: {% if has_name %}{{ customer_name }}{% endif %} {{ amount }}"
    ((message, refused),) = own_message(text, {"customer_name": name})
    assert (message, refused) == (f"Financiera Andina S.A.: {name} $120.000", None)


def test_a_slot_s_mark_in_a_value_fills_nothing():
    text = "{{ creditor }}|{% if has_name %}{{ customer_name }}{% endif %}|{{ amount }}"
    ((message, _),) = own_message(text, {"customer_name": "Ana\ue000amount\ue001"})
    assert message == "Financiera Andina S.A.|Ana amount|$120.000"


def test_controls_and_new_lines_in_values_become_spaces():
    text = "{{ creditor }}: {% if has_name %}{{ customer_name }}{% endif %}"
    ((message, _),) = own_message(text, {"customer_name": " Ana\r\n\x00\x1bPeña\u2028\u202eX\n"})
    assert message == "Financiera Andina S.A.: Ana Peña X"


def test_a_name_without_a_letter_is_no_name():
    text = "{{ creditor }}: {% if has_name %}{{ customer_name }}{% else %}nobody{% endif %}"
    found = own_message(text, *({"customer_name": name} for name in (None, " ", "\u200b", "-")))
    assert {message for message, _ in found} == {"Financiera Andina S.A.: nobody"}


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80))
def test_no_name_brings_lines_marks_or_other_values_into_a_message(name):
    text = "{{ creditor }}<{% if has_name %}{{ customer_name }}{% endif %}>{{ creditor }}"
    ((message, refused),) = own_message(text, {"customer_name": name})
    assert refused is None
    between = message.removeprefix("Financiera Andina S.A.<").removesuffix(
        ">Financiera Andina S.A."
    )
    assert not any(unicodedata.category(c) in ("Cc", "Co", "Zl", "Zp") for c in between)


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\x00")))
def test_folding_stays_in_the_alphabet_and_keeps_the_length(text):
    with duckdb.connect(config={"threads": 1}) as engine:
        folded, size = engine.execute(
            f"SELECT folded, {length_sql('folded')} FROM (SELECT {fold_sql('t')} AS folded "
            "FROM (SELECT ? AS t))",
            [text],
        ).fetchone()
    assert set(folded) <= set(BASIC + EXTENSION)
    assert len(folded) == len(text)
    assert size == len(folded) + sum(c in EXTENSION for c in folded)
    if set(text) <= set(BASIC + EXTENSION):
        assert folded == text


def test_the_alphabet_is_that_of_the_standard():
    assert len(BASIC) == len(set(BASIC)) == 127  # the 128th escapes to the extension
    assert len(EXTENSION) == 10
    assert {c: FOLDS[c] for c in "áíóúãõâêôçÁÍÓÚ’"} == dict(
        zip("áíóúãõâêôçÁÍÓÚ’", "aiouaoaeocAIOU'", strict=True)
    )
    assert not set("éñ¿¡àÇüÑ€") & set(FOLDS)


@pytest.mark.parametrize(
    ("text", "forbidden", "rule"),
    [
        ("Hola", (), "no_creditor"),
        ("{% if has_name %}{{ creditor }}{% endif %}", (), "no_creditor"),
        ("{{ creditor }}: una gestión  RÁPIDA", [r"gestion rapida"], "forbidden_phrase"),
        ("{{ creditor }}: una gestion rapida", [r"gestión rápida"], "forbidden_phrase"),
        ("{{ creditor }}: {% if is_company %}rápida{% endif %}", [r"rapida"], "forbidden_phrase"),
        ("{{ creditor }}: habrá un EMBARGO", (), "threatens"),
        ("{{ creditor }}: Citación  Judicial", (), "threatens"),
        ("{{ creditor }}: {% if is_company %}penhora{% endif %}", (), "threatens"),
        ("{{ creditor }}: see you in court", (), "threatens"),
        ("{{ creditor }}: ¿por qué no pagó?", (), "asks_why"),
        ("{{ creditor }}: cuéntenos el motivo", (), "asks_why"),
        ("{{ creditor }} " + "x" * 1024, (), "too_long"),
    ],
)
def test_a_faulty_template_is_found(text, forbidden, rule):
    assert rules(own(text), forbidden) == {("own", "es", rule)}


def test_a_long_template_with_a_short_one_is_not_at_fault():
    text = "{{ creditor }} " + "x" * 200
    assert rules(own(text, channel="sms")) == {("own", "es", "too_long")}
    assert rules(own(text, short="{{ creditor }}", channel="sms")) == set()


def test_a_phrase_that_is_no_expression_is_refused():
    with pytest.raises(PolicyError, match=r"'\(' is not a regular expression"):
        check_messages(MESSAGES, portfolio(), ["("])
