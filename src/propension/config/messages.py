"""What is said to an account: a part of the policy; templates of one's own replace shipped ones."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from propension.config.base import Model, Name, Texts
from propension.config.contact import Channel

# Of a treatment: one of the channels, or none where nobody is contacted.
TreatmentChannel = Literal["none", Channel]
# Control characters and private ones, of which slots are made; line breaks may stay in templates.
UNREADABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ue000-\uf8ff]")
# From the softest to the hardest.
Tone = Literal["none", "friendly", "neutral", "firm", "legal"]
# Nothing longer fits in any channel.
TemplateText = Annotated[str, StringConstraints(min_length=1, max_length=6000)]


def _readable(text: str) -> str:
    if odd := UNREADABLE.search(text):
        raise ValueError(
            f"holds the character U+{ord(odd[0]):04X}, which nobody can read; take it out"
        )
    return text


Value = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable)]


class TemplateTexts(Texts):
    """One template in the three languages of the product, of bounded length."""

    es: TemplateText
    """In Spanish."""
    pt: TemplateText
    """In Portuguese."""
    en: TemplateText
    """In English."""


class MessageTemplate(Model):
    """What a treatment says in one channel and tone."""

    treatment: Name
    """The treatment that says it."""
    channel: TreatmentChannel
    """The channel it is for."""
    tone: Tone
    """How it speaks."""
    text: TemplateTexts
    """What is said."""
    short: TemplateTexts | None = None
    """Used where the text, filled, is too long for its channel; the message is then refused when empty."""


class Messages(Model):
    """How the creditor can be reached, and templates beyond the shipped ones."""

    contact_phone: Value | None = None
    """Telephone at which customers can answer; not told when empty."""
    payment_link: Value | None = None
    """Address at which customers can pay; not told when empty."""
    templates: dict[Name, MessageTemplate] = {}
    """Templates by name; one of a shipped name replaces it."""
