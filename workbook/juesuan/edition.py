"""Load an Edition from its TOML declaration: one of ``data/editions``, or any other file.

A file begins with its head, up to the first blank line: what tells the edition from the others. Where an edition
``extends`` another, a table that it names and the other has is that one, with what is written here in its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import tomli

from juesuan.errors import DeclarationError
from juesuan.given import declared_in
from juesuan.model import Edition, Field, Line, Row, Side, Table
from juesuan.record import NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "data", "editions")
DEFAULT_EDITION = "henan-2024"
DIGITS = "零一二三四五六七八九"
_WORDS = {
    "currency": ("元", "万元"),
    "zero": ("0.00", "blank"),
    "layout": ("lines", "codes", "items", "row"),
}
"""What may be written for these, and nothing else."""


class Head(NamedTuple):
    """An edition before its tables are read: `marks` are the titles and labels by which a workbook is known.

    `since` and `until`: the years it was used in.
    """

    id: str
    title: str
    marks: tuple[str, ...]
    since: int = 0
    until: int = 9999


def known_editions() -> list[str]:
    """Ids of the shipped editions, the one that new workbooks are made in first."""
    names = {name.removesuffix(".toml") for name in os.listdir(FOLDER) if name.endswith(".toml")}
    return [DEFAULT_EDITION, *sorted(names - {DEFAULT_EDITION})]


def heads() -> list[Head]:
    """The heads of the shipped editions, without reading their tables."""
    found = []
    for name in known_editions():
        with open(_path(name), encoding="utf-8") as file:
            entry = tomli.loads(file.read().partition("\n\n")[0])
        years = {key: entry[key] for key in ("since", "until") if key in entry}
        found.append(Head(name, entry["title"], tuple(entry["marks"]), **years))
    return found


def load_edition(name: str) -> Edition:
    """The shipped edition of that id, or the one declared in the file ``name.toml``.

    Raises DeclarationError when there is none or its file is malformed.
    """
    if name.lower().endswith(".toml"):
        return read_edition(name)
    if name not in known_editions():
        raise DeclarationError(
            f"没有版式“{name}”。现有版式：{'、'.join(known_editions())}；自己写的版式，请给出它的 .toml 文件。"
        )
    return read_edition(_path(name))


def read_edition(path: str) -> Edition:
    """Read one edition file. Raises DeclarationError naming the file and what is wrong in it."""
    try:
        edition = _edition(_whole(path))
        if os.path.dirname(path) != FOLDER:
            from juesuan.edition_kinds import require_kinds

            require_kinds(declared_in(path, "版式文件"), edition)
        return edition
    except KeyError as error:
        raise DeclarationError(f"版式文件“{path}”写法有误：缺少 {error.args[0]}。") from error
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise DeclarationError(f"版式文件“{path}”写法有误：{_in_words(error)}。") from error


def _in_words(error: Exception) -> str:
    """What is wrong with a declaration that could not be built, from what was said to a programmer."""
    said = str(error)
    names = "、".join(said.split("'")[1::2])
    if "missing" in said:
        return f"有一项没有写全，缺少 {names}"
    if "unexpected keyword" in said:
        return f"没有“{names}”这个项目"
    return f"有一项的值写得不对，请照现有的版式文件写（{said}）" if said.isascii() else said


def _path(name: str) -> str:
    return os.path.join(FOLDER, f"{name}.toml")


def _whole(path: str) -> dict[str, Any]:
    """The declaration with what it takes over from the edition it extends."""
    entry = declared_in(path, "版式文件")
    shared = entry.pop("every_table", {})
    base: dict[str, Any] = {"table": [], "classes": []}
    if extended := entry.pop("extends", None):
        if extended not in known_editions():
            raise ValueError(f"extends 写的“{extended}”不是现有版式")
        base = _whole(_path(extended))
    tables = {table["id"]: table for table in base["table"]}
    entry["table"] = [_over(tables.get(table["id"], {}), shared | table) for table in entry["table"]]
    return {"classes": base["classes"]} | entry


def _over(base: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """A table written over that of the edition it extends, whose titles it is known by, too."""
    whole = base | table
    titles = (*table.get("aliases", ()), *base.get("aliases", ()), *([base["title"]] if base else ()))
    whole["aliases"] = [title for title in dict.fromkeys(titles) if title != whole.get("title")]
    return whole


def _edition(entry: dict[str, Any]) -> Edition:
    _require_known(entry)
    classes = [tuple(names) for names in entry["classes"]]
    optional = entry.get("optional_classes", ())
    texts = {"tail_note": entry.get("tail_note", "")}
    tables = [_table(table, classes, texts, optional) for table in entry["table"]]
    titles = {table.title for table in tables}
    tables = [table._replace(aliases=tuple(name for name in table.aliases if name not in titles)) for table in tables]
    if entry.get("names_vary"):
        tables = [_with_names_of_any_year(table) for table in tables]
    if not entry.get("numbered", True):
        tables = [_without_numbers(table) for table in tables]
    return Edition(
        id=entry["id"],
        title=entry["title"],
        tables=tuple(tables),
        classes=tuple((names[0], names[1]) for names in classes),
        zero=entry["zero"],
        evidence=tuple((tier, text) for tier, text in entry["evidence"]),
        assumptions=tuple(entry.get("assumptions", ())),
        currency=entry.get("currency", "万元"),
        nothing=frozenset(entry.get("nothing", ())),
        marks=tuple(entry["marks"]),
        rules=tuple(entry.get("rules", ())),
    )


def _require_known(entry: dict[str, Any]) -> None:
    """Raise ValueError for a word that stands where only some may."""
    given = [("currency", entry.get("currency", "万元")), ("zero", entry["zero"])]
    given += [("layout", table["layout"]) for table in entry["table"] if "layout" in table]
    for name, word in given:
        if word not in _WORDS[name]:
            raise ValueError(f"{name} 写的“{word}”应为 {'、'.join(_WORDS[name])} 之一")


def _without_numbers(table: Table) -> Table:
    """The table as a form prints it that has neither 行次 nor 栏次."""
    sides = (
        side._replace(
            fields=tuple(field._replace(number=None) for field in side.fields),
            lines=tuple(line._replace(number=None) for line in side.lines),
        )
        for side in table.sides
    )
    return table._replace(sides=tuple(sides), fields=tuple(field._replace(number=None) for field in table.fields))


def _with_names_of_any_year(table: Table) -> Table:
    """The table of a form used for several years: the names of another year are as right as its own."""
    sides = (
        side._replace(lines=tuple(line._replace(variants=line.variants + line.aliases) for line in side.lines))
        for side in table.sides
    )
    return table._replace(sides=tuple(sides))


def _table(
    entry: dict[str, Any], classes: list[tuple[str, ...]], texts: dict[str, str], optional: Sequence[str]
) -> Table:
    given = dict(entry)
    sides = tuple(
        Side(side["heading"], _fields(side["fields"]), tuple(_lines(side["lines"], classes, optional)))
        for side in given.pop("side", ())
    )
    return Table(
        sides=sides,
        fields=_fields(given.pop("fields", ())),
        rows=tuple(Row(**row | {"aliases": tuple(row.get("aliases", ()))}) for row in given.pop("rows", ())),
        groups=tuple(tuple(group.split()) for group in given.pop("groups", ())),
        totals=tuple(_lines(given.pop("totals", ()), classes)),
        aliases=tuple(given.pop("aliases", ())),
        beside=tuple(given.pop("beside", ())),
        note=given.pop("note", "").format(**texts),
        **given,
    )


def _fields(entries: list[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(
        Field(
            **entry
            | {"header": tuple(entry["header"]), "aliases": tuple(tuple(path) for path in entry.get("aliases", ()))}
        )
        for entry in entries
    )


def _lines(
    entries: list[dict[str, Any]], classes: list[tuple[str, ...]], optional: Sequence[str] = ()
) -> Iterator[Line]:
    """Lines as printed; ``blank = [9, 26]`` and ``classes = 32`` stand for runs of lines."""
    for entry in entries:
        if "blank" in entry:
            first, last = entry["blank"]
            yield from (Line(None, "", number) for number in range(first, last + 1))
        elif "classes" in entry:
            shared = {name: value for name, value in entry.items() if name != "classes"}
            for order, (code, name, *others) in enumerate(classes):
                yield Line(
                    code,
                    f"{chinese_number(order + 1)}、{name}",
                    entry["classes"] + order,
                    code=code,
                    aliases=tuple(others),
                    optional=code in optional,
                    **shared,
                )
        else:
            lists = {name: tuple(entry.get(name, ())) for name in ("aliases", "variants", "ratio")}
            yield Line(**entry | lists)


def chinese_number(number: int) -> str:
    """1 to 99 as the forms number their lines: 一, 十, 十一, 二十六."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
