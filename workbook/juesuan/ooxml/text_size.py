"""How much room a text takes, in half-width characters and lines."""

from __future__ import annotations


def text_width(text: str) -> int:
    """Width in half-width characters; 宋体 sets Chinese full width, three bytes of UTF-8 each."""
    return (len(text.encode("utf-8", "replace")) + len(text) + 1) // 2


def text_lines(text: str, width: float) -> int:
    """Lines `text` takes in a column of `width`, of which about one character is margin."""
    room = width - 1
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    return sum([int(-(-text_width(line) // room)) or 1 for line in text.split("\n")])
