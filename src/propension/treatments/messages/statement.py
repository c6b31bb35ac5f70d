"""Messages of a whole list of accounts in one statement; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from propension.config import Messages, MessageTemplate, Texts, TreatmentChannel
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.treatments.messages.catalogue import load_templates, template_choices
from propension.treatments.messages.gsm import fold_sql, length_sql
from propension.treatments.messages.rendering import SLOT, render_variants
from propension.treatments.messages.values import ACCOUNT_FACTS, known_facts, slot_values

# Characters; those of a text message have 7 bits.
LIMITS: dict[TreatmentChannel, int] = {
    "none": 1200, "call": 1200, "sms": 160, "whatsapp": 1024, "email": 5000, "letter": 5000,
    "visit": 1200,
}  # fmt: skip

REFUSALS: dict[str, Texts] = {
    "no_template": Texts(
        es="No hay plantilla para la gestión en ese canal",
        pt="Não há modelo para a ação nesse canal",
        en="No template for the treatment in that channel",
    ),
    "missing_value": Texts(
        es="Falta un dato que el mensaje necesita",
        pt="Falta um dado que a mensagem precisa",
        en="A value the message needs is missing",
    ),
    "too_long": Texts(
        es="El mensaje supera el límite de su canal",
        pt="A mensagem supera o limite do canal",
        en="The message is longer than its channel allows",
    ),
}

_BITS = {name: 1 << index for index, name in enumerate(ACCOUNT_FACTS)}
_Row = tuple[str | int | None, ...]
_Variant = tuple[int, str | None, str | None]

# Facts are the bits of a number; a template looks at those of its mask, and has one variant for each
# of their combinations. A value that is missing leaves nothing of its text.
_STATEMENT = """
WITH templated AS (
    SELECT a.*, v.variant AS message_variant, CASE WHEN v.name IS NOT NULL THEN {slots} END AS message_slots
    FROM {source} a
    LEFT JOIN (VALUES {choices}) AS c(treatment, channel, tone, name, mask)
      ON c.treatment = a.treatment AND c.channel = a.channel AND c.tone = a.tone
    LEFT JOIN (VALUES {variants}) AS v(name, facts, variant)
      ON v.name = c.name AND v.facts = c.mask & ({facts})
),
written AS (SELECT *, {text} AS message_text FROM templated),
folded AS (SELECT * REPLACE ({folded_text} AS message_text) FROM written),
measured AS (SELECT *, {text_fault} AS message_fault FROM folded),
shortened AS (SELECT *, CASE WHEN message_fault <> '' THEN {short} END AS message_short FROM measured),
shortened_folded AS (SELECT * REPLACE ({folded_short} AS message_short) FROM shortened),
judged AS (
    SELECT * REPLACE (CASE WHEN {short_fault} = '' THEN 'short' ELSE message_fault END AS message_fault)
    FROM shortened_folded
)
SELECT * EXCLUDE (message_variant, message_slots, message_text, message_short, message_fault),
       CASE message_fault WHEN '' THEN message_text WHEN 'short' THEN message_short END AS message,
       CASE WHEN message_variant IS NOT NULL THEN nullif(nullif(message_fault, ''), 'short')
            WHEN channel <> 'none' THEN 'no_template' END AS message_refused
FROM judged"""


def messages_sql(messages: Messages, source: str, portfolio: Portfolio) -> str:
    """Return a SELECT that adds ``message`` and ``message_refused`` to treated accounts.

    A message that is too long for its channel gives way to the template's shorter one, and else
    to nothing; ``message_refused`` then holds a code of ``REFUSALS``. Values are data: whatever
    they hold is printed as it is, in one line.

    Parameters
    ----------
    messages : Messages
    source : str
        Relation with account_id, treatment, channel, tone, customer_name (null where personal
        data is hidden), is_company, amount (overdue, or what falls due), days_past_due, due_on
        and offer (words).
    portfolio : Portfolio
        Its name is the creditor's.

    Raises
    ------
    PolicyError
        If a template is refused.
    """
    templates = load_templates(messages)
    variants = {
        name: _variants(name, template, messages, portfolio) for name, template in templates.items()
    }
    written = [(name, *row) for name, (_, rows) in variants.items() for row in rows]
    slots = slot_values(messages, portfolio)
    choices = ((*key, name, variants[name][0]) for key, name in template_choices(templates).items())
    return _STATEMENT.format(
        source=source,
        slots=f"struct_pack({', '.join(f'{name} := {sql}' for name, sql in slots.items())})",
        choices=_rows(choices),
        variants=_rows((name, facts, place) for place, (name, facts, *_) in enumerate(written)),
        facts=" + ".join(
            f"{bit} * coalesce({sql}, FALSE)::INTEGER"
            for bit, sql in zip(_BITS.values(), ACCOUNT_FACTS.values(), strict=True)
        ),
        text=_filled([text for _, _, text, _ in written]),
        short=_filled([short for *_, short in written]),
        folded_text=_folded("message_text"),
        folded_short=_folded("message_short"),
        text_fault=_fault("message_text"),
        short_fault=_fault("message_short"),
    )


def _variants(
    name: str, template: MessageTemplate, messages: Messages, portfolio: Portfolio
) -> tuple[int, list[_Variant]]:
    """Return a template's mask, and its text and shorter text for every number under it."""
    known = known_facts(messages)
    texts = {"text": template.text, "short": template.short}
    rendered = {
        part: render_variants(
            found.in_language(portfolio.language),
            f"messages.templates.{name}.{part}.{portfolio.language}",
            known,
        )
        for part, found in texts.items()
        if found
    }
    mask = sum({_BITS[fact] for found in rendered.values() for fact in found[0].facts})

    def text_of(part: str, number: int) -> str | None:
        for variant in rendered.get(part, ()):
            if all(bool(number & _BITS[fact]) == holds for fact, holds in variant.facts.items()):
                return variant.text
        return None

    return mask, [
        (number, text_of("text", number), text_of("short", number))
        for number in _numbers_under(mask)
    ]


def _numbers_under(mask: int) -> Iterator[int]:
    return (number for number in range(mask + 1) if number & mask == number)


def _filled(texts: Sequence[str | None]) -> str:
    """SQL that writes the text of each variant with its values; null where one is missing."""
    cases = " ".join(
        f"WHEN {variant} THEN {_written(text)}" for variant, text in enumerate(texts) if text
    )
    return f"CASE message_variant {cases} ELSE NULL::VARCHAR END" if cases else "NULL::VARCHAR"


def _written(text: str) -> str:
    parts = SLOT.split(text)
    # Words and slots by turns.
    spoken = [text_literal(part) for part in parts]
    spoken[1::2] = [f"message_slots.{name}" for name in parts[1::2]]
    return " || ".join(spoken)


def _folded(text: str) -> str:
    return f"CASE channel WHEN 'sms' THEN {fold_sql(text)} ELSE {text} END"


def _fault(text: str) -> str:
    """SQL for what is wrong with a filled text: nothing is ''."""
    limits = " ".join(f"WHEN '{channel}' THEN {limit}" for channel, limit in LIMITS.items())
    size = f"CASE channel WHEN 'sms' THEN {length_sql(text)} ELSE length({text}) END"
    return (
        f"CASE WHEN message_variant IS NULL THEN NULL WHEN {text} IS NULL THEN 'missing_value' "
        f"WHEN {size} > CASE channel {limits} END THEN 'too_long' ELSE '' END"
    )


def _rows(rows: Iterable[_Row]) -> str:
    return ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else text_literal(value)
