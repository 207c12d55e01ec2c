"""Rules and their catalogue: load the declarations, refuse malformed ones, select, explain."""

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

from juesuan.errors import DeclarationError, UnknownName
from juesuan.expr import Comparison, Ref, references
from juesuan.given import declared_in
from juesuan.model import Edition
from juesuan.money import millionths_of
from juesuan.parse import parse
from juesuan.place import Place
from juesuan.record import NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "data", "rules")
FAMILIES = ("SUM", "REV", "EXP", "APP", "GPB", "BAS", "GFB", "SCO", "TPE", "X", "CODE", "FORM", "YOY")
TEXT_FAMILIES = ("TXT", "PERF")
"""Families about the text beside the tables; only proofreading loads them."""

TAIL = "TAIL"
DETAILS = "DET"
"""The family of rules about tables that only some editions have."""

Level = Literal["error", "warning", "info"]
LEVEL_NAMES: dict[Level, str] = {"error": "基础性", "warning": "核实性", "info": "提示"}
EDITION = "edition"
"""What a rule needs that holds a book against its form: to know which form it is."""

FINDINGS = "findings"
"""What a rule needs that speaks of what the others have found: it comes after them."""

JOINTLY = "X061"
"""The rule whose findings say themselves all there is to say of a culprit."""


class CellNote(NamedTuple):
    """A cell a finding speaks of; a folded 尾差 carries its own rule and amounts (分)."""

    place: Place
    table: str
    row: str | None
    field: str | None
    value: int | None = None
    rule: str | None = None
    actual: int | None = None
    expected: int | None = None
    bound: int | None = None


class Finding(NamedTuple):
    """One thing to tell the clerk. `cells` are all cells concerned, the one to look at first in `place`.

    Amounts are in 分 of the book; `status` is ``fail``, ``tail`` (尾差) or ``note``; `group` numbers the
    findings that share a cause. `answer` is what the clerk said of it; `overridden`: it is an error, let through.
    """

    rule: str
    level: Level
    status: Literal["fail", "tail", "note"]
    place: Place | None
    message: str
    cells: tuple[CellNote, ...] = ()
    actual: int | None = None
    expected: int | None = None
    bound: int | None = None
    group: int | None = None
    answer: str = ""
    overridden: bool = False

    @property
    def difference(self) -> int | None:
        if self.actual is None or self.expected is None:
            return None
        return self.actual - self.expected


class NotChecked(NamedTuple):
    """What a rule could not judge. `blocking`: because something in the book could not be read or recognised."""

    rule: str
    reason: str
    blocking: bool = False


Found = Iterator[Finding | NotChecked]


class _RuleRecord(NamedTuple):
    code: str
    title: str
    level: Level
    basis: str
    advice: str
    catalogue: tuple[str, ...]
    expr: str = ""
    comparison: Comparison | None = None
    refs: tuple[Ref, ...] = ()
    function: str = ""
    when: tuple[Comparison, ...] = ()
    when_text: tuple[str, ...] = ()
    unit_types: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    skipped_when: str = ""
    tolerance: int = 0
    percent: int = 0
    least: int = 0
    derives: bool = False
    since: int | None = None
    until: int | None = None


class Rule(_RuleRecord):
    """One rule: a comparison, or a named function for what is no equation.

    `when`: further comparisons that must hold for the rule to apply; `unit_types`: the 单位性质 it is
    for; `tolerance`: 分 allowed between two figures of different origin; `percent` and `least` (分): how large a change
    must be to be told; `catalogue`: ids of the
    source catalogue it covers; `refs`: every cell its comparison and conditions speak of.
    """

    @cached_property
    def columns(self) -> tuple[Ref, ...]:
        """One of `refs` for each column they speak of."""
        return tuple({(ref.table, ref.field, ref.last_year): ref for ref in reversed(self.refs)}.values())[::-1]

    @cached_property
    def is_law(self) -> bool:
        """Whether exact amounts of this year must satisfy it, so that all such rules can be asked at once."""
        return (
            self.level == "error"
            and self.comparison is not None
            and self.comparison.operator != ">"
            and not self.tolerance
            and not any(ref.last_year for ref in self.refs)
        )

    @cached_property
    def kind(self) -> Literal["equation", "inequality", "function"]:
        if self.comparison is None:
            return "function"
        return "equation" if self.comparison.operator == "=" else "inequality"

    @property
    def family(self) -> str:
        return self.code.rstrip("0123456789")

    def applies_to(self, year: int | None) -> bool:
        return year is None or (self.since or 0) <= year <= (self.until or 9999)


