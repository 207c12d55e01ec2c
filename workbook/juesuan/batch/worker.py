"""A process of a batch run: judges one workbook after another, draws it for the page, marks a copy if asked to."""

from __future__ import annotations

from typing import Any

from juesuan.apart import Message, serve
from juesuan.batch.record import Record, record_of
from juesuan.errors import JuesuanError
from juesuan.given import digest
from juesuan.intake.judge import Order, judged_file
from juesuan.intake.marked_copy import marked_copy
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
        copy, remarks = marked_copy(file, result)
    except JuesuanError as error:
        return record_of(result, file, remark=str(error))
    return record_of(result, file, copy, "".join(remarks) or None)


def _has_work(result: Result) -> bool:
    return bool(result.checked and any(item.level != "info" for item in result.checked.findings))


def _answer(request: dict[str, Any], _: bytes) -> Message:
    judged = record(request["path"], Order(**request["order"]), apart=False)
    return judged.entry, judged.data


if __name__ == "__main__":
    serve(_answer)
