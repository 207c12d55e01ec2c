"""One checked file, or the reason why it could not be: what every report is made from."""

from typing import TYPE_CHECKING

from juesuan.book import Book
from juesuan.check import Checked
from juesuan.money import to_text
from juesuan.place import Place
from juesuan.record import NamedTuple
from juesuan.rules import Catalogue, CellNote, Finding

if TYPE_CHECKING:
    from juesuan.locate.answer import Suspect

UNDECIDED: dict[str, object] = {"jointly_feasible": None, "certificate": []}


class Result(NamedTuple):
    """`checked` is None when the file could not be read; `reason` then says why. `catalogue`: the rules used."""

    path: str
    sha256: str | None
    checked: Checked | None
    reason: str | None = None
    catalogue: Catalogue | None = None

    @property
    def verdict(self) -> str:
        return self.checked.verdict if self.checked else "unjudged"

    @property
    def why(self) -> str | None:
        return self.checked.reason if self.checked else self.reason


def as_dict(result: Result) -> dict[str, object]:
    """The `books[]` element of schema juesuan.check/1; amounts are decimal strings in the book's own currency."""
    checked = result.checked
    book = checked.book if checked else None
    counted = ("passed", "tail", "failed", "warning", "explained", "not_applicable", "not_checked")
    return head_as_dict(result.path, result.sha256, book) | {
        "verdict": result.verdict,
        "reason": result.why,
        "counts": checked.counts if checked else dict.fromkeys(counted, 0),
        "rounding": _rounding(checked),
        "culprits": _culprits(checked) if checked else [],
        "findings": [finding_as_dict(item, book) | {"culprit": checked.culprit_of(item)} for item in checked.findings]
        if checked
        else [],
        "not_checked": [{"rule": item.rule, "reason": item.reason} for item in checked.not_checked] if checked else [],
        **_years(book),
    }


def _years(book: Book | None) -> dict[str, object]:
    """The main figures of several years, where last year's book was given."""
    if book is None or book.last_year is None:
        return {}
    from juesuan.report.years import as_dict

    return {"years": as_dict(book)}


def head_as_dict(path: str, sha256: str | None, book: Book | None) -> dict[str, object]:
    """What an element is about."""
    return {
        "path": path,
        "sha256": sha256,
        "unit": book.unit if book else None,
        "year": book.year if book else None,
        "edition": book.edition.id if book else None,
        "currency_unit": book.currency if book else None,
    }


def _rounding(checked: Checked | None) -> dict[str, object]:
    """Whether all laws can hold together; if not, the proof: each law that enters it, how often, and in words."""
    if checked is None:
        return UNDECIDED
    laws, joint, _ = checked.together
    rounding: dict[str, object] = {"jointly_feasible": joint.feasible, "certificate": []}
    if joint.certificate:
        from juesuan.locate.sentences import certificate_sentence

        rounding["certificate"] = [
            {"rule": laws[source].rule.code, **_place(laws[source].target.place), "multiplier": str(multiplier)}
            for multiplier, source in joint.certificate
        ]
        rounding["explanation"] = certificate_sentence(joint.certificate, laws, checked.book)
        rounding["certain_under"] = joint.severity
        rounding["balanced_by_hand"] = joint.balanced
    return rounding


def _culprits(checked: Checked) -> list[dict[str, object]]:
    if not checked.culprits:
        return []
    from juesuan.locate.sentences import culprit_sentence

    return [
        {
            "cells": [_suspect(suspect, checked.book) for suspect in culprit.suspects],
            "diagnosis": culprit.diagnosis,
            "message": culprit_sentence(culprit, checked.book),
            "explains": sorted({checked.together.laws[index].rule.code for index in culprit.explains}),
            "alternatives": [
                [_suspect(suspect, checked.book) for suspect in suspects] for suspects in culprit.alternatives
            ],
        }
        for culprit in checked.culprits
    ]


def _suspect(suspect: "Suspect", book: Book) -> dict[str, object]:
    cell = suspect.cell
    return {
        **_place(cell.place),
        "table": cell.table,
        "row": cell.row,
        "field": cell.field,
        "value": _amount(cell.fen, book),
        "suggested": _amount(suspect.suggested, book),
        "interval": [_amount(end, book) for end in suspect.interval],
    }


def finding_as_dict(item: Finding, book: Book | None) -> dict[str, object]:
    """A finding by itself: `culprit` is not known here."""
    return {
        "rule": item.rule,
        "level": item.level,
        "status": item.status,
        **_place(item.place),
        "cells": [_cell(cell, book) for cell in item.cells],
        "actual": _amount(item.actual, book),
        "expected": _amount(item.expected, book),
        "difference": _amount(item.difference, book),
        "bound": _amount(item.bound, book),
        "message": item.message,
        "culprit": None,
        "group": item.group,
        "explanation": item.answer or None,
        "overridden": item.overridden,
    }


def _cell(cell: CellNote, book: Book | None) -> dict[str, object]:
    entry: dict[str, object] = {**_place(cell.place), "table": cell.table, "row": cell.row, "field": cell.field}
    if cell.rule is None:
        return entry | {"value": _amount(cell.value, book)}
    difference = None if cell.actual is None or cell.expected is None else cell.actual - cell.expected
    return entry | {
        "rule": cell.rule,
        "actual": _amount(cell.actual, book),
        "expected": _amount(cell.expected, book),
        "difference": _amount(difference, book),
        "bound": _amount(cell.bound, book),
    }


def _place(place: Place | None) -> dict[str, object]:
    return {"sheet": place.sheet if place else None, "address": place.address if place else None}


def _amount(fen: int | None, book: Book | None) -> str | None:
    return None if fen is None else to_text(fen, book.currency if book else "万元")
