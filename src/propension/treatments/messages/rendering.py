"""Templates to pieces of text and slots, once per kind of message; no account takes part.

A template prints slots and asks yes-or-no facts, nothing else: it is parsed and every other
construct refused before it is rendered, in a sandbox, once per combination of its facts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, NoReturn

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from propension.config import Messages
from propension.config.messages import UNREADABLE
from propension.errors import PolicyError, nearest
from propension.treatments.messages.values import ACCOUNT_FACTS, known_facts

# Slot to the fact that must hold where it is printed; without one it is there or the message is
# refused.
SLOTS: dict[str, str | None] = {
    "creditor": None,
    "customer_name": "has_name",
    "amount": None,
    "days_past_due": None,
    "due_on": None,
    "offer": "has_offer",
    "contact_phone": "has_phone",
    "payment_link": "has_link",
    "account_id": None,
}
FACTS = frozenset({*ACCOUNT_FACTS, *known_facts(Messages())})

# Private characters, which neither templates nor values can hold.
_OPEN, _CLOSE = "\ue000", "\ue001"
MARKERS = {name: f"{_OPEN}{name}{_CLOSE}" for name in SLOTS}
SLOT = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_TAG_ALONE = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)


class Variant(NamedTuple):
    """A template rendered under one combination of facts.

    Attributes
    ----------
    facts : mapping of str to bool
    text : str
        With ``MARKERS`` in place of the slots.
    """

    facts: Mapping[str, bool]
    text: str

    @property
    def slots(self) -> set[str]:
        """Slots it prints."""
        return {name for name, marker in MARKERS.items() if marker in self.text}

    @property
    def words(self) -> str:
        """Its own words, slots left out."""
        return SLOT.sub(" ", self.text)


def render_variants(text: str, where: str, known: Mapping[str, bool]) -> list[Variant]:
    """Return a template under every combination of the facts it depends on.

    Parameters
    ----------
    text : str
    where : str
        Dotted place of the template, for messages.
    known : mapping of str to bool
        Facts that are the same for every account.

    Raises
    ------
    PolicyError
        If it does anything but print slots and ask facts, or prints a slot where its fact does
        not hold.
    """
    used = _names(text, where)
    asked = (used & FACTS) | {guard for slot in used & set(SLOTS) if (guard := SLOTS[slot])}
    open_facts = sorted(asked - set(known))
    # A tag alone on its line leaves no line.
    template = _compiled(text)
    variants = []
    for values in itertools.product([True, False], repeat=len(open_facts)):
        facts = dict(zip(open_facts, values, strict=True))
        held = {**facts, **known}
        variant = Variant(facts, _tidy(template.render(MARKERS, **held)))
        for slot in sorted(variant.slots):
            guard = SLOTS[slot]
            if guard and not held[guard]:
                raise PolicyError(
                    f"{where}: {slot} is printed where {guard} does not hold. "
                    f"Put it between {{% if {guard} %}} and {{% endif %}}.",
                    slot=slot,
                )
        variants.append(variant)
    return variants


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    return _ENVIRONMENT.from_string(_TAG_ALONE.sub(r"\1", text))


def _tidy(rendered: str) -> str:
    spaced = re.sub(r" +\n", "\n", re.sub(r" {2,}", " ", rendered))
    return re.sub(r"\n{3,}", "\n\n", spaced).strip()


@lru_cache(maxsize=512)
def _names(text: str, where: str) -> frozenset[str]:
    if odd := UNREADABLE.search(text):
        raise PolicyError(
            f"{where}: holds the character U+{ord(odd[0]):04X}, which nobody can read. Take it out."
        )
    try:
        names = frozenset(_checked(_ENVIRONMENT.parse(text), where))
        _compiled(text)
        return names
    except TemplateSyntaxError as error:
        told = str(error.message).rstrip(".")
        raise PolicyError(
            f"{where} (line {error.lineno}): not a template: {told}. Correct it."
        ) from None
    # Templates become Python, which has a limit of its own.
    except (RecursionError, SyntaxError):
        raise PolicyError(f"{where}: nested too deep. Write it flatter.") from None


def _checked(node: nodes.Node, where: str) -> Iterator[str]:
    """Yield the slots and facts a template uses, and refuse all else."""
    match node:
        case nodes.Template():
            for child in node.body:
                yield from _checked(child, where)
        case nodes.If():
            yield from _checked_test(node.test, where)
            for child in [*node.body, *node.elif_, *node.else_]:
                yield from _checked(child, where)
        case nodes.Output():
            for child in node.nodes:
                if isinstance(child, nodes.Name) and child.name in SLOTS:
                    yield child.name
                elif not isinstance(child, nodes.TemplateData):
                    _refuse(child, where, f"print a slot: {', '.join(SLOTS)}", set(SLOTS))
        case _:
            _refuse(node, where, "write text, {{ slot }} and {% if fact %} only", set(SLOTS))


def _checked_test(node: nodes.Node, where: str) -> Iterator[str]:
    match node:
        case nodes.Name() if node.name in FACTS:
            yield node.name
        case nodes.Not():
            yield from _checked_test(node.node, where)
        case nodes.And() | nodes.Or():
            yield from _checked_test(node.left, where)
            yield from _checked_test(node.right, where)
        case _:
            _refuse(node, where, f"ask a fact: {', '.join(sorted(FACTS))}", set(FACTS))


def _refuse(node: nodes.Node, where: str, remedy: str, names: set[str]) -> NoReturn:
    place = f"{where} (line {node.lineno})"
    found = [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))
    slot = next((name.name for name in found if name.name in SLOTS), None)
    if isinstance(node, nodes.Name) and not slot and node.name not in FACTS:
        hint = nearest(node.name, names) or f". {remedy[0].upper()}{remedy[1:]}"
        raise PolicyError(f"{place}: {node.name} is not known here{hint}.", name=node.name)
    what = type(node).__name__.lower()
    if slot:
        raise PolicyError(
            f"{place}: {slot} is used in {what!r}, and a slot can only be printed, as "
            f"{{{{ {slot} }}}}: {remedy}.",
            slot=slot,
        )
    raise PolicyError(f"{place}: {what!r} is not allowed: {remedy}.", construct=what)
