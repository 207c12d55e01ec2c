"""What a reply says, as plain values: one section a file; short enough for one screen where a copy has all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from juesuan.errors import OutOfLimits
from juesuan.mailbox.comparison import LEVELS, Changes, Item

MOST_ERRORS, MOST_WARNINGS, MOST_CHANGES = 6, 4, 4
"""Lines of a block; all of them where there is no marked copy to look the others up in."""
UNREADABLE_MAIL = (
    "邮件的附件在拆开时使读取程序中断，没有核对，已请工作人员查看。请把工作簿另存为 .xlsx，直接附在新邮件里发来。"
)
NOTHING = "邮件里没有附件。请把决算公开工作簿（.xlsx）作为附件发来。"
LINK = "邮件里是网盘或“超大附件”的链接，本系统不下载链接里的文件。请把工作簿作为普通附件发来。"
_HOW_TO_EXPLAIN = "（确有原因的，请写在标注件的“说明”表里发回）"
NO_BOOK = "附件里没有工作簿。请把决算公开工作簿（.xlsx）作为附件发来。"


class Block(NamedTuple):
    """`kind`: error, warning, tail or note. `left`: what is to be said of the lines there are besides."""

    kind: str
    heading: str
    lines: tuple[str, ...] = ()
    left: str = ""


class Section(NamedTuple):
    """`headline` says the verdict of a file in one sentence; `title` names the file and whose book it is."""

    title: str
    headline: str
    kind: str
    blocks: tuple[Block, ...] = ()


def about_book(
    book: dict[str, Any], name: str, items: Sequence[Item], changes: Changes | None, *, copied: bool = True
) -> Section:
    """The section of a judged workbook; `copied`: whether a marked copy comes along."""
    whose = f"{book['unit'] or ''} {str(book['year']) + '年度' if book['year'] else ''}".strip()
    title = f"{name}（{whose}）" if whose else name
    errors, warnings, explained = ([item.text for item in items if item.level == level] for level in LEVELS)
    tails = [item for item in book["findings"] if item["status"] == "tail"]
    slips = sum(len(item["cells"]) for item in tails)
    sheets = "、".join(dict.fromkeys(item["sheet"] for item in tails))
    counts = f"必须改 {len(errors)} 处，需说明 {len(warnings)} 处，尾差 {slips} 处（不用改）"
    counts += f"，已说明 {len(explained)} 处" if explained else ""
    headline = {"pass": "通过：全部相符。", "tail": f"通过：只有四舍五入尾差 {slips} 处，不用改。"}.get(book["verdict"])
    if book["verdict"] == "unjudged":
        headline = f"没有判完：{book['reason']}。{counts}。"
    blocks = [
        _block("error", f"必须改 {len(errors)} 处", errors, MOST_ERRORS, copied),
        _block(
            "warning", f"需说明 {len(warnings)} 处{_HOW_TO_EXPLAIN if copied else ''}", warnings, MOST_WARNINGS, copied
        ),
        _block("note", f"已说明 {len(explained)} 处（由审核人员看）", explained, MOST_WARNINGS, copied),
        Block("tail", f"尾差（不用改）：{slips} 处，由元换算为万元四舍五入造成，涉及{sheets}。") if slips else None,
        *(_changes(changes, copied) if changes else []),
    ]
    kind = "error" if errors or book["verdict"] == "unjudged" else "warning" if warnings else "tail"
    return Section(title, headline or f"{counts}。", kind, tuple(block for block in blocks if block))


def of_answer(name: str, head: dict[str, Any], items: Sequence[Item], changes: Changes | None) -> Section:
    """The section of what `juesuan.mailbox.worker` answered about a file."""
    book = head["book"]
    if book["verdict"] == "unjudged" and not book["findings"]:
        section = refused(name, book["reason"])
    else:
        section = about_book(book, name, items, changes, copied=head["copy"] is not None)
    return section._replace(blocks=section.blocks + tuple(Block("note", text) for text in head["notes"]))


def unfinished(name: str, error: OutOfLimits) -> Section:
    """The section of a file that brought the process down which read it."""
    return refused(name, error.about(name, "再发来"))


def refused(name: str, why: str) -> Section:
    """The section of a file that was not judged; `why` is one sentence."""
    return Section(name, why, "error")


def saying(text: str) -> Section:
    """A section that speaks of the message itself."""
    return Section("", text, "error")


def _block(kind: str, heading: str, lines: Sequence[str], most: int, copied: bool) -> Block | None:
    if not lines:
        return None
    if len(lines) <= most or not copied:
        return Block(kind, heading, tuple(lines))
    return Block(kind, heading, tuple(lines[:most]), f"……其余 {len(lines) - most} 处见标注件。")


def _changes(changes: Changes, copied: bool) -> Iterator[Block | None]:
    """What is put right stands in no copy, and need not be looked at."""
    mended, kept, new = changes
    yield Block("note", f"与上次发来的相比：已改 {len(mended)} 处，未改 {len(kept)} 处，新出现 {len(new)} 处")
    yield _block("note", "新出现", [item.text for item in new], MOST_CHANGES, copied)
    if mended:
        left = f"……其余 {len(mended) - MOST_CHANGES} 处从略。" if len(mended) > MOST_CHANGES else ""
        yield Block("note", "已改（以下是上次的话）", tuple(item.text for item in mended[:MOST_CHANGES]), left)
