"""The texts people send: read, taken apart into tables, copied with comments. Files are only ever read.

Word and PDF files are opened in a process of its own, with limits. Run as a module it is that process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from juesuan.apart import Limits, Message, ask_once, serve
from juesuan.errors import UnreadableBook
from juesuan.given import content_of, require_content
from juesuan.proofread.cell_tables import CellTable, tables_in
from juesuan.proofread.comments import Comment, annotated
from juesuan.proofread.document import Document, Line
from juesuan.proofread.text_layer import lines_in

ENDINGS = (".docx", ".pdf", ".txt", ".md")
APART = (".docx", ".pdf")
LIMITS = Limits(seconds=60, memory=3 << 29)
MOST_TEXT = 2_000_000
"""Characters; a whole publication has some twenty thousand."""


def read_document(path: str) -> Document:
    """The text of `path`. Raises UnreadableBook with one sentence when there is none to be had."""
    name, ending = os.path.basename(path), os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UnreadableBook(f"“{name}”不是能读的文字稿。请给出 {'、'.join(ENDINGS)} 文件。")
    data = content_of(path, "文字稿")
    require_content(data, name)
    if ending in APART:
        lines = [Line(*line) for line in _ask("lines", name, data)[0]["lines"]]
    else:
        lines = _limited(lines_in(data, name), name)
    return Document(path, lines, data)


def cell_tables(document: Document) -> tuple[CellTable, ...]:
    """The tables of the file the document was read from, in its order; one that a page break cuts is one.

    Raises UnreadableBook.
    """
    if not document.path.lower().endswith(APART):
        return tuple(tables_in(document.data, os.path.basename(document.path)))
    answer, _ = _ask("tables", os.path.basename(document.path), document.data)
    return tuple(
        CellTable(tuple(above), tuple(map(tuple, rows)), tuple(map(tuple, areas)))
        for above, rows, areas in answer["tables"]
    )


def with_comments(document: Document, comments: Iterable[Comment]) -> bytes:
    """A copy of the Word file with comments. Raises UnreadableBook."""
    return _ask("annotate", os.path.basename(document.path), document.data, comments=list(comments))[1]


def _limited(lines: Iterable[Line], name: str) -> list[Line]:
    """Raises UnreadableBook where there is more than anybody would publish."""
    kept, left = [], MOST_TEXT
    for line in lines:
        kept.append(line)
        left -= len(line.text) + 1
        if left < 0:
            raise UnreadableBook(f"“{name}”没有读：文字太多，不像公开说明。请核对是否拿错文件。")
    return kept


def _ask(what: str, name: str, data: bytes, **more: object) -> Message:
    return ask_once("juesuan.proofread.reader", {"what": what, "name": name, **more}, data, LIMITS)


def _answer(request: dict[str, Any], data: bytes) -> Message:
    name = request["name"]
    match request["what"]:
        case "lines":
            return {"lines": _limited(lines_in(data, name), name)}, b""
        case "tables":
            return {"tables": list(tables_in(data, name))}, b""
    return {}, annotated(data, name, [Comment(*comment) for comment in request["comments"]])


if __name__ == "__main__":
    serve(_answer)
