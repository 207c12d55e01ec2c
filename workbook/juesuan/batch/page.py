"""index.html: one page that carries its data, its looks and its program, opens from the disk and asks no network."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from html import escape
from typing import Any, TextIO
from urllib.parse import quote

from juesuan import __version__
from juesuan.batch.row import APART, LARGEST_TAIL, LEVELS, Row, Telling
from juesuan.batch.titles import Titles
from juesuan.batch.tree import COUNTED
from juesuan.wording import VERDICTS

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "dashboard")
SCRIPTS = ("data.js", "overview.js", "units.js", "book.js", "page.js")
TITLE = "部门决算公开表核对"
MOST_ROWS = 50_000
MOST_DRAWINGS = 48 << 20
"""Bytes of all sheets that a page carries; those of books with errors come first."""
_RANKS = (("fail",), ("unjudged", "warn"), ("tail", "pass"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
FIELDS = (
    *("name", "file", "verdict", "branch", "year", "reason", "failed", "warning", "tail", "notChecked", "rules"),
    *("threePublic", "before", "marked", "code", "standing", "received", "deadline"),
)
"""What the page knows of every row, in this order; `rules` as [number, level, count], `marked` as a link."""


class Page:
    """Give it every row, then `finish` it."""

    def __init__(self, file: TextIO, telling: Telling, title: str) -> None:
        self.file = file
        self.telling = telling
        self.title = title
        self.rules: dict[str, int] = {}
        self.rows = 0
        self.left_out = 0
        file.write(
            '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>\n{_part('page.css')}</style>\n</head>\n<body>\n"
            f'{_part("page.html")}<script type="application/json" id="rows">['
        )

    def add(self, row: Row) -> None:
        if self.rows >= MOST_ROWS:
            self.left_out += 1
            return
        text = json.dumps(self._values(row), ensure_ascii=False, separators=(",", ":"))
        self.file.write((",\n" if self.rows else "\n") + _inert(text))
        self.rows += 1

    def finish(self, titles: Titles) -> None:
        self.file.write("]</script>\n")
        for number, drawing in self._drawings():
            content = base64.b64encode(drawing).decode()
            self.file.write(f'<script type="text/plain" id="book{number}">{content}</script>\n')
        head = json.dumps(self._head(titles), ensure_ascii=False, separators=(",", ":"))
        self.file.write(f'<script type="application/json" id="head">{_inert(head)}</script>\n<script>\n')
        self.file.writelines(_part(name) for name in SCRIPTS)
        self.file.write("</script>\n</body>\n</html>\n")

    def _values(self, row: Row) -> list[Any]:
        rules = [[self._number(code), *found] for code, found in row.rules.items()]
        counts = [row.counts.get(name, 0) for name in ("failed", "warning", "tail", "not_checked")]
        name = self.telling.source.name(row.path) if row.path else ""
        return [
            *(row.name, name, row.verdict, row.branch, row.year, row.reason, *counts, rules),
            *(
                row.three_public,
                row.before,
                row.marked and quote(os.fsencode(row.marked)),
                row.code,
                row.standing,
                row.received,
                row.deadline,
            ),
        ]

    def _number(self, code: str) -> int:
        return self.rules.setdefault(code, len(self.rules))

    def _drawings(self) -> Iterator[tuple[int, bytes]]:
        """By the number of its row, the sheets of every book there is room for."""
        room = MOST_DRAWINGS
        for verdicts in _RANKS:
            for number, drawing in self.telling.ledger.drawings(verdicts):
                if number >= self.rows or room <= 0:
                    break
                room -= len(drawing)
                yield number, drawing

    def _head(self, titles: Titles) -> dict[str, Any]:
        telling, tally = self.telling, self.telling.tally
        return {
            "title": self.title,
            "version": __version__,
            "fields": FIELDS,
            "verdicts": VERDICTS | {"missing": "没有收到"},
            "rules": [[code, *titles.get(code, ("", ""))] for code in self.rules],
            "frequencies": [
                [self._number(rule), level, books, tally.findings[rule, level]]
                for (rule, level), books in sorted(tally.books.items(), key=lambda item: (-item[1], item[0]))
                if rule in self.rules
            ],
            "broken": {self._number(rule): books for rule, books in tally.broken.items() if rule in self.rules},
            "tails": sorted(tally.tails.items()),
            "counted": COUNTED,
            "branches": [
                [branch.name, branch.parent, [branch.counts[what] for what in COUNTED]]
                for branch in telling.tree.branches
            ],
            "listed": telling.received is not None,
            "year": telling.year,
            "apart": APART,
            "levels": LEVELS,
            "largestTail": LARGEST_TAIL,
            "leftOut": self.left_out,
        }


def _part(name: str) -> str:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _inert(text: str) -> str:
    """JSON that cannot end the element it stands in, nor be no UTF-8."""
    return text.replace("<", "\\u003c").encode(errors="backslashreplace").decode()
