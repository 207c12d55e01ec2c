"""Read the official 政府收支分类科目 as bureaus hand them out, from every worksheet of a workbook or from CSV.

Above the codes stand titles, then a heading: 科目编码 (one column, or 类, 款, 项 in three) and 科目名称, perhaps
several times side by side, or both in one column. In three columns a code may be whole or in parts (201 | 01 | 01),
and what stands above is not always repeated.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from juesuan.classification import OFFICIAL, Code, economic, functional
from juesuan.errors import JuesuanError
from juesuan.expr import spelled_alike
from juesuan.given import content_of, csv_rows, decoded, is_package
from juesuan.money import INVISIBLE
from juesuan.reading.files import workbook_of
from juesuan.reading.grid import Value, as_text, spelled

FIRST, LAST = 2000, 2100
_WHAT = "科目表"
_CODE = re.compile(r"(科目)?(编码|代码)$")
_NAME = re.compile(r"^(科目)?名称$")
_BOTH = re.compile(r"^(科目)?(编码|代码)(及|和|与|、)?(科目)?名称$|^科目$")
_PARTS = ("类", "款", "项", "目")
_AMOUNTS = {
    "金额",
    "决算数",
    "预算数",
    "年初预算数",
    "合计",
    "小计",
    "基本支出",
    "项目支出",
    "本年收入合计",
    "本年支出合计",
}
_DIGITS = re.compile(r"[\[［【]?(\d+)[\]］】]?[-.、]?(.*)", re.DOTALL)
_YEAR = re.compile(r"(20\d\d)年")
_BUDGETS = {"政府性基金": "government_fund", "国有资本": "state_capital", "社会保险基金": "social_insurance"}
_GENERAL = "一般公共预算"
_HEADING_WITHIN = 30
_MOST = 20_000
_LENGTHS = {"2": (3, 5, 7), "3": (3, 5)}
_OTHERS = {"1": "收入分类科目", "5": "政府预算支出经济分类科目"}


class OfficialCodes(NamedTuple):
    """`codes` in the order of the file; `year`, if the file says one; `left_out`: in words what was not taken."""

    codes: tuple[Code, ...]
    year: int | None
    left_out: tuple[str, ...]


class _Page(NamedTuple):
    """A worksheet: its rows of texts, the first with number `first`."""

    name: str
    first: int
    rows: list[list[str]]

    def at(self, order: int) -> str:
        return f"{f'工作表“{self.name}”' if self.name else ''}第 {self.first + order} 行"


class _Group(NamedTuple):
    """The columns of codes and of names that belong together."""

    codes: range
    names: range


def read_official_codes(path: str) -> OfficialCodes:
    """The codes in the file. Raises JuesuanError with one sentence for a file that is no such list."""
    data, name = content_of(path, _WHAT), os.path.basename(path)
    pages = _workbook(path, data) if is_package(data) else [_Page("", 1, _csv(decoded(data, name), name))]
    reader = _Reader(name)
    years = [page.name for page in pages]
    for page in pages:
        years += reader.read(page)
    if not reader.headed:
        raise JuesuanError(f"“{name}”里没有“科目编码”“科目名称”两栏，不像科目表。请在数据上面一行写上这两个栏名。")
    if not reader.codes:
        raise JuesuanError(f"“{name}”里没有支出功能分类（2 开头）或部门预算支出经济分类（3 开头）的科目。请核对文件。")
    left_out = [f"{words} {reader.others[first]} 个" for first, words in _OTHERS.items() if reader.others[first]]
    if reader.texts:
        left_out.append(f"{len(reader.texts)} 行没有编码或编码不像编码，如{reader.texts[0]}")
    return OfficialCodes(tuple(reader.codes.values()), _year(name) or _year(*years), tuple(left_out))


def _workbook(path: str, data: bytes) -> list[_Page]:
    grids = workbook_of(path, data).grids
    return [_Page(grid.name, grid.top + 1, [[_text(value) for value in row] for row in grid.rows]) for grid in grids]


def _csv(text: str, name: str) -> list[list[str]]:
    separator = "\t" if text.count("\t") > text.count(",") else ","
    return [[_text(cell) for cell in row] for row in csv_rows(text, name, separator)]


def _text(value: Value) -> str:
    """As it is written, without white space."""
    return "".join(as_text(value).translate(INVISIBLE).split())


def _year(*texts: str) -> int | None:
    """The one year that the texts name."""
    found = {int(year) for text in texts for year in _YEAR.findall(spelled(text))}
    return found.pop() if len(found) == 1 else None


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.headed = False
        self.codes: dict[str, Code] = {}
        self.others: Counter[str] = Counter()
        self.texts: list[str] = []
        self._where: dict[str, str] = {}

    def refuse(self, where: str, why: str) -> JuesuanError:
        return JuesuanError(f"“{self.name}”{where}{why}")

    def read(self, page: _Page) -> list[str]:
        """Take in the codes of a page, if it has the heading; the texts above it."""
        for heading, row in enumerate(page.rows[:_HEADING_WITHIN]):
            if groups := _groups(row):
                above = [text for line in page.rows[: heading + 1] for text in line]
                if _AMOUNTS & set(map(spelled, above)):
                    raise self.refuse(page.at(heading), "有金额的栏，像是预算表或决算表，不是科目表。请核对文件。")
                self.headed = True
                self._take(page, heading + 1, groups, _budget([page.name, *above]) or "")
                return above
        return []

    def _take(self, page: _Page, start: int, groups: Sequence[_Group], budget: str) -> None:
        for group in groups:
            before, here = "", budget
            for order, row in enumerate(page.rows[start:], start):
                cells = [row[column] for column in group.codes if column < len(row)]
                if not any(cells):
                    continue
                if _groups(row) or set(cells) <= {"", *_PARTS}:
                    continue
                code, name = self._code(cells, before, page.at(order))
                if not code:
                    here = _budget(cells) or here
                    continue
                before = code
                name = name or next((row[column] for column in group.names if column < len(row) and row[column]), "")
                self._add(code, name, here, page.at(order))

    def _code(self, cells: Sequence[str], before: str, where: str) -> tuple[str, str]:
        """The code in a row, and the name if it stands beside it in the same cell; '' for a row of text."""
        code, name = "", ""
        for order, cell in enumerate(cells):
            if not cell:
                continue
            match = _DIGITS.fullmatch(cell)
            digits, rest = (spelled(match[1]), match[2]) if match else ("", cell)
            if not digits or (rest and len(digits) not in (3, 5, 7, 9)):
                if code or (digits and rest.isascii()):
                    raise self.refuse(where, f"的科目编码“{cell}”不是数字，请改正。")
                self.texts.append(f"{where}“{cell[:20]}”")
                return "", ""
            if rest.isascii() and rest:
                raise self.refuse(where, f"的科目编码“{cell}”不是数字，请改正。")
            name = rest
            if len(digits) >= 3:
                code = digits
                continue
            above = code or before[: 3 + 2 * (order - 1)]
            if order == 0 or len(above) != 3 + 2 * (order - 1):
                raise self.refuse(where, f"的“{cell}”不知属于哪一{_PARTS[max(order - 1, 0)]}，请补上它上面的编码。")
            code = above + digits.zfill(2)
        return code, name

    def _add(self, code: str, name: str, budget: str, where: str) -> None:
        if code[0] in _OTHERS:
            self.others[code[0]] += 1
            return
        if len(code) not in _LENGTHS.get(code[0], ()):
            raise self.refuse(
                where, f"的科目编码“{code}”不对：功能分类是 2 开头的3、5、7位，经济分类是 3 开头的3、5位。"
            )
        if not name:
            raise self.refuse(where, f"的科目 {code} 没有名称，请补上。")
        if (known := self.codes.get(code)) and not spelled_alike(known.name, name):
            raise self.refuse(where, f"的科目 {code} 叫“{name}”，{self._where[code]}叫“{known.name}”。请改正一处。")
        kind = budget or _known_kind(code)
        if known and kind != known.kind:
            self.codes[code] = known._replace(kind="")
        elif not known:
            self.codes[code] = Code(code, name.replace(",", "，"), kind, OFFICIAL)
            self._where[code] = where
        if len(self.codes) > _MOST:
            raise self.refuse("", f"里的科目超过 {_MOST} 个，不像科目表，未读。")


def _groups(row: Sequence[str]) -> list[_Group]:
    """The groups of columns under a heading; none where the row is no heading."""
    heads = [(column, spelled(text)) for column, text in enumerate(row) if text]
    ends = [column for column, _ in heads[1:]] + [max(len(row), heads[-1][0] + 1)] if heads else []
    groups: list[_Group] = []
    codes: range | None = None
    names: range | None = None
    for (column, text), end in zip(heads, ends, strict=True):
        if _BOTH.match(text):
            groups.append(_Group(range(column, column + 1), range(column + 1, min(end, column + 2))))
        elif _CODE.search(text):
            codes = range(column, end)
        elif text in _PARTS:
            codes = range(codes.start if codes and codes.stop == column else column, end)
        elif _NAME.match(text):
            names = range(column, end)
        if codes and names:
            groups.append(_Group(codes, names))
            codes = names = None
    return groups


def _budget(texts: Sequence[str]) -> str:
    """The budget that the last of the texts to name one names."""
    found = ""
    for text in texts:
        named = [budget for words, budget in _BUDGETS.items() if words in text]
        if len(named) == 1 and _GENERAL not in text:
            found = named[0]
        elif _GENERAL in text and not named:
            found = "general_budget"
    return found


def _known_kind(code: str) -> str:
    """What we know ourselves of the kind of a code."""
    ours = functional() if code[0] == "2" else economic()
    known = ours.get(code) or ours.get(code[:5]) or (ours.get(code[:3]) if code[0] == "3" else None)
    return known.kind if known else ""