class Catalogue(NamedTuple):
    """`overrides`: beginnings of codes whose errors are let through, each with the reason."""

    edition: Edition
    rules: tuple[Rule, ...]
    overrides: tuple[tuple[str, str], ...] = ()

    def rule(self, code: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.code == code), None)

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> "Catalogue":
        """Keep the rules whose code begins with one of `select` (all, if none given) and with none of `ignore`.

        Raises DeclarationError for a code that no rule begins with.
        """
        chosen, dropped = tuple(select), tuple(ignore)
        self._require(chosen + dropped)
        keep = tuple(
            rule
            for rule in self.rules
            if (not chosen or rule.code.startswith(chosen)) and not (dropped and rule.code.startswith(dropped))
        )
        return self._replace(rules=keep)

    def with_change(self, percent: int, least: int) -> "Catalogue":
        """The same with other limits for changes to be told: more than `percent`, and more than `least` 分."""
        rules = (rule._replace(percent=percent, least=least) if rule.percent else rule for rule in self.rules)
        return self._replace(rules=tuple(rules))

    def overriding(self, overrides: Iterable[tuple[str, str]]) -> "Catalogue":
        """Let errors through: `overrides` are beginnings of codes and reasons. Raises DeclarationError as `select`."""
        given = tuple([(code, reason) for code, reason in overrides])  # lists, where they came as JSON
        self._require(code for code, _ in given)
        return self._replace(overrides=given)

    def _require(self, codes: Iterable[str]) -> None:
        for code in codes:
            if not any(rule.code.startswith(code) for rule in self.rules):
                raise DeclarationError(f"没有以“{code}”开头的规则。用 juesuan rules 查看全部规则。")

    def extended(self, declared: Iterable[tuple[str, dict[str, Any]]], path: str) -> "Catalogue":
        """Add or replace the rules of the file at `path`: where each stands, and what is `declared` there.

        A rule that replaces one must say ``replaces = "reason"``. Raises DeclarationError.
        """
        rules = {rule.code: rule for rule in self.rules}
        given = list(_built(declared, self.edition, shipped=False))
        for order, (rule, reason) in enumerate(given):
            if rule.code in (earlier.code for earlier, _ in given[:order]):
                raise DeclarationError(f"{path}：规则 {rule.code} 写了两次。")
            if rule.code in rules and not reason:
                raise DeclarationError(f'{path}：规则 {rule.code} 已存在；要替换它，请写明 replaces = "理由"。')
            if reason and rule.code not in rules:
                raise DeclarationError(f"{path}：没有规则 {rule.code} 可替换；新规则不写 replaces。")
            rules[rule.code] = rule
        return self._replace(rules=tuple(rules.values()))


def load_catalogue(edition: Edition, families: Iterable[str] = (*FAMILIES, TAIL)) -> Catalogue:
    """The shipped rules of some families, of all about the workbook if none are named; and the edition's own."""
    rules: dict[str, Rule] = {}
    for name in (*families, *(edition.rules if TAIL in families else ())):
        path = os.path.join(FOLDER, f"{name}.toml")
        for rule, _ in _built(declared_rules(path), edition):
            if rule.code in rules:
                raise DeclarationError(f"{path}：规则 {rule.code} 写了两次。")
            rules[rule.code] = rule
    return Catalogue(edition, tuple(rules.values()))


def whole_catalogue(edition: Edition) -> Catalogue:
    """All rules about the workbook, and those about the text beside it."""
    return load_catalogue(edition, (*FAMILIES, *TEXT_FAMILIES, TAIL))


def declared_rules(path: str) -> list[tuple[str, dict[str, Any]]]:
    """What a TOML file says of each rule, and where. Raises DeclarationError."""
    content = declared_in(path, "规则文件")
    try:
        return [(path, content.get("defaults", {}) | entry) for entry in content["rule"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DeclarationError(f"规则文件“{path}”写法有误：缺少 [[rule]]，或写法不对（{error}）。") from error


def _built(
    declared: Iterable[tuple[str, dict[str, Any]]], edition: Edition, *, shipped: bool = True
) -> Iterator[tuple[Rule, str]]:
    """Each rule with the reason for which it replaces an older one. A malformed rule stops the loading.

    The shape of the shipped files is looked at by the tests, not at every start.
    """
    for where, entry in declared:
        reason = entry.pop("replaces", "")
        try:
            if not shipped:
                from juesuan.rule_shape import require_shape

                require_shape(entry)
            elif entry.get("tables"):
                entry["tables"] = [table for table in entry["tables"] if edition.table(table)]
                if not entry["tables"]:
                    continue
            yield _rule(entry, edition), reason
        except RecursionError as error:
            raise DeclarationError(f"{where}：规则 {entry['code']} 的括号太多，请拆开写。") from error
        except UnknownName as error:
            if not shipped:
                raise DeclarationError(f"{where}：{entry['code']}：{error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise DeclarationError(f"{where}：规则 {entry.get('code', '（无编号）')} 写法有误：{error}。") from error
        except DeclarationError as error:
            raise DeclarationError(f"{where}：{entry['code']}：{error}") from error


def _rule(entry: dict[str, Any], edition: Edition) -> Rule:
    if not _is_code(entry["code"]):
        raise ValueError("编号应为大写字母加三位数字")
    if entry["level"] not in LEVEL_NAMES:
        raise ValueError(f"level 应为 {'、'.join(LEVEL_NAMES)}")
    expr, function = entry.get("expr", ""), entry.get("function", "")
    if bool(expr) == bool(function):
        raise ValueError("expr 与 function 须写且只写一个")
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    when = tuple(parse(text, edition) for text in given.pop("when", ()))
    comparison = parse(expr, edition) if expr else None
    refs = tuple([ref for part in (comparison, *when) if part for ref in references(part)])
    given.setdefault("tables", tuple(dict.fromkeys([ref.table for ref in refs])))
    for table_id in given["tables"]:
        if edition.table(table_id) is None:
            raise ValueError(f"不认识表“{table_id}”，现有：{'、'.join(table.id for table in edition.tables)}")
    for name in ("tolerance", "least"):
        if name in entry:
            given[name] = millionths_of(entry[name])
    return Rule(comparison=comparison, refs=refs, when=when, when_text=tuple(entry.get("when", ())), **given)


def _is_code(text: str) -> bool:
    """Whether it is capital letters and three digits, or the one code without."""
    family, number = text[:-3], text[-3:]
    letters = family.isascii() and family.isalpha() and family.isupper()
    return (letters and number.isascii() and number.isdigit()) or text == TAIL
