"""Rules and their catalogue: load the declarations, refuse malformed ones, select, explain."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import tomli

from juesuan.book import Place
from juesuan.errors import DeclarationError
from juesuan.expr import Comparison, describe, parse, references
from juesuan.model import Edition
from juesuan.money import millionths_of

FOLDER = os.path.join(os.path.dirname(__file__), "data", "rules")
FAMILIES = ("SUM", "REV", "EXP", "APP", "GPB", "BAS", "GFB", "SCO", "TPE", "X", "CODE", "FORM", "YOY")
TAIL = "TAIL"

Level = Literal["error", "warning", "info"]
LEVEL_NAMES: dict[Level, str] = {"error": "基础性", "warning": "核实性", "info": "提示"}


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
    findings that share a cause.
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


class Rule(NamedTuple):
    """One rule: a comparison, or a named function for what is no equation.

    `when`: further comparisons that must hold for the rule to apply; `unit_types`: the 单位性质 it is
    for; `tolerance`: 分 allowed between two figures of different origin; `catalogue`: ids of the
    source catalogue it covers.
    """

    code: str
    title: str
    level: Level
    basis: str
    advice: str
    catalogue: tuple[str, ...]
    expr: str = ""
    comparison: Comparison | None = None
    function: str = ""
    when: tuple[Comparison, ...] = ()
    when_text: tuple[str, ...] = ()
    unit_types: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    skipped_when: str = ""
    tolerance: int = 0
    derives: bool = False
    since: int | None = None
    until: int | None = None

    @property
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
    edition: Edition
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.code == code), None)

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> "Catalogue":
        """Keep the rules whose code begins with one of `select` (all, if none given) and with none of `ignore`.

        Raises DeclarationError for a code that no rule begins with.
        """
        chosen, dropped = tuple(select), tuple(ignore)
        for code in chosen + dropped:
            if not any(rule.code.startswith(code) for rule in self.rules):
                raise DeclarationError(f"没有以“{code}”开头的规则。用 juesuan rules 查看全部规则。")
        keep = tuple(
            rule
            for rule in self.rules
            if (not chosen or rule.code.startswith(chosen)) and not (dropped and rule.code.startswith(dropped))
        )
        return self._replace(rules=keep)

    def extended(self, path: str) -> "Catalogue":
        """Add or replace rules from a file; a rule that replaces must say ``replaces = "reason"``."""
        rules = {rule.code: rule for rule in self.rules}
        for rule, reason in _read(path, self.edition):
            if rule.code in rules and not reason:
                raise DeclarationError(f'{path}：规则 {rule.code} 已存在；要替换它，请写明 replaces = "理由"。')
            rules[rule.code] = rule
        return self._replace(rules=tuple(rules.values()))


def load_catalogue(edition: Edition) -> Catalogue:
    """All shipped rules, in the order of FAMILIES."""
    rules: dict[str, Rule] = {}
    for family in (*FAMILIES, TAIL):
        for rule, _ in _read(os.path.join(FOLDER, f"{family}.toml"), edition):
            if rule.code in rules:
                raise DeclarationError(f"规则 {rule.code} 声明了两次。")
            rules[rule.code] = rule
    return Catalogue(edition, tuple(rules.values()))


def _read(path: str, edition: Edition) -> Iterator[tuple[Rule, str]]:
    """Rules of one file with the reason for which each replaces an older one. A malformed rule stops the loading."""
    try:
        with open(path, "rb") as file:
            content = tomli.load(file)
            entries = [content.get("defaults", {}) | entry for entry in content["rule"]]
    except (OSError, KeyError, ValueError) as error:
        raise DeclarationError(f"规则文件 {path} 读不了：{error}。") from error
    for entry in entries:
        reason = entry.pop("replaces", "")
        try:
            yield _rule(entry, edition), reason
        except (KeyError, TypeError, ValueError) as error:
            raise DeclarationError(f"{path}：规则 {entry.get('code', '（无编号）')} 写法有误：{error}。") from error
        except DeclarationError as error:
            raise DeclarationError(f"{path}：{entry.get('code', '（无编号）')}：{error}") from error


def _rule(entry: dict[str, Any], edition: Edition) -> Rule:
    if not re.fullmatch(r"(?:[A-Z]+\d{3}|TAIL)", entry["code"]):
        raise ValueError("编号应为大写字母加三位数字")
    if entry["level"] not in LEVEL_NAMES:
        raise ValueError(f"level 应为 {'、'.join(LEVEL_NAMES)}")
    expr, function = entry.get("expr", ""), entry.get("function", "")
    if bool(expr) == bool(function):
        raise ValueError("expr 与 function 须写且只写一个")
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    when = tuple(parse(text, edition) for text in given.pop("when", ()))
    comparison = parse(expr, edition) if expr else None
    refs = [ref for part in (comparison, *when) if part for ref in references(part)]
    given.setdefault("tables", tuple(dict.fromkeys(ref.table for ref in refs)))
    given["tolerance"] = millionths_of(entry.get("tolerance", 0))
    return Rule(comparison=comparison, when=when, when_text=tuple(entry.get("when", ())), **given)


def sentence(rule: Rule, edition: Edition) -> str:
    """What the rule demands, in one Chinese sentence."""
    if rule.comparison is None:
        return rule.title
    conditions = "，且".join(describe(condition, edition) for condition in rule.when)
    if rule.unit_types:
        conditions = "，且".join(filter(None, [conditions, f"单位性质为{'、'.join(rule.unit_types)}"]))
    demand = describe(rule.comparison, edition)
    return f"当{conditions}时，{demand}" if conditions else demand
