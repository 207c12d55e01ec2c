"""Texts as XML writes them. The standard library's ``xml.sax.saxutils`` loads nine megabytes to do the same."""

from __future__ import annotations

import re
from html import escape

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold, though a cell can: Excel writes them as ``_x0007_``."""


_SPECIAL = re.compile(f"[&<>\"'{_ILLEGAL.pattern[1:]}")


def escaped(text: str) -> str:
    """A text between tags."""
    return escape(_ILLEGAL.sub("", text), quote=False) if _SPECIAL.search(text) else text


def attribute(text: str) -> str:
    """The value of an attribute, with its quotation marks."""
    return f'"{escape(_ILLEGAL.sub("", text)) if _SPECIAL.search(text) else text}"'
