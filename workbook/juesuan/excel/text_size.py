"""How much room a text takes, in half-width characters and lines."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache


def text_width(text: str) -> int:
    """Width in half-width characters; 宋体 sets quotation marks and the like full width."""
    return sum(map(_character_width, text))


@lru_cache(4096)
def _character_width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def text_lines(text: str, width: float) -> int:
    """Lines `text` takes in a column of `width`, of which about one character is margin."""
    return max(1, math.ceil(text_width(text) / (width - 1)))
