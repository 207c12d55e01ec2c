"""From a declared sentence to the pattern that finds it in a text, whatever figures and names stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from juesuan.narrative.declaration import Choice, Declaration, Part, Piece, Slot, pieces_of

_STOPS = "，、；：。,;:."
_HALF_WIDTH = {"，": ",", "；": ";", "：": ":"}
_STOP = f"[{re.escape(_STOPS)}]?"
_PAIRS = {char: f"[{pair}]" for pair in ("（(", "）)") for char in pair} | dict.fromkeys("“”\"'", "[“”\"']?")
NUMBER = r"-?\d[\d,]{0,24}(?:\.\d{1,9})?"
"""As long as an amount may be; what is longer is no number."""
_FORMS = {
    "amount": NUMBER,
    "percent": NUMBER,
    "score": NUMBER,
    "count": r"\d{1,12}",
    "year": r"\d{4}",
    "name": r"[^，。；：:;“”\"\d]{1,60}?",
    "names": r"[^；;。]{1,1500}?",
    "reason": r"[^。]{0,800}?",
    "grade": "[优良中差]",
    "order": r"\d{1,4}|[一二三四五六七八九十]+|[①-⑳]|",
}
_QUOTED = r"[^“”\"。]{1,60}?"
"""A name between quotation marks may hold more than one that stands alone."""

_LOOSE = {
    "unit": r"[^，。；：]{0,40}?",
    "use": r"[^。]{0,200}?",
    "last_year": r"20\d\d",
}
_OPEN_ENDED = ("names", "reason")
_UP = ("增加", "增长", "上升", "提高", "大于", "高于")
_DOWN = ("减少", "下降", "降低", "小于", "低于")


class Mention(NamedTuple):
    """What a slot was found to hold: `text` at `start` to `end` of the compact text."""

    slot: Slot
    text: str
    start: int
    end: int

    @property
    def points_up(self) -> bool:
        return self.text in _UP


class Pattern(NamedTuple):
    regex: re.Pattern[str]
    slots: tuple[Slot, ...]

    def mentions(self, match: re.Match[str]) -> tuple[Mention, ...]:
        return tuple(
            Mention(slot, match[number], *match.span(number))
            for number, slot in enumerate(self.slots, 1)
            if match[number] is not None
        )


class _Builder:
    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.slots: list[Slot] = []
        self.open_ended = False
        self.quoted = False

    def parts(self, pieces: tuple[Piece, ...]) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, str):
                yield self._literal(piece)
                self.quoted = piece.endswith("“")
            elif isinstance(piece, Part):
                yield f"(?:{''.join(self.parts(piece.pieces))})?"
            elif isinstance(piece, Choice):
                yield f"(?:{'|'.join(''.join(self.parts(pieces_of(word))) for word in piece.words)})"
            else:
                yield self._slot(piece)

    def _slot(self, slot: Slot) -> str:
        if slot.quantity in _LOOSE:
            self.open_ended = slot.quantity == "use"
            return _LOOSE[slot.quantity]
        self.slots.append(slot)
        if slot.words:
            return f"({'|'.join((*_UP, *_DOWN))})"
        quantity = self.declaration.quantities[slot.quantity]
        self.open_ended = quantity.kind in _OPEN_ENDED
        if quantity.kind == "term":
            return f"({'|'.join(quantity.words)})"
        if quantity.kind == "order":
            return rf"[（(]?({_FORMS['order']})[）)]?"
        return f"({_QUOTED if quantity.kind == 'name' and self.quoted else _FORMS[quantity.kind]})"

    def _literal(self, text: str) -> str:
        """Punctuation may be missing or other than declared, but not where it ends an open text; a 单位 is no 部门."""
        written: list[str] = []
        for char in "".join(text.split()):
            if char in _STOPS:
                written.append(f"(?:[{char}{_HALF_WIDTH.get(char, '')}。]|$)" if self.open_ended else _STOP)
            else:
                written.append(_PAIRS.get(char, re.escape(char)))
            self.open_ended = False
        return "".join(written).replace("我部门", "[我本]部门").replace("部门", "(?:部门|单位)")


def pattern_of(pieces: tuple[Piece, ...], declaration: Declaration) -> Pattern:
    builder = _Builder(declaration)
    return Pattern(_compiled("".join(builder.parts(pieces))), tuple(builder.slots))


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)
