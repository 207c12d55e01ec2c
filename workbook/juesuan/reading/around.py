"""What stands around a table: label, unit, year and currency above it, notes below it, 单位性质 anywhere."""

from collections.abc import Collection, Iterable, Iterator

from juesuan.money import Currency
from juesuan.place import Place
from juesuan.reading.found import NOTES, Block
from juesuan.reading.grid import Grid
from juesuan.record import NamedTuple

_UNIT_WORDS = ("部门", "编制单位", "填报单位", "单位名称", "部门名称", "预算单位", "公开部门", "编报单位")
_NAMING = ("编制", "填报", "预算", "编报", "公开", "报送", "主管", "所属")
"""Words before “单位：” after which the unit itself is named."""

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")

_SUPERIOR = ("主管", "上级")
"""Words before “部门：” and “单位名称：” after which another is named: the one above the unit."""

_OTHERS = ("金额单位", "货币单位", "单位", "单位代码", "单位编码", "组织机构代码", "编制日期", "填报日期", "日期")
"""What may be told behind the unit in the same cell."""

_SEALS = ("(盖章)", "(公章)", "(章)")
"""Where the unit sets its seal: before the colon, or behind the name."""

_CURRENCIES = ("万元", "元", "千元", "百元", "百万元", "千万元", "亿元", "美元")
"""The two that are read, and others that a table may be in."""

_SEPARATORS = ";,，；、/|(-—"
_AFTER_CURRENCY = ("部门", "编制", "填报", "预算", "公开", "单位")
_STATEMENTS = ("无数据", "空表", "尾差", "尾数", "四舍五入")
LONGEST_HEADING = 60
TEMPLATE = "模板"
"""The fact that a workbook is our own template."""

TEMPLATE_MARK = "juesuan模板"
_FACTS = ("单位性质", TEMPLATE_MARK)


class Around(NamedTuple):
    """`texts` and `spots` by ``label``, ``unit``, ``year``, ``currency``; `spots` also has the first ``note``."""

    texts: dict[str, str]
    spots: dict[str, Place]
    notes: tuple[str, ...]

    @property
    def year(self) -> int | None:
        return int(self.texts["year"]) if "year" in self.texts else None

    @property
    def currency(self) -> Currency | None:
        said = self.texts.get("currency")
        return "万元" if said == "万元" else "元" if said == "元" else None

    @property
    def strange_currency(self) -> str | None:
        """A currency that no amount is read in."""
        said = self.texts.get("currency")
        return said if said and self.currency is None else None


def look_around(blocks: list[Block], body_rows: Collection[int], above: int) -> Around:
    """The texts over the first of the rows, from row `above` on, and those below and between them."""
    first, grid = blocks[0], blocks[0].grid
    start = min(body_rows, default=None)
    texts: dict[str, str] = {}
    spots: dict[str, Place] = {}
    for row, column, text in grid.texts(_head(first, grid, above), first.last if start is None else start):
        beside = grid.text(row, grid.end_of(row, column)[1] + 1) if text.endswith(":") else ""
        for name, said in _said(text + beside):
            if name not in texts:
                texts[name], spots[name] = said, grid.place(row, column)
    notes = []
    for block in blocks:
        for row in range(max(block.first, start or 0), block.last):
            for column, text in block.grid.row_texts(row) if row not in body_rows else ():
                if text.startswith(NOTES) or any(words in text for words in _STATEMENTS):
                    notes.append(text)
                    spots.setdefault("note", block.grid.place(row, column))
    return Around(texts, spots, tuple(notes))


def _said(text: str) -> Iterator[tuple[str, str]]:
    """What a text above a table says of label, unit, year and currency."""
    for word, name, read in _READ:
        if word in text and (said := read(text)):
            yield name, said


def _label(text: str) -> str:
    """“公开03表”, the first in a text that has one."""
    labels = (f"公开{rest[:3]}" for rest in text.split("公开")[1:] if rest[:2].isdecimal() and rest[2:3] == "表")
    return next(labels, "")


def _unit(text: str) -> str:
    """What follows “部门：” and the like, up to what else may stand in the same cell, as the year or a code."""
    for seal in _SEALS:
        text = text.replace(seal, "")
    for word in _UNIT_WORDS:
        before, found, unit = text.partition(f"{word}:")
        if found and not before.endswith(_SUPERIOR):
            unit = _before_year(unit)
            return min((unit.partition(f"{other}:")[0] for other in _OTHERS), key=len).rstrip(_SEPARATORS)
    return ""


def year_in(text: str) -> str:
    """The four digits before the first “年” that has them, however they are written: “二〇二四年”."""
    *before, _ = text.split("年")
    years = (part[-4:].translate(_DIGITS) for part in before)
    return next((year for year in years if year.isdecimal() and len(year) == 4 and year.startswith("20")), "")


def _before_year(text: str) -> str:
    """What stands before the year; the whole text where there is none."""
    parts = text.split("年")
    at = next((at for at, part in enumerate(parts[:-1]) if year_in(f"{part[-4:]}年")), None)
    return text if at is None else "年".join(parts[: at + 1])[:-4]


def currency_in(text: str) -> str:
    """The currency after “单位：”, where that does not name the unit itself: “编制单位：元氏县…” says nothing."""
    before, *others = text.split("单位:")
    for after in others:
        said = after.removeprefix("人民币").removeprefix("(")
        word = next((word for word in _CURRENCIES if said.startswith(word)), "")
        rest = said.removeprefix(word)
        alone = rest.startswith(_AFTER_CURRENCY) or not _is_chinese(rest[:1])
        if word and alone and not before.endswith(_NAMING):
            return word
        before = after
    return ""


def _is_chinese(char: str) -> bool:
    return "一" <= char <= "鿿"


def _head(block: Block, grid: Grid, above: int) -> int:
    """The first row over the block's title that can still belong to it: none of the table before, from `above` on."""
    row = block.first - 1
    while row > max(grid.top, above) and not _ends_table(grid, row - 1):
        row -= 1
    return row


def _ends_table(grid: Grid, row: int) -> bool:
    return any(text.startswith(NOTES) or len(text) > LONGEST_HEADING for _, _, text in grid.texts(row, row + 1))


_READ = (
    ("公开", "label", _label),
    (":", "unit", _unit),
    ("年", "year", year_in),
    ("单位:", "currency", currency_in),
)
"""A word that must stand in a text, what the text then may say, and what reads it."""


def facts(grids: Iterable[Grid]) -> dict[str, str]:
    """单位性质, wherever it is written: “单位性质：行政单位” in one cell or two; and the edition our template is of."""
    found: dict[str, str] = {}
    for grid in grids:
        if not any(text.startswith(_FACTS) for text in grid.all_texts):
            continue
        for row, column, text in grid.texts(grid.top, grid.bottom):
            if text.startswith(_FACTS):
                if text.startswith(TEMPLATE_MARK):
                    found[TEMPLATE] = text.rpartition("(")[2].rstrip(")")
                elif "单位性质" not in found:
                    value = text.partition(":")[2] or grid.text(row, grid.end_of(row, column)[1] + 1)
                    found |= {"单位性质": _unit_type(value)} if value else {}
    return found


def _unit_type(text: str) -> str:
    """行政单位, 参公事业单位 or 事业单位, as the rules call them: “公益一类事业单位” is 事业单位."""
    kinds = (("参公", "参公事业单位"), ("参照公务员", "参公事业单位"), ("事业", "事业单位"), ("行政", "行政单位"))
    return next((kind for word, kind in kinds if word in text), text)
