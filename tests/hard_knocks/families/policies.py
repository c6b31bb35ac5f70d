"""policy.yaml: rules, templates, names and numbers that somebody may write."""

from __future__ import annotations

from typing import Any

import yaml
from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Policy (policy.yaml)"
LABEL = {"es": "x", "pt": "x", "en": "x"}


def _rule(text: str):
    return lambda folder: folder.segment(when=text)


def _template(text: str, channel: str = "letter"):
    texts = {"es": text, "pt": text, "en": text}
    held = {"treatment": "soft_call", "channel": channel, "tone": "legal", "text": texts}
    return lambda f: f.rules(messages={"templates": {"mine": held}})


def _set(**changes: Any):
    return lambda folder: folder.rules(**changes)


def _segments(count: int, **of: Any):
    def strike(folder: Folder) -> None:
        held = yaml.safe_load(folder.policy.read_text(encoding="utf-8"))["segments"]
        more = [
            {
                "name": f"none_{n}",
                "when": "propensity > 2",
                "treatments": ["do_nothing"],
                "label": LABEL,
                **of,
            }
            for n in range(count)
        ]
        folder.rules(segments=more + held)

    return strike


def _add(text: str):
    def strike(folder: Folder) -> None:
        with folder.policy.open("a", encoding="utf-8") as stream:
            stream.write(text)

    return strike


FALSE = "propensity > 2"
RULE = "segments.dispute"
WORDS = "Use comparisons"
RULES = {
    "that drops a table": ("TRUE; DROP TABLE scored", RULE, WORDS),
    "with a comment": ("TRUE -- ; DROP TABLE", None, None),
    "with a query": ("propensity > (SELECT 1)", RULE, WORDS),
    "that reads a file": ("region IN (SELECT content FROM read_text('/etc/passwd'))", RULE, WORDS),
    "with a function": ("pg_sleep(10) IS NULL", RULE, WORDS),
    "with a setting's function": ("getenv('HOME') = 'x'", RULE, WORDS),
    "with a regular expression": ("region SIMILAR TO '(a+)+$'", RULE, WORDS),
    "with LIKE": ("region LIKE '%a'", RULE, WORDS),
    "with a lambda": ("list_transform(flags, x -> x) IS NULL", RULE, WORDS),
    "with a cast": ("propensity::VARCHAR = 'x'", RULE, WORDS),
    "with a window": ("row_number() OVER () = 1", RULE, WORDS),
    "with an aggregate": ("max(propensity) > 0.5", RULE, WORDS),
    "with a column nobody has": ("propensityy > 0.5", RULE, "did you mean propensity?"),
    "with a column of another table": ("scored.propensity > 0.5", RULE, "propensity"),
    "with a parameter": ("propensity > $1", RULE, WORDS),
    "with names in capitals": ("PROPENSITY > 2", RULE, "did you mean propensity?"),
    "of four hundred NOTs": ("NOT " * 400 + FALSE, RULE, "Write it flatter"),
    "of a text among conditions": ("propensity > 2 OR 'yes'", RULE, "Compare it with something"),
    "of a star": ("*", RULE, WORDS),
    "of nothing": ("", "segments.0.when", "at least 1"),
    "of spaces": ("   ", RULE, "orrect"),
    "of an open quote": ("region = 'x", RULE, "orrect it"),
    "of an open bracket": ("(propensity > 0.5", RULE, "orrect it"),
    "of a word": ("hello world", RULE, WORDS),
    "of emoji": ("😀 > 0.5", RULE, "😀"),
    "of a NUL byte": ("propensity > 0.5\0", "policy.yaml", "Take it out"),
    "of a number": ("propensity", RULE, "Compare it with something"),
    "that asks for a word instead of a code": ("value_tier = 'hihg'", RULE, "did you mean high?"),
    "of a text": ("'yes'", RULE, "is not true or false"),
    "that compares a number with a word": ("propensity > 'high'", RULE, "Compare like with like"),
    "that adds words": ("region + 1 > 2", RULE, "Compare like with like"),
    "of two thousand brackets": ("(" * 999 + "1" + ")" * 999, RULE, "Write it flatter"),
    "of a thousand signs": ("-" * 1 + " -" * 990 + "1 > 0", RULE, "Write it flatter"),
    "of two thousand characters and one": (
        "propensity > 2" + " " * 1990 + "OR 1",
        "segments.0.when",
        "at most 2000",
    ),
    "of a number too large": ("propensity > 1" + "0" * 400, RULE, "Compare like with like"),
}
ACCEPTED_RULES = {
    "that divides by zero": "propensity / 0 > 1",
    "of NULL": "propensity > NULL",
    "of fifty NOTs": "NOT " * 50 + FALSE,
    "of a hundred ORs": " OR ".join([FALSE] * 110),
    "with quoted names": '"propensity" > 2',
    "of a text with quotes": "region = 'it''s; DROP TABLE x'",
}

