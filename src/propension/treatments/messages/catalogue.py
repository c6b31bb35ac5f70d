"""The shipped templates, and those of the policy in their place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import get_args

import yaml

from propension.config import Messages, MessageTemplate, Tone
from propension.errors import PolicyError

Key = tuple[str, str, str]
_TONES: tuple[Tone, ...] = get_args(Tone)


def load_templates(messages: Messages) -> dict[str, MessageTemplate]:
    """Return every template by name; one of the policy replaces the shipped one of its name.

    Raises
    ------
    PolicyError
        If two are for the same treatment, channel and tone.
    """
    templates = _shipped() | messages.templates
    taken: dict[Key, str] = {}
    for name, template in templates.items():
        other = taken.setdefault((template.treatment, template.channel, template.tone), name)
        if other != name:
            raise PolicyError(
                f"policy.yaml: messages.templates.{name} is for the same treatment, channel and "
                f"tone as {other}. Name it {other} to replace that one, or change its tone."
            )
    return templates


@cache
def _shipped() -> dict[str, MessageTemplate]:
    found: dict[str, MessageTemplate] = {}
    for file in sorted((resources.files(__package__) / "templates").iterdir(), key=str):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        found |= {name: MessageTemplate.model_validate(held) for name, held in content.items()}
    return found


def template_choices(templates: Mapping[str, MessageTemplate]) -> dict[Key, str]:
    """Return the template for every treatment, channel and tone: none is harsher than the tone."""
    choices: dict[Key, str] = {}
    by_tone = sorted(templates.items(), key=lambda item: _TONES.index(item[1].tone))
    for name, template in by_tone:
        for tone in _TONES[_TONES.index(template.tone) :]:
            choices[template.treatment, template.channel, tone] = name
    return choices
