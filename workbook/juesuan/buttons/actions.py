"""What each button does to the open workbook. Its name is the id of the button in macros/customUI14.xml.

An action returns what is to be said in a message box. It raises JuesuanError for what it cannot do.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import xlwings as xw

from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.edition import load_edition
from juesuan.errors import JuesuanError
from juesuan.fill import Filled, fill
from juesuan.live.filling import write_filled
from juesuan.live.marking import Marked, Progress, clear, mark, marked_places
from juesuan.live.snapshot import is_visible, snapshot
from juesuan.marks import KINDS, NAMES
from juesuan.place import Place
from juesuan.reading.files import WorkbookFile
from juesuan.reading.fingerprint import recognise_edition
from juesuan.reading.own_sheet import NAME
from juesuan.reading.recognise import read_book
from juesuan.report.explained import as_text
from juesuan.rules import Catalogue, load_catalogue
from juesuan.wording import VERDICTS, amount

SUMMARY = ("three_public", "three_public_summary")
LONGEST = 900
"""A message box longer than this does not fit on a screen."""

Action = Callable[[xw.Book, Progress], str]


def press_fill(book: xw.Book, progress: Progress) -> str:
    progress("正在填列……")
    filled = _filled(book)
    _, locked = write_filled(book, filled)
    return "\n".join((_counted(filled, locked), *_locked(locked, "没有填"), *_left(filled)))


def press_check(book: xw.Book, progress: Progress) -> str:
    checked, marked = _check(book, progress)
    book.sheets[NAME].api.Activate()
    return _verdict(checked, marked)


def press_three_public(book: xw.Book, progress: Progress) -> str:
    progress("正在汇总“三公”经费……")
    filled = _filled(book)
    sheet = filled.book.sheet("three_public_summary") or filled.book.sheet("three_public")
    if sheet is None:
        raise JuesuanError("工作簿里没有“三公”经费支出决算表，也没有三公汇总。请在 juesuan 模板做的工作簿里使用。")
    count, locked = write_filled(book, filled, SUMMARY)
    shown = book.sheets[sheet.name]
    if is_visible(shown):
        shown.api.Activate()
    totals = [
        f"{label}：{amount(cell.fen, filled.book)} {filled.book.currency}"
        for row, label in (("budget", "预算数"), ("actual", "决算数"))
        if (cell := filled.book.cell("three_public", row, "total"))
    ]
    wrong = sum(conflict.cell.table in SUMMARY for conflict in filled.conflicts)
    done = f"填了 {count} 格。" if count else "一格也没有填。" if locked else "没有要填的格。"
    return "\n".join((done, *totals, *_locked(locked, "没有填"), *_conflicting(wrong)))


def press_next(book: xw.Book, progress: Progress) -> str:
    return _walk(book, 1)


def press_previous(book: xw.Book, progress: Progress) -> str:
    return _walk(book, -1)


def press_clear(book: xw.Book, progress: Progress) -> str:
    progress("正在清除标记……")
    count = clear(book)
    if count:
        return f"已清除 {count} 格的标记，底色、边框和批注恢复原样。"
    if count is None:
        snapshot(book)  # says so if our sheet is called otherwise
        return "没有标记可清除。"
    return "已去掉“核对结果”；没有标记过的格。"


def press_send(book: xw.Book, progress: Progress) -> str:
    from juesuan.buttons.draft import open_draft, write_draft

    path = book.api.FullName
    if not os.path.isfile(path):
        raise JuesuanError("工作簿还没有保存在本机的文件夹里。请先保存，再发送。")
    if book.api.ReadOnly:
        raise JuesuanError("工作簿是只读打开的，存不了标注。请先另存一份，打开它再发送。")
    checked, marked = _check(book, progress)
    progress("正在保存……")
    book.save()
    verdict = _verdict(checked, marked)
    draft = write_draft(path, f"{checked.book.unit or ''}部门决算公开表核对", verdict)
    open_draft(draft)
    return f"{verdict}\n\n工作簿已保存，邮件草稿已打开（{draft}），附有标注的副本。请填收件人，检查后自己发出。"


def press_balance(book: xw.Book, progress: Progress) -> str:
    from juesuan.intake.balance import write_balanced
    from juesuan.report.balanced import as_text
    from juesuan.writing.outputs import beside

    path = _saved(book, "转为万元")
    output = beside(path, "万元")
    _require_new(output)
    progress("正在转为万元……")
    return _shortened(as_text(write_balanced(path, output).balanced, output), "其余请看“舍位平衡”")


def press_narrate(book: xw.Book, progress: Progress) -> str:
    from juesuan.document.publication import missing_texts, narrative_file
    from juesuan.narrative.declaration import load_declaration
    from juesuan.narrative.facts import Facts
    from juesuan.reading.supplement_sheets import read_supplement
    from juesuan.writing.outputs import narrative_beside
    from juesuan.written import save

    output = narrative_beside(_saved(book, "生成情况说明"))
    _require_new(output)
    progress("正在核对……")
    file = snapshot(book)
    read, catalogue = _read_file(file)
    checked = check(read, catalogue)
    if checked.verdict in ("fail", "unjudged"):
        raise JuesuanError(f"没有写情况说明：结论是“{VERDICTS[checked.verdict]}”。请先按“核对九张表”，改好再生成。")
    progress("正在写情况说明……")
    facts = Facts(load_declaration(read.edition.id), checked.book, read_supplement(file, read))
    save(narrative_file(facts), output)
    said, left = f"已写出“{output}”。", missing_texts(facts)
    if left:
        said += f"\n还有 {len(left)} 处待填，已标黄；在补01—补09填好以后再生成，或直接在 Word 里填写。"
    return said


def press_help(book: xw.Book, progress: Progress) -> str:
    from juesuan import __version__
    from juesuan.addin.sources import declared_buttons

    lines = [f"{button.label}：{button.tip}" for button in declared_buttons()]
    return "\n".join((f"决算公开 juesuan {__version__}", "", *lines))


ACTIONS: dict[str, Action] = {
    "fill": press_fill,
    "check": press_check,
    "three_public": press_three_public,
    "previous": press_previous,
    "next": press_next,
    "clear": press_clear,
    "balance": press_balance,
    "narrate": press_narrate,
    "send": press_send,
    "help": press_help,
}


def _saved(book: xw.Book, then: str) -> str:
    """Where the workbook lies. Raises JuesuanError when it was never saved, or has changed since."""
    path: str = book.api.FullName
    if not os.path.isfile(path):
        raise JuesuanError(f"工作簿还没有保存在本机的文件夹里。请先保存，再{then}。")
    if not book.api.Saved:
        raise JuesuanError(f"工作簿有没有保存的改动。请先保存，再{then}。")
    return path


def _require_new(output: str) -> None:
    if os.path.exists(output):
        raise JuesuanError(f"“{output}”已存在，没有覆盖。请先把它改名或移走。")


def _shortened(said: str, rest: str) -> str:
    """As much as a message box shows, and where the rest is."""
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}……\n{rest}。"


def _read(book: xw.Book) -> tuple[Book, Catalogue]:
    """The open workbook, and the rules of the edition it is recognised as."""
    return _read_file(snapshot(book))


def _read_file(file: WorkbookFile) -> tuple[Book, Catalogue]:
    edition, doubt = recognise_edition(file)
    catalogue = load_catalogue(load_edition(edition))
    return read_book(file, catalogue.edition, doubt), catalogue


def _check(book: xw.Book, progress: Progress) -> tuple[Checked, Marked]:
    """Check the workbook and mark it afresh."""
    progress("正在读取各表……")
    read, catalogue = _read(book)
    progress("正在核对……")
    checked = check(read, catalogue)
    clear(book)
    return checked, mark(book, checked, catalogue, progress)


def _filled(book: xw.Book) -> Filled:
    return fill(*_read(book))


def _verdict(checked: Checked, marked: Marked) -> str:
    counts = Counter(item.kind for item in marked.marks.values())
    listed = "，".join(f"{NAMES[kind]} {counts[kind]} 格" for kind in KINDS if counts[kind])
    why = f"（{checked.reason}）" if checked.reason else ""
    lines = [f"结论：{VERDICTS[checked.verdict]}{why}"]
    if listed or not marked.locked:
        lines.append(f"标注了{listed}。" if listed else "没有要标注的格。")
    if marked.bare:
        first = marked.bare[0]
        lines.append(
            f"有 {len(marked.bare)} 格加不上批注（如 {first.sheet} {first.address}），只涂了色，问题见“核对结果”。"
        )
    return "\n".join((*lines, *_locked(marked.locked, "没有涂色和批注，问题见“核对结果”")))


def _locked(sheets: list[str], what: str) -> list[str]:
    return [f"工作表“{'”“'.join(sheets)}”有密码保护，{what}。"] if sheets else []


def _counted(filled: Filled, locked: list[str]) -> str:
    cells = [cell for cell in (*filled.cells, *filled.ratios) if cell.fen is not None]
    counts = Counter(cell.table for cell in cells if cell.place.sheet not in locked)
    if cells and not counts:
        return "一格也没有填。"
    tables = [table for table in filled.book.edition.tables if counts[table.id]]
    listed = "，".join(f"{table.name} {counts[table.id]} 格" for table in tables)
    return f"填了 {counts.total()} 格（{listed}），涂成浅绿。" if counts else "没有要填的格。"


def _conflicting(count: int) -> list[str]:
    return [f"有 {count} 格原有的数与规则不符，没有改动，请按“核对九张表”查看。"] if count else []


def _left(filled: Filled) -> list[str]:
    """What is not as the rules have it, in numbers; “核对九张表” says where."""
    lines = _conflicting(len(filled.conflicts))
    if filled.unfilled:
        cell, reason = filled.unfilled[0]
        lines.append(f"有 {len(filled.unfilled)} 格没有填，如 {cell.place.sheet} {cell.place.address}：{reason}。")
    if filled.errors:
        lines.append(f"填列以后仍有 {len(filled.errors)} 处错误，请按“核对九张表”逐处查看。")
    return lines


def _walk(book: xw.Book, step: int) -> str:
    """Go to the next marked cell in the order of 核对结果, round and round, and say how its relations stand."""
    marked = marked_places(book)
    if not marked:
        raise JuesuanError("没有标注过的格。请先按“核对九张表”。")
    hidden = [name for name in dict.fromkeys(place.sheet for place in marked) if not is_visible(book.sheets[name])]
    places = [place for place in marked if place.sheet not in hidden]
    apart = f"隐藏的工作表“{'”“'.join(hidden)}”上有 {len(marked) - len(places)} 处，见“核对结果”。" if hidden else ""
    if not places:
        raise JuesuanError(apart)
    selected = book.selection
    here = Place(selected.sheet.name, selected.row - 1, selected.column - 1) if selected else None
    at = (places.index(here) + step) % len(places) if here in places else 0 if step > 0 else len(places) - 1
    place = places[at]
    target = book.sheets[place.sheet]
    target.api.Activate()
    cell = target.range(place.address)
    cell.select()
    said = f"第 {at + 1} 处，共 {len(places)} 处：{place.sheet} {place.address}\n{apart}\n"
    read, catalogue = _read(book)
    known = read.find(f"{place.sheet}!{place.address}")
    if known is not None:
        said += as_text(read, known, catalogue)
    elif note := cell.note:
        said += note.text
    return _shortened(said, "其余请看批注和“核对结果”")