TEMPLATE = "messages.templates.mine"
TEMPLATES = {
    "that asks an attribute": "{{ ''.__class__ }}",
    "that asks a subclass": "{{ creditor.__class__.__mro__[1].__subclasses__() }}",
    "that calls": "{{ creditor() }}",
    "that asks the configuration": "{{ config }}",
    "that asks itself": "{{ self.__init__.__globals__ }}",
    "that calculates": "{{ 7 * 7 }}",
    "that repeats without end": "{% for x in range(10**9) %}a{% endfor %}",
    "that grows": "{{ 'a' * 10**9 }}",
    "that includes a file": "{% include '/etc/passwd' %}",
    "that imports": "{% import 'os' as os %}",
    "that extends": "{% extends 'x' %}",
    "that sets": "{% set x = 1 %}{{ creditor }}",
    "that defines a macro": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "that filters": "{{ creditor|upper }}",
    "that calls a block": "{% call x() %}{% endcall %}",
    "that is not closed": "{{ creditor",
    "whose if is not closed": "{% if has_name %}{{ creditor }}",
    "of a slot nobody knows": "{{ creditorr }}",
    "of a slot where it may be missing": "{{ creditor }} {{ customer_name }}",
    "nested a thousand deep": "{% if has_name %}" * 330,
    "nested and closed": "{% if has_name %}" * 180 + "{% endif %}" * 180,
    "of private characters": "\ue000amount\ue001 {{ creditor }}",
}

