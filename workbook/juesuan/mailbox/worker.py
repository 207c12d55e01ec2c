"""The process behind the mailbox: takes messages apart, judges workbooks and marks copies, within limits for each."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from juesuan.apart import Message, serve
from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.excel.clearing import cleared, is_marked
from juesuan.excel.files import workbook_of
from juesuan.excel.marking import marked, peculiarities
from juesuan.excel.outputs import beside
from juesuan.excel.recognise import read_book
from juesuan.mailbox.attachments import unpack
from juesuan.report.result import Result, as_dict
from juesuan.rules import Catalogue, load_catalogue

MODULE = "juesuan.mailbox.worker"
NOT_MARKED = "这份工作簿的写法特殊，没有附上标注过的；请用 Excel 或 WPS 打开，另存为 .xlsx 后再发来。"


@lru_cache(maxsize=1)
def _catalogue(edition: str, rules: str | None) -> Catalogue:
    catalogue = load_catalogue(load_edition(edition))
    return catalogue.extended(rules) if rules else catalogue


def _answer(request: dict[str, Any], data: bytes) -> Message:
    if request["do"] == "unpack":
        return _unpacked(data)
    return _judged(request["name"], data, _catalogue(request["edition"], request["rules"]))


def _unpacked(raw: bytes) -> Message:
    attached, link = unpack(raw)
    listed = [{"name": item.name, "size": len(item.content), "trouble": item.trouble} for item in attached]
    return {"attached": listed, "link": link}, b"".join(item.content for item in attached)


def _judged(name: str, data: bytes, catalogue: Catalogue) -> Message:
    """The `books[]` element of the workbook, what to know of its copy, and the copy: empty where none can be made."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if not data:
            raise UnreadableBook(f"“{name}”是空文件（0 字节），可能没有传完。请重新发来。")
        file = workbook_of(name, data, apart=False)
        if not file.copied_from and is_marked(file.package):
            file = workbook_of(name, cleared(file.package), apart=False)
        checked = check(read_book(file, catalogue.edition), catalogue)
    except UnreadableBook as error:
        return {"book": as_dict(Result(name, sha256, None, str(error))), "copy": None, "notes": []}, b""
    book = as_dict(Result(name, sha256, checked))
    try:
        copy = marked(file, checked, catalogue)
    except JuesuanError as error:
        return {"book": book, "copy": None, "notes": [str(error)]}, b""
    except Exception:
        return {"book": book, "copy": None, "notes": [NOT_MARKED]}, b""
    return {"book": book, "copy": beside(name, "核对"), "notes": list(peculiarities(file, checked))}, copy


if __name__ == "__main__":
    serve(_answer)
