"""A process of a batch run: judges one workbook after another, draws it for the page, marks a copy if asked to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from juesuan.apart import Message, serve
from juesuan.batch.record import Record, record_of
from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.errors import JuesuanError
from juesuan.excel.clearing import cleared, is_marked
from juesuan.excel.files import WorkbookFile, workbook_of
from juesuan.excel.marking import marked, peculiarities
from juesuan.excel.recognise import read_book
from juesuan.intake.judge import judged_file
from juesuan.report.result import Result
from juesuan.rules import Catalogue, load_catalogue


def record(path: str, catalogue: Catalogue, *, marks: bool, apart: bool) -> Record:
    """A workbook judged; with `marks`, and a marked copy if there is anything to correct or to verify."""
    result, file = judged_file(path, catalogue, apart=apart)
    if not (marks and file and _has_work(result)):
        return record_of(result, file)
    try:
        copy, remark = _marked(path, file, result, catalogue)
    except JuesuanError as error:
        return record_of(result, file, remark=str(error))
    return record_of(result, file, copy, remark)


def _has_work(result: Result) -> bool:
    return bool(result.checked and any(item.level != "info" for item in result.checked.findings))


def _marked(path: str, file: WorkbookFile, result: Result, catalogue: Catalogue) -> tuple[bytes, str | None]:
    """The marked copy, and what is to be known of it."""
    checked = result.checked
    assert checked
    if is_marked(file.package):
        file = workbook_of(path, cleared(file.package), apart=False)
        checked = check(read_book(file, checked.book.edition), catalogue)
    return marked(file, checked, catalogue), "".join(peculiarities(file, checked)) or None


@lru_cache(maxsize=1)
def _catalogue(edition: str, rules: str | None) -> Catalogue:
    catalogue = load_catalogue(load_edition(edition))
    return catalogue.extended(rules) if rules else catalogue


def _answer(request: dict[str, Any], _: bytes) -> Message:
    catalogue = _catalogue(request["edition"], request["rules"])
    judged = record(request["path"], catalogue, marks=request["marked"], apart=False)
    return judged.entry, judged.data


if __name__ == "__main__":
    serve(_answer)