KNOCKS = [
    *(Knock(f"a rule {name}", _rule(text), Refused(2, place, remedy)) if place else Knock(f"a rule {name}", _rule(text), SetAside({}))
      for name, (text, place, remedy) in RULES.items()),
    *(Knock(f"a rule {name}", _rule(text), SetAside({})) for name, text in ACCEPTED_RULES.items()),
    *(Knock(f"a template {name}", _template(text), Refused(2, TEMPLATE, "")) for name, text in TEMPLATES.items()),
    Knock("a template of seven thousand characters", _template("{{ creditor }}" + "x" * 7000), Refused(2, TEMPLATE, "at most 6000")),
    Knock("a template without its creditor", _template("hello"), Refused(2, TEMPLATE, "Print {{ creditor }}")),
    Knock("a template of a NUL byte", _template("{{ creditor }}\0"), Refused(2, "policy.yaml", "Take it out")),
    Knock("a template of raw text", _template("{% raw %}{{ x }}{% endraw %}{{ creditor }}"), SetAside({})),
    Knock("a template of emoji in a text message", _template("😀" * 500 + "{{ creditor }}", "sms"), Refused(2, TEMPLATE, "Shorten it")),
    Knock("five thousand segments", _segments(5000), Refused(2, "segments", "at most")),
    Knock("two hundred segments", _segments(200), SetAside({})),
    Knock("a segment named as a path", _segments(1, name="../../x"), Refused(2, "segments.0.name", "pattern")),
    Knock("a segment named in SQL", _segments(1, name="x'; DROP"), Refused(2, "segments.0.name", "pattern")),
    Knock("two segments of one name", _segments(2, name="twice"), Refused(2, "segments are named twice", "twice")),
    Knock("a segment of a treatment nobody has", _segments(1, treatments=["soft_cal"]), Refused(2, "segments name treatments", "did you mean soft_call?")),
    Knock("a label that is a formula", _segments(1, when="TRUE", label=dict.fromkeys(LABEL, "=cmd|' /C calc'!A0")), SetAside({})),
    Knock("a label of nothing", _segments(1, when="TRUE", label=dict.fromkeys(LABEL, "")), SetAside({})),
    Knock("a label of a hundred thousand characters", _segments(1, when="TRUE", label=dict.fromkeys(LABEL, "x" * 100_000)), SetAside({})),
    Knock("a label without a language", _segments(1, label={"es": "x"}), Refused(2, "segments.0.label", "is missing")),
    Knock("no segment holds for anybody", lambda f: f.rules(segments=[{"name": "none", "when": "FALSE", "treatments": ["do_nothing"], "label": LABEL}]), SetAside({})),
    Knock("everybody is suppressed", _set(suppressions=[{"name": "all", "when": "TRUE"}]), SetAside({})),
    Knock("a version that is a path", _set(version="../../../x"), SetAside({})),
    Knock("a version that is a number", _add("version: 2026.1\n"), Refused(2, "version is given twice", "line")),
    Knock("a version of a thousand characters", _set(version="x" * 1000), Refused(2, "version", "at most 40")),
    Knock("risk bands that rise", _set(risk_bands={"A": 0.1}), Refused(2, "risk_bands", "must fall")),
    Knock("a risk band that is NaN", _set(risk_bands={"B": float("nan")}), Refused(2, "risk_bands.B", "finite number")),
    Knock("a weight of infinity", _set(value_tiers={"by": {"open_amount": float("inf")}}), Refused(2, "value_tiers.by", "finite")),
    Knock("a cost of infinity", _set(treatments={"soft_call": {"cost": float("inf")}}), Refused(2, "treatments.soft_call.cost", "finite")),
    Knock("a cost that is NaN", _set(treatments={"soft_call": {"cost": float("nan")}}), Refused(2, "treatments.soft_call.cost", "finite")),
    Knock("a cost of 1e308", _set(treatments={"soft_call": {"cost": 1e308}}), Refused(2, "treatments.soft_call.cost", "less than or equal")),
    Knock("minutes of infinity", _set(treatments={"soft_call": {"minutes": float("inf")}}), Refused(2, "treatments.soft_call.minutes", "finite")),
    Knock("a worth that is NaN", _set(treatments={"soft_call": {"worth": float("nan")}}), Refused(2, "treatments.soft_call.worth", "finite")),
    Knock("a worth of 1e308", _set(treatments={"soft_call": {"worth": 1e308}}), Refused(2, "treatments.soft_call.worth", "less than or equal")),
    Knock("a negative cost", _set(treatments={"soft_call": {"cost": -1}}), Refused(2, "treatments.soft_call.cost", "greater than or equal")),
    Knock("an effect of 2", _set(treatments={"soft_call": {"effect": {"can_wants": 2}}}), Refused(2, "treatments.soft_call.effect", "less than or equal")),
    Knock("a capacity of infinity", _set(capacities={"agents": {"minutes": float("inf")}}), Refused(2, "capacities.agents.minutes", "finite")),
    Knock("a capacity of 1e300", _set(capacities={"agents": {"minutes": 1e300}}), Refused(2, "capacities.agents.minutes", "less than or equal")),
    Knock("a capacity of nothing", _set(capacities={"agents": {"minutes": 0}}), SetAside({})),
    Knock("a capacity of thirty digits of accounts", _set(capacities={"lawsuits": {"accounts": 10**30}}), Refused(2, "capacities.lawsuits.accounts", "less than")),
    Knock("ten thousand agents", _set(capacities={"agents": {"agents": 10_000}}), SetAside({})),
    Knock("a budget that is NaN", _set(budgets={"letters": {"amount": float("nan")}}), Refused(2, "budgets.letters.amount", "finite")),
    Knock("the largest cost, worth, minutes, capacity and budget", _set(treatments={"soft_call": {"cost": 1e12, "worth": 1e12, "minutes": 1e9}}, capacities={"agents": {"minutes": 1e9}}, budgets={"letters": {"amount": 1e12}}), SetAside({})),
    Knock("a budget of 1e308", _set(budgets={"letters": {"amount": 1e308}}), Refused(2, "budgets.letters.amount", "less than or equal")),
    Knock("a team named as a path", _set(capacities={"../x": {"accounts": 1, "treatments": ["letter"]}}), Refused(2, "capacities", "pattern")),
    Knock("half under control, half explored", _set(experiment={"control_share": 0.5, "explore_share": 0.5}), SetAside({})),
    Knock("a control group of 2", _set(experiment={"control_share": 2}), Refused(2, "experiment.control_share", "less than or equal")),
    Knock("a salt of SQL", _set(experiment={"salt": "'; DROP TABLE x; --"}), SetAside({})),
    Knock("shifts that go back in time", _set(agenda={"shifts": [{"start": "12:00", "end": "08:00"}]}), Refused(2, "agenda.shifts", "whole hour")),
    Knock("no working day", _set(agenda={"weekdays": []}), Refused(2, "agenda.weekdays", "at least 1")),
    Knock("one send an hour", _set(agenda={"sends_per_hour": 1}), SetAside({})),
    Knock("sends of thirty digits an hour", _set(agenda={"sends_per_hour": 10**30}), Refused(2, "agenda.sends_per_hour", "less than")),
    Knock("a window of ten thousand days", _set(contact={"within_days": 10_000}), Refused(2, "contact.within_days", "less than or equal")),
    Knock("a phone that is a formula", _set(messages={"contact_phone": "=cmd|' /C calc'!A0"}), SetAside({})),
    Knock("a phone of template code", _set(messages={"contact_phone": "{{ ''.__class__ }}"}), SetAside({})),
    Knock("a phone of private characters", _set(messages={"contact_phone": "\ue000account_id\ue001"}), Refused(2, "contact_phone", "U+E000")),
    Knock("a YAML bomb in the policy", _add("x0: &x0 [x, x]\n" + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 12))), Refused(2, "policy.yaml", "Write it out")),
    Knock("an anchor used twice", _add("languages: &l [es]\n"), Same()),
]  # fmt: skip
