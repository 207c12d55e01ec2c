"""What a worker sends along with a result: the unit's 三公, its sheets for the page, and the marked copy."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Record(NamedTuple):
    """`entry`: the `books[]` element. `three_public`: 三公 of the year in 分. `drawing`: what `drawing_of` gives.

    `marked`: the marked copy, empty where there is none.
    """

    entry: dict[str, Any]
    three_public: int | None = None
    drawing: bytes = b""
    marked: bytes = b""

    @property
    def data(self) -> bytes:
        """All but the entry, in one piece."""
        head = json.dumps([self.three_public, len(self.drawing)]).encode()
        return b"\n".join((head, self.drawing + self.marked))


def received(entry: dict[str, Any], data: bytes) -> Record:
    """The record whose `data` was sent; without data only the entry is known."""
    if not data:
        return Record(entry)
    head, _, content = data.partition(b"\n")
    three_public, length = json.loads(head)
    return Record(entry, three_public, content[:length], content[length:])
