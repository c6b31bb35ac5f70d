"""The alphabet of text messages: GSM 03.38, 160 characters of 7 bits.

A single character outside it makes a message UCS-2, of 70 characters: texts are folded into it.
"""

from __future__ import annotations

import re
import unicodedata

from propension.sources import text_literal

# 3GPP TS 23.038, 6.2.1: the basic table, and its extension, whose characters count twice.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€\f"
_PUNCTUATION = {"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"',
                "–": "-", "—": "-", "‑": "-", "•": "*", "·": ".", "…": ".", "\xa0": " ",
                "\u202f": " ", "\u2009": " ", "º": "o", "ª": "a", "ç": "c"}  # fmt: skip
# What has nothing like it in the alphabet.
UNKNOWN = "?"


def _folds() -> dict[str, str]:
    """Return every character that another of the alphabet can stand for: á as a, ã as a."""
    found = dict(_PUNCTUATION)
    for code in range(0xC0, 0x1EFA):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if chr(code) not in BASIC and base in BASIC and base.isalpha():
            found.setdefault(chr(code), base)
    return found


FOLDS = _folds()


def fold_sql(text: str) -> str:
    """Return SQL that writes a text in the alphabet, as long as it was; private marks are kept."""
    kept = text_literal(f"[{re.escape(BASIC + EXTENSION)}]*")
    others = text_literal(rf"[^{re.escape(BASIC + EXTENSION)}\p{{Co}}]")
    source, target = text_literal("".join(FOLDS)), text_literal("".join(FOLDS.values()))
    folded = f"regexp_replace(translate({text}, {source}, {target}), {others}, '{UNKNOWN}', 'g')"
    # Most texts are in the alphabet already, which is quicker to see than to bring about.
    return f"CASE WHEN regexp_full_match({text}, {kept}) THEN {text} ELSE {folded} END"


def length_sql(text: str) -> str:
    """Return SQL for the characters of 7 bits that a folded text takes."""
    twice = text_literal(f"[^{re.escape(EXTENSION)}]")
    return f"(length({text}) + length(regexp_replace({text}, {twice}, '', 'g')))"
