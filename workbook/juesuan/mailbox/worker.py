"""The process behind the mailbox: takes messages apart, judges workbooks and marks copies, within limits for each."""

from __future__ import annotations

import traceback
from typing import Any

from juesuan.apart import Message, serve
from juesuan.check import check
from juesuan.errors import JuesuanError
from juesuan.excel.clearing import cleared, is_marked
from juesuan.excel.files import WorkbookFile, workbook_of
from juesuan.excel.marking import marked, peculiarities
from juesuan.excel.outputs import beside
from juesuan.intake.judge import Order, judged_file, read_as
from juesuan.mailbox.attachments import unpack
from juesuan.report.result import Result, as_dict

MODULE = "juesuan.mailbox.worker"
NOT_MARKED = "这份工作簿的写法特殊，没有附上标注过的；请用 Excel 或 WPS 打开，另存为 .xlsx 后再发来。"


def _answer(request: dict[str, Any], data: bytes) -> Message:
    if request["do"] == "unpack":
        return _unpacked(data)
    return _judged(request["name"], data, Order(**request["order"]))


def _unpacked(raw: bytes) -> Message:
    attached, link = unpack(raw)
    listed = [{"name": item.name, "size": len(item.content), "trouble": item.trouble} for item in attached]
    return {"attached": listed, "link": link}, b"".join(item.content for item in attached)


def _judged(name: str, data: bytes, order: Order) -> Message:
    """The `books[]` element of the workbook, what to know of its copy, and the copy: empty where none can be made."""
    result, file = judged_file(name, order, apart=False, data=data)
    head: dict[str, Any] = {"book": as_dict(result), "copy": None, "notes": []}
    if not (file and result.checked):
        return head, b""
    try:
        copy, notes = _marked(name, file, result)
    except JuesuanError as error:
        return head | {"notes": [str(error)]}, b""
    except Exception:  # what was found is told even where the copy fails
        return head | {"notes": [NOT_MARKED], "fault": traceback.format_exc()}, b""
    return head | {"copy": beside(name, "核对"), "notes": notes}, copy


def _marked(name: str, file: WorkbookFile, result: Result) -> tuple[bytes, list[str]]:
    """The copy, and what is to be known of it. Marks that a workbook came with are taken off before."""
    checked, catalogue = result.checked, result.catalogue
    assert checked
    assert catalogue
    if not file.copied_from and is_marked(file.package):
        file = workbook_of(name, cleared(file.package), apart=False)
        checked = check(read_as(file, checked.book.edition.id)[0], catalogue)
    return marked(file, checked, catalogue), list(peculiarities(file, checked))


if __name__ == "__main__":
    serve(_answer)
