"""What a worker sends along with a result: the unit's 三公, its sheets for the page, and the marked copy."""

from __future__ import annotations

import json
import zlib
from typing import Any, NamedTuple

from juesuan.batch.drawing import drawn
from juesuan.check import Checked
from juesuan.marks import marks_of
from juesuan.reading.files import WorkbookFile
from juesuan.report.result import Result, as_dict
from juesuan.report.years import columns, heading, texts, years_of


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


def record_of(result: Result, file: WorkbookFile | None, marked: bytes = b"", remark: str | None = None) -> Record:
    """`remark`: a sentence about the marked copy, such as why there is none."""
    checked, entry = result.checked, as_dict(result)
    if checked is None or file is None:
        return Record(entry)
    return Record(entry, _three_public(checked), drawing_of(checked, entry, file, remark), marked)


def drawing_of(checked: Checked, entry: dict[str, Any], file: WorkbookFile, remark: str | None = None) -> bytes:
    """What the page shows of a unit once it is opened: zlib-packed JSON of its sheets and of what is said of them."""
    reasons: dict[str, dict[str, None]] = {}
    for item in entry["not_checked"]:
        reasons.setdefault(item["reason"], {})[item["rule"]] = None
    content = {
        "sheets": drawn(file, checked.book, marks_of(checked)),
        "culprits": [
            [culprit["message"], [[cell["sheet"], cell["address"]] for cell in culprit["cells"]]]
            for culprit in entry["culprits"]
        ],
        "findings": [
            [item[key] for key in ("level", "status", "rule", "sheet", "address", "message", "culprit")]
            for item in entry["findings"]
        ],
        "not_checked": [[reason, list(rules)] for reason, rules in reasons.items()],
        "remark": remark,
        "years": _years(checked),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return zlib.compress(text.encode(errors="backslashreplace"), 6)


def _years(checked: Checked) -> list[Any] | None:
    """The comparison of years as the page shows it: its heading, its columns, and its rows of texts."""
    years = years_of(checked.book)
    if years is None:
        return None
    rows = [texts(checked.book, row) for row in years.rows]
    return [heading(checked.book, years), columns(years), rows]


def _three_public(checked: Checked) -> int | None:
    cell = checked.book.cell("three_public", "actual", "total")
    return cell.fen if cell else None
