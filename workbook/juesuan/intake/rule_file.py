"""The rules a user adds with a file: TOML, a worksheet or CSV, or formulas one a line; none that contradict others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from juesuan.errors import DeclarationError, UnreadableBook
from juesuan.record import NamedTuple
from juesuan.rules import Catalogue, declared_rules

if TYPE_CHECKING:
    from juesuan.consistency.agreement import Agreement

_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".txt")


class Looked(NamedTuple):
    """What a rule file comes to: the catalogue with it, its rules by code, and how they stand to the others."""

    catalogue: Catalogue
    added: tuple[str, ...]
    agreement: Agreement


def extended(catalogue: Catalogue, path: str) -> Catalogue:
    """The catalogue with the rules of a file.

    Raises DeclarationError for a file that cannot be read, a malformed rule, or one that contradicts others.
    """
    more, added = _with(catalogue, path)
    if not added:
        return more
    from juesuan.consistency.agreement import contradictions
    from juesuan.consistency.sentences import contradiction_words
    from juesuan.locate.deadline import OutOfTime

    try:
        found = contradictions(more, added)
    except OutOfTime:
        return more
    if found:
        said = "；".join(contradiction_words(one, more) for one in found)
        raise DeclarationError(
            f"规则文件“{path}”没有采用，有规则互相矛盾：{said}。请改正；本省确与通用规则不同的，请用同一编号写明替换理由（replaces）替换它。"
        )
    return more


def looked_at(catalogue: Catalogue, path: str) -> Looked:
    """The rules of a file beside those of the catalogue. Raises DeclarationError; OutOfTime."""
    from juesuan.consistency.agreement import agreement

    more, added = _with(catalogue, path)
    return Looked(more, added, agreement(more, added))


def _with(catalogue: Catalogue, path: str) -> tuple[Catalogue, tuple[str, ...]]:
    declared = _declared(path)
    more = catalogue.extended(declared, path)
    return more, tuple(entry["code"] for _, entry in declared)


def _declared(path: str) -> list[tuple[str, dict[str, Any]]]:
    if not path.lower().endswith(_SHEETS):
        return declared_rules(path)
    from juesuan.intake import rule_sheet

    try:
        return rule_sheet.declared_rules(path)
    except UnreadableBook as error:
        raise DeclarationError(f"规则文件没有采用：{error}") from error
