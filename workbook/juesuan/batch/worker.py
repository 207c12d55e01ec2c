"""A process of a batch run: judges one workbook after another, draws it for the page, marks a copy if asked to."""

from __future__ import annotations

from typing import Any

from juesuan.apart import Message, serve
from juesuan.batch.record import Record, record_of
from juesuan.check import check
from juesuan.errors import JuesuanError
from juesuan.excel.clearing import cleared, is_marked
from juesuan.excel.files import WorkbookFile, workbook_of
from juesuan.excel.marking import marked, peculiarities
from juesuan.given import digest
from juesuan.intake.judge import Order, judged_file, read_as
from juesuan.report.result import Result


def record(path: str, order: Order, *, apart: bool) -> Record:
    """A workbook judged, and if the order says so a marked copy where there is anything to correct or to verify.

    What one file alone is refused for, such as further rules that its edition does not fit, is a result, too.
    """
    try:
        result, file = judged_file(path, order, apart=apart)
    except JuesuanError as error:
        return record_of(Result(path, digest(path), None, str(error)), None)
    if not (order.marked and file and _has_work(result)):
        return record_of(result, file)
    try:
        copy, remark = _marked(path, file, result)
    except JuesuanError as error:
        return record_of(result, file, remark=str(error))
    return record_of(result, file, copy, remark)


def _has_work(result: Result) -> bool:
    return bool(result.checked and any(item.level != "info" for item in result.checked.findings))


def _marked(path: str, file: WorkbookFile, result: Result) -> tuple[bytes, str | None]:
    """The marked copy, and what is to be known of it."""
    checked, catalogue = result.checked, result.catalogue
    assert checked
    assert catalogue
    if is_marked(file.package):
        file = workbook_of(path, cleared(file.package), apart=False)
        checked = check(read_as(file, checked.book.edition.id)[0], catalogue)
    return marked(file, checked, catalogue), "".join(peculiarities(file, checked)) or None


def _answer(request: dict[str, Any], _: bytes) -> Message:
    judged = record(request["path"], Order(**request["order"]), apart=False)
    return judged.entry, judged.data


if __name__ == "__main__":
    serve(_answer)
