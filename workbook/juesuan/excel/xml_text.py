"""Texts as XML writes them. The standard library's ``xml.sax.saxutils`` loads nine megabytes to do the same."""

from __future__ import annotations

from html import escape


def escaped(text: str) -> str:
    """A text between tags."""
    return escape(text, quote=False)


def attribute(text: str) -> str:
    """The value of an attribute, with its quotation marks."""
    return f'"{escape(text)}"'
