"""The process behind the mailbox: takes messages apart, judges workbooks and marks copies, within limits for each."""

from __future__ import annotations

import traceback
from typing import Any

from juesuan.apart import Message, serve
from juesuan.errors import JuesuanError
from juesuan.intake.judge import Order, judged_file
from juesuan.intake.marked_copy import marked_copy
from juesuan.mailbox.attachments import unpack
from juesuan.report.result import as_dict
from juesuan.writing.outputs import beside

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
    """The `books[]` element of the workbook, what to know of its copy, and the copy: empty where none can be made.

    `opened`: whether the file is a workbook at all.
    """
    result, file = judged_file(name, order, apart=False, data=data)
    head: dict[str, Any] = {"book": as_dict(result), "opened": file is not None, "copy": None, "notes": []}
    if not (file and result.checked):
        return head, b""
    try:
        copy, notes = marked_copy(file, result)
    except JuesuanError as error:
        return head | {"notes": [f"没有附上标注过的工作簿：{error}"]}, b""
    except Exception:  # what was found is told even where the copy fails
        return head | {"notes": [NOT_MARKED], "fault": traceback.format_exc()}, b""
    return head | {"copy": beside(name, "核对"), "notes": notes}, copy


if __name__ == "__main__":
    serve(_answer)
