"""What is known of a run while it lasts: one row a workbook, in a file that a killed process leaves whole."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from juesuan.batch.record import Record
from juesuan.errors import JuesuanError
from juesuan.intake.books import Found

_TABLES = (
    "CREATE TABLE order_ (text TEXT PRIMARY KEY)",
    "CREATE TABLE book (path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, seen INTEGER, line BLOB, drawing BLOB, "
    "marked BLOB, unit TEXT, year INTEGER, verdict TEXT, three_public INTEGER, code TEXT, standing TEXT) WITHOUT ROWID",
)
_SETTINGS = {"locking_mode": "EXCLUSIVE", "journal_mode": "WAL", "synchronous": "NORMAL", "cache_size": -4096}
_ROWS = "path, line, drawing, marked, unit, year, verdict, three_public, modified, code, standing"
_PAGE = 200
"""Rows fetched at a time: reading leaves no lock behind while others write."""


class Kept(NamedTuple):
    """What is kept of a judged workbook; `modified` is known from when the file was found, in nanoseconds since 1970.

    `line`: its `books[]` element as one line of JSON. `drawing`: its sheets as the page shows them, packed.
    `marked`: the name of its marked copy in the output folder. `three_public`: 三公 of the year in 分. `code` and
    `standing` place it in the list of units: see `juesuan.batch.standing`.
    """

    path: str
    line: str
    drawing: bytes
    marked: str | None
    unit: str | None
    year: int | None
    verdict: str
    three_public: int | None
    modified: int = 0
    code: str | None = None
    standing: str | None = None


def kept_of(path: str, record: Record, marked: str | None) -> Kept:
    """What is to be kept of a record; `marked` is the name of its marked copy."""
    entry = record.entry
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    unit = entry["unit"] and entry["unit"].encode(errors="replace").decode()
    return Kept(path, line, record.drawing, marked, unit, entry["year"], entry["verdict"], record.three_public)


class Ledger:
    """Opened at `path` for a run of this `order` (a text); another order, or `afresh`, begins with an empty one.

    It is locked while it is open. Raises JuesuanError when another run has it open.
    """

    def __init__(self, path: str, order: str, *, afresh: bool) -> None:
        self.path = path
        self._taking = threading.Lock()
        try:
            self._open(order, afresh=afresh)
        except sqlite3.OperationalError as error:
            raise JuesuanError(
                f"“{os.path.dirname(path)}”正被另一次批量核对写入，或不能写。请等它做完，或换一个文件夹。"
            ) from error

    def expect(self, books: Iterable[Found]) -> None:
        """Let exactly these be the books of the run; a book that changed since it was judged is to be judged again."""
        with self._base:
            self._base.execute("UPDATE book SET seen = 0")
            self._base.executemany(
                "INSERT INTO book (path, size, modified, seen) VALUES (?, ?, ?, 1) ON CONFLICT (path) DO UPDATE SET "
                "seen = 1, line = iif(size = excluded.size AND modified = excluded.modified, line, NULL), "
                "size = excluded.size, modified = excluded.modified",
                ((os.fsencode(found.path), found.size, found.modified) for found in books),
            )
            self._base.execute("DELETE FROM book WHERE NOT seen")

    def waiting(self) -> Iterator[str]:
        """The paths not judged yet; what is handed out once does not come again."""
        last = b""
        while True:
            with self._taking:
                rows = self._base.execute(
                    "SELECT path FROM book WHERE line IS NULL AND path > ? ORDER BY path LIMIT ?", (last, _PAGE)
                ).fetchall()
            yield from (os.fsdecode(path) for (path,) in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def keep(self, kept: Kept) -> None:
        """Record a judged book; when this returns, a killed process no longer loses it."""
        with self._taking, self._base:
            self._base.execute(
                "UPDATE book SET line = ?, drawing = ?, marked = ?, unit = ?, year = ?, verdict = ?, three_public = ? "
                "WHERE path = ?",
                (
                    zlib.compress(kept.line.encode(errors="backslashreplace"), 1),
                    *(
                        kept.drawing,
                        kept.marked and os.fsencode(kept.marked),
                        kept.unit,
                        kept.year,
                        kept.verdict,
                        kept.three_public,
                    ),
                    os.fsencode(kept.path),
                ),
            )

    def place(self, path: str, code: str | None, standing: str) -> None:
        """Say where a book stands in the list of units; lasts when `settle` is called."""
        self._base.execute("UPDATE book SET code = ?, standing = ? WHERE path = ?", (code, standing, os.fsencode(path)))

    def settle(self) -> None:
        self._base.commit()

    def books(self) -> Iterator[Kept]:
        """Every judged book by its path."""
        for path, line, drawing, marked, *others in self._judged(_ROWS):
            name = marked and os.fsdecode(marked)
            yield Kept(os.fsdecode(path), zlib.decompress(line).decode(), drawing, name, *others)

    def lines(self) -> Iterator[str]:
        """The `line` of every judged book by its path."""
        return (zlib.decompress(line).decode() for _, line in self._judged("path, line"))

    def drawings(self, verdicts: Sequence[str]) -> Iterator[tuple[int, bytes]]:
        """The `drawing` of the books with these verdicts, where there is one, by its number among all judged books."""
        for number, (_, verdict, drawing) in enumerate(self._judged("path, verdict, drawing")):
            if verdict in verdicts and drawing:
                yield number, drawing

    def _judged(self, columns: str) -> Iterator[tuple[Any, ...]]:
        """What stands in the columns, the first of which is the path, for every judged book by its path."""
        last = b""
        while True:
            query = f"SELECT {columns} FROM book WHERE line IS NOT NULL AND path > ? ORDER BY path LIMIT ?"
            rows = self._base.execute(query, (last, _PAGE)).fetchall()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def verdicts(self) -> dict[str, int]:
        """How many books there are of each verdict."""
        query = "SELECT verdict, count(*) FROM book WHERE line IS NOT NULL GROUP BY verdict"
        return dict(self._base.execute(query).fetchall())

    def total(self) -> int:
        """How many books the run is about."""
        (count,) = self._base.execute("SELECT count(*) FROM book").fetchone()
        return int(count)

    def three_public(self, kept: Kept, year: int) -> int | None:
        """三公 in a year in 分 of the unit that a book is of: of the newest of its books, then the last by path.

        The unit is the one of the list; without a list, or for a book that is of none, all books that state its name.
        """
        known, value = ("code", kept.code) if kept.code else ("unit", kept.unit)
        query = f"SELECT three_public FROM book WHERE {known} = ? AND year = ? AND three_public NOT NULL"
        row = self._base.execute(f"{query} ORDER BY modified DESC, path DESC", (value, year)).fetchone()
        return row[0] if row else None

    def index(self) -> None:
        """Make looking up units and marked copies quick, once all books are there."""
        self._base.execute("CREATE INDEX IF NOT EXISTS by_unit ON book (unit, year)")
        self._base.execute("CREATE INDEX IF NOT EXISTS by_code ON book (code, year)")
        self._base.execute("CREATE INDEX IF NOT EXISTS by_marked ON book (marked)")

    def has_marked(self, name: str) -> bool:
        """Whether a book has this marked copy."""
        return self._base.execute("SELECT 1 FROM book WHERE marked = ?", (os.fsencode(name),)).fetchone() is not None

    def years(self) -> set[int]:
        """The years that books are of."""
        return {year for (year,) in self._base.execute("SELECT DISTINCT year FROM book WHERE year NOT NULL")}

    def main_year(self) -> int | None:
        """The year most books are of."""
        query = "SELECT year FROM book WHERE year NOT NULL GROUP BY year ORDER BY count(*) DESC, year DESC"
        row = self._base.execute(query).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Never while a path is being taken: closing what another thread reads brings the process down."""
        with self._taking:
            self._base.close()

    def finish(self) -> None:
        """The run is over: nothing of the ledger stays."""
        self.close()
        self._remove()

    def _open(self, order: str, *, afresh: bool) -> None:
        """Let it be the ledger of this order; a file that is none, or is damaged, gives way to one."""
        try:
            self._begin(order, afresh=afresh)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.close()
            self._remove()
            self._begin(order, afresh=True)

    def _begin(self, order: str, *, afresh: bool) -> None:
        self._base = sqlite3.connect(self.path, timeout=0, check_same_thread=False)
        for name, value in _SETTINGS.items():
            self._base.execute(f"PRAGMA {name} = {value}")
        if afresh or self._orders() != [(order,)]:
            with self._base:
                for table in ("book", "order_"):
                    self._base.execute(f"DROP TABLE IF EXISTS {table}")
                for table in _TABLES:
                    self._base.execute(table)
                self._base.execute("INSERT INTO order_ VALUES (?)", (order,))

    def _orders(self) -> list[tuple[str]]:
        known = self._base.execute("SELECT 1 FROM sqlite_master WHERE name = 'order_'").fetchone()
        return self._base.execute("SELECT text FROM order_").fetchall() if known else []

    def _remove(self) -> None:
        for tail in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(self.path + tail)
