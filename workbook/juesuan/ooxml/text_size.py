"""How much room a text takes, in half-width characters and lines."""

from __future__ import annotations


def text_width(text: str) -> int:
    """Width in half-width characters; 宋体 sets all that is not ASCII full width."""
    return len(text.encode("gb18030", "replace"))


def text_lines(text: str, width: float) -> int:
    """Lines `text` takes in a column of `width`, of which about one character is margin."""
    return max(1, -int(-text_width(text) // (width - 1)))
