"""What every template must hold and must not, in every language; the caller decides what to do."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import duckdb
import pyarrow as pa

from propension.config import Language, Messages, MessageTemplate
from propension.config.settings import Portfolio
from propension.errors import PolicyError
from propension.treatments.messages.catalogue import load_templates
from propension.treatments.messages.rendering import render_variants
from propension.treatments.messages.statement import LIMITS, messages_sql
from propension.treatments.messages.values import known_facts

# Nobody is asked why, and no cause is named (Colombia, Ley 2300 de 2023, art. 7).
_ASKING_WHY = (
    r"\bpor que\b", r"\bmotivos?\b", r"\brazon(es)?\b", r"\brazao\b", r"\bcausas?\b",
    r"\bwhy\b", r"\breasons?\b", r"\bcauses?\b",
    r"\bque (le |te )?(paso|sucedio|aconteceu|houve)\b", r"\bwhat happened\b",
)  # fmt: skip

# Nothing that looks like a court's, threatens or ridicules, wherever the customer lives.
_THREATENING = (
    r"\bembarg\w*", r"\bjuzgados?\b", r"\bjue(z|ces)\b", r"\btribuna(l|les|is)\b", r"\bdemand(ar\w*|a judicial)\b",
    r"\bcarcel\b", r"\bpri(sion|sao|son)\b", r"\bpolic(ia|e)\b", r"\bdenuncia\w*", r"\bfiscalia\b",
    r"\b(citacion|notificacion|proceso|processo|acao) judicial\b", r"\bpenhora\w*", r"\bjuiz\b", r"\bcadeia\b",
    r"\bmoros[oa]s?\b", r"\bcaloteir[oa]s?\b", r"\bverg(uenza|onha)\b",
    r"\bcourts?\b", r"\blawsuits?\b", r"\bsue\b", r"\bjail\b", r"\bseiz\w*", r"\bgarnish\w*", r"\bdeadbeats?\b",
    r"\b(ultim[oa]|last|final) (aviso|oportunidad|oportunidade|warning|notice|chance)\b",
)  # fmt: skip

# As much as an account may plausibly fill in.
_WIDEST = {
    "customer_name": "Maximiliana Fernández Montenegro de Souza",
    "account_id": "0123456789",
    "amount": 999_999_999,
    "days_past_due": 9999,
    "due_on": "2028-12-30",
    "offer": "W" * 150,
}
_BY_FACT = {
    "customer_name": "has_name",
    "offer": "has_offer",
    "amount": "has_amount",
    "days_past_due": "is_overdue",
    "due_on": "has_due_on",
}


@dataclass(frozen=True)
class MessageFinding:
    """One fault of one template in one language.

    Attributes
    ----------
    template : str
    language : {"es", "pt", "en"}
    rule : str
        no_creditor, forbidden_phrase, asks_why, threatens or too_long.
    message : str
        Place, fact and remedy.
    """

    template: str
    language: Language
    rule: str
    message: str


def check_messages(
    messages: Messages, portfolio: Portfolio, forbidden: Sequence[str] = ()
) -> list[MessageFinding]:
    """Return what is wrong with the shipped templates and the policy's, in the three languages.

    Every message to a customer names the creditor, whatever the facts; none holds a forbidden
    phrase, threatens or asks why; and filled with long values, each fits its channel or has a shorter one
    that does.

    Parameters
    ----------
    messages : Messages
    portfolio : Portfolio
    forbidden : sequence of str
        Regular expressions, whatever the case and the accents.

    Raises
    ------
    PolicyError
        If a template or an expression cannot be read.
    """
    templates = load_templates(messages)
    banned = [("forbidden_phrase", _compiled(phrase)) for phrase in forbidden]
    banned += [("asks_why", re.compile(phrase)) for phrase in _ASKING_WHY]
    banned += [("threatens", re.compile(phrase)) for phrase in _THREATENING]
    known = known_facts(messages)
    found: list[MessageFinding] = []
    for language in get_args(Language):
        for name, template in templates.items():
            found += _wording_findings(name, template, language, banned, known)
        local = portfolio.model_copy(update={"language": language})
        found += _length_findings(messages, local, templates)
    return found


def _wording_findings(
    name: str,
    template: MessageTemplate,
    language: Language,
    banned: Sequence[tuple[str, re.Pattern[str]]],
    known: Mapping[str, bool],
) -> Iterator[MessageFinding]:
    for part in ("text", "short"):
        texts = getattr(template, part)
        if texts is None:
            continue
        where = f"messages.templates.{name}.{part}.{language}"
        variants = render_variants(texts.in_language(language), where, known)
        # A note of channel none stays in the house.
        if template.channel != "none" and any("creditor" not in v.slots for v in variants):
            yield MessageFinding(
                name, language, "no_creditor",
                f"{where}: does not always say who writes. Print {{{{ creditor }}}} outside any if.",
            )  # fmt: skip
        words = [_plain(variant.words) for variant in variants]
        for rule, phrase in banned:
            if hit := next(filter(None, map(phrase.search, words)), None):
                yield MessageFinding(
                    name, language, rule, f"{where}: says {hit[0]!r}. Say it in another way."
                )


def _length_findings(
    messages: Messages, portfolio: Portfolio, templates: Mapping[str, MessageTemplate]
) -> Iterator[MessageFinding]:
    """Fill every template with long values, under every combination of facts."""
    rows = []
    for name, template in templates.items():
        key = {
            "template": name, "treatment": template.treatment,
            "channel": template.channel, "tone": template.tone,
        }  # fmt: skip
        for held in itertools.product([True, False], repeat=len(_BY_FACT)):
            left_out = [column for column, holds in zip(_BY_FACT, held, strict=True) if not holds]
            for is_company in (True, False):
                values = {**_WIDEST, **dict.fromkeys(left_out)}
                rows.append({**key, **values, "is_company": is_company})
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("widest_rows", pa.Table.from_pylist(rows))
        widest = "(SELECT * REPLACE (due_on::DATE AS due_on) FROM widest_rows)"
        sql = messages_sql(messages, widest, portfolio)
        too_long = engine.execute(
            f"SELECT DISTINCT template FROM ({sql}) WHERE message_refused = 'too_long' ORDER BY 1"
        ).fetchall()
    for (name,) in too_long:
        channel = templates[name].channel
        yield MessageFinding(
            name, portfolio.language, "too_long",
            f"messages.templates.{name}.text.{portfolio.language}: filled with long values it is over "
            f"the {LIMITS[channel]} characters of {channel}. Shorten it, or give a short one.",
        )  # fmt: skip


def _compiled(phrase: str) -> re.Pattern[str]:
    try:
        return re.compile(_plain(phrase, lower=False), re.IGNORECASE)
    except re.error as error:
        raise PolicyError(
            f"forbidden phrases: {phrase!r} is not a regular expression ({error}). Correct it.",
            phrase=phrase,
        ) from None


def _plain(text: str, lower: bool = True) -> str:
    """Text without accents; an expression keeps its case, where it means something."""
    parts = unicodedata.normalize("NFKD", text)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return re.sub(r"\s+", " ", plain.lower()) if lower else plain
