"""One checked file, or the reason why it could not be: what every report is made from."""

from typing import NamedTuple

from juesuan.book import Book, Place
from juesuan.check import Checked
from juesuan.money import to_text
from juesuan.rules import CellNote, Finding


class Result(NamedTuple):
    """`checked` is None when the file could not be read; `reason` then says why."""

    path: str
    sha256: str | None
    checked: Checked | None
    reason: str | None = None

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
    counted = ("passed", "tail", "failed", "warning", "not_applicable", "not_checked")
    return {
        "path": result.path,
        "sha256": result.sha256,
        "unit": book.unit if book else None,
        "year": book.year if book else None,
        "edition": book.edition.id if book else None,
        "currency_unit": book.currency if book else None,
        "verdict": result.verdict,
        "reason": result.why,
        "counts": checked.counts if checked else dict.fromkeys(counted, 0),
        "rounding": {"jointly_feasible": None, "certificate": []},
        "culprits": [],
        "findings": [_finding(item, book) for item in checked.findings] if checked and book else [],
        "not_checked": [{"rule": item.rule, "reason": item.reason} for item in checked.not_checked] if checked else [],
    }


def _finding(item: Finding, book: Book) -> dict[str, object]:
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
    }


def _cell(cell: CellNote, book: Book) -> dict[str, object]:
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


def _amount(fen: int | None, book: Book) -> str | None:
    return None if fen is None else to_text(fen, book.currency)
