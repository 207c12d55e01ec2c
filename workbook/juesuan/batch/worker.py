"""A process of a batch run: judges one workbook after another, draws it for the page, marks a copy if asked to."""

from __future__ import annotations

from typing import Any

from juesuan.apart import Message, serve
from juesuan.batch.drawing import drawing_of
from juesuan.batch.record import Record
from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.given import digest
from juesuan.intake.judge import Order, judged_file
from juesuan.reading.files import WorkbookFile
from juesuan.report.result import Result, as_dict


def record(path: str, order: Order, *, apart: bool) -> Record:
    """A workbook judged, and if the order says so a marked copy where there is anything to correct or to verify.

    What one file alone is refused for, such as further rules that its edition does not fit, is a result, too.
    """
    try:
        result, file = judged_file(path, order, apart=apart)
    except JuesuanError as error:
        return _record(Result(path, digest(path), None, str(error)), None)
    if not (order.marked and file and _has_work(result)):
        return _record(result, file)
    from juesuan.intake.marked_copy import marked_copy

    try:
        copy, remarks = marked_copy(file, result)
    except JuesuanError as error:
        return _record(result, file, remark=str(error))
    return _record(result, file, copy, "".join(remarks) or None)


def _record(result: Result, file: WorkbookFile | None, marked: bytes = b"", remark: str | None = None) -> Record:
    """`remark`: a sentence about the marked copy, such as why there is none."""
    checked, entry = result.checked, as_dict(result)
    if checked is None or file is None:
        return Record(entry)
    return Record(entry, _three_public(checked), drawing_of(checked, entry, file, remark), marked)


def _has_work(result: Result) -> bool:
    return bool(result.checked and any(item.level != "info" for item in result.checked.findings))


def _three_public(checked: Checked) -> int | None:
    cell = checked.book.cell("three_public", "actual", "total")
    return cell.fen if cell else None


def _answer(request: dict[str, Any], _: bytes) -> Message:
    judged = record(request["path"], Order(**request["order"]), apart=False)
    return judged.entry, judged.data


if __name__ == "__main__":
    serve(_answer)
