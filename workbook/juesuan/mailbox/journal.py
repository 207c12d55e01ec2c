"""What has become of every message, in a database that a kill leaves whole: jobs come in, letters go out.

A job is a message received; a letter is one we send: a reply, a note to the staff, a reminder. A step that must not
be half done is one transaction, on the disk when it returns.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from juesuan.mailbox.instance import only_instance
from juesuan.mailbox.records import BookKept, Job, Letter, SeenKind

_TABLES = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS job (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, sender TEXT, subject TEXT, message_id TEXT,
    thread TEXT, content TEXT NOT NULL, cut INTEGER NOT NULL, received REAL NOT NULL, admitted REAL,
    failures INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS job_by_state ON job (state, received);
CREATE INDEX IF NOT EXISTS job_by_sender ON job (sender, admitted);
CREATE TABLE IF NOT EXISTS seen (
    epoch INTEGER, uid INTEGER, kind TEXT NOT NULL, job TEXT, filed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (epoch, uid)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_unfiled ON seen (epoch) WHERE NOT filed;
CREATE TABLE IF NOT EXISTS letter (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, job TEXT, recipient TEXT NOT NULL, content TEXT NOT NULL,
    state TEXT NOT NULL, refusals INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0, written REAL NOT NULL,
    changed REAL NOT NULL, proof TEXT, trouble TEXT);
CREATE INDEX IF NOT EXISTS letter_open ON letter (due) WHERE state IN ('ready', 'sending');
CREATE INDEX IF NOT EXISTS letter_by_job ON letter (job);
CREATE TABLE IF NOT EXISTS book (
    job TEXT, number INTEGER, name TEXT, unit TEXT, year INTEGER, sender TEXT, sha256 TEXT, verdict TEXT,
    received REAL, items TEXT, changes TEXT, PRIMARY KEY (job, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS book_by_unit ON book (unit, year, received);
CREATE TABLE IF NOT EXISTS health (part TEXT PRIMARY KEY, since REAL NOT NULL, trouble TEXT);
"""


_JOB = ", ".join(Job._fields)
_LETTER = ", ".join(Letter._fields)
_BOOK = ", ".join(BookKept._fields)


class Journal:
    """In the state folder, which one robot has at a time; raises JuesuanError when another has it.

    Who only puts a letter into the outbox need not be `alone`.
    """

    def __init__(self, folder: str, *, alone: bool = True) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._lock = only_instance(folder) if alone else None
        self._base = sqlite3.connect(database(folder), isolation_level=None, check_same_thread=False)
        self._taking = threading.RLock()
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_TABLES)
        with self.transaction():
            self._base.execute("INSERT OR IGNORE INTO fact VALUES ('secret', ?)", (os.urandom(32),))
        self.secret: bytes = self._rows("SELECT value FROM fact WHERE name = 'secret'")[0][0]

    def close(self) -> None:
        self._base.close()
        if self._lock:
            self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._taking:
            if self._base.in_transaction:
                yield
                return
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:  # where the disk is full, it has been rolled back already
                    self._base.execute("ROLLBACK")
                raise

    # --- messages in the inbox

    def unseen(self, epoch: int, uids: Sequence[int]) -> list[int]:
        """Which messages of the inbox have not been recorded; `epoch` is its UIDVALIDITY."""
        query = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT uid FROM seen WHERE epoch = ?)"
        return [uid for (uid,) in self._rows(query, (json.dumps(list(uids)), epoch))]

    def see(self, epoch: int, uid: int, kind: SeenKind, job: str | None) -> None:
        self._do("INSERT OR IGNORE INTO seen (epoch, uid, kind, job) VALUES (?, ?, ?, ?)", (epoch, uid, kind, job))

    def to_file(self, epoch: int) -> list[tuple[int, str, str | None, str | None]]:
        """(uid, kind, state of the job, state of its reply) of messages that are done with and still in the inbox."""
        return self._rows(
            "SELECT seen.uid, seen.kind, job.state, letter.state FROM seen LEFT JOIN job ON job.key = seen.job "
            "LEFT JOIN letter ON letter.job = seen.job AND letter.kind = 'reply' "
            "WHERE epoch = ? AND NOT filed AND (seen.kind != 'submission' OR job.state IN ('ignored', 'quarantined') "
            "OR letter.state IN ('sent', 'failed'))",
            (epoch,),
        )

    def filed(self, epoch: int, uids: Iterable[int]) -> None:
        with self.transaction():
            self._base.executemany(
                "UPDATE seen SET filed = 1 WHERE epoch = ? AND uid = ?", [(epoch, uid) for uid in uids]
            )

    # --- jobs

    def receive(self, job: Job) -> bool:
        """Record a job; False if it is known already, as another copy of the same message."""
        admitted = job.received if job.state == "received" else None
        return self._do(
            "INSERT OR IGNORE INTO job (key, state, reason, sender, subject, message_id, thread, content, cut, "
            "received, admitted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*job, admitted),
        )

    def waiting(self, busy: Iterable[str] = ()) -> Job | None:
        """The oldest job to be judged that is not among the `busy`."""
        query = f"SELECT {_JOB} FROM job WHERE state = 'received' AND key NOT IN (SELECT value FROM json_each(?))"
        rows = self._rows(f"{query} ORDER BY received LIMIT 1", (json.dumps(list(busy)),))
        return Job(*rows[0]) if rows else None

    def failed(self, key: str) -> int:
        """Count a failure of the process that looked at the message; how many there are now."""
        with self.transaction():
            self._base.execute("UPDATE job SET failures = failures + 1 WHERE key = ?", (key,))
            return int(self._rows("SELECT failures FROM job WHERE key = ?", (key,))[0][0])

    def answer(self, key: str, letter: Letter, books: Sequence[BookKept]) -> None:
        """The job is judged and its reply written: both, or neither."""
        with self.transaction():
            self._base.execute("UPDATE job SET state = 'answered', reason = NULL WHERE key = ?", (key,))
            self.write(letter)
            places = ", ".join("?" * len(BookKept._fields))
            self._base.executemany(
                f"INSERT OR REPLACE INTO book ({_BOOK}) VALUES ({places})",
                [(*book[:-2], json.dumps(book.items, ensure_ascii=False), json.dumps(book.changes)) for book in books],
            )

    def answered_in_vain(self, sender: str, since: float) -> int:
        """How many messages of a sender were answered in which there was no workbook that could be judged."""
        query = (
            "SELECT count(*) FROM job WHERE sender = ? AND received > ? AND state = 'answered' "
            "AND key NOT IN (SELECT job FROM book)"
        )
        return int(self._rows(query, (sender, since))[0][0])

    def left_alone(self) -> list[tuple[str, str, str]]:
        """(state, sender, reason) of the jobs that are not answered, or not yet."""
        return self._rows("SELECT state, sender, reason FROM job WHERE state IN ('ignored', 'quarantined', 'deferred')")

    def quarantine(self, key: str, reason: str) -> None:
        self._do("UPDATE job SET state = 'quarantined', reason = ? WHERE key = ?", (reason, key))

    def outlived(self, before: float) -> list[str]:
        """Names in the spool that nobody asks for any more: of jobs settled, and letters of them, before a time."""
        with self.transaction():
            settled = (
                "content != '' AND received < ? AND (state IN ('ignored', 'quarantined') OR key IN "
                "(SELECT job FROM letter WHERE kind = 'reply' AND state IN ('sent', 'failed')))"
            )
            names = self._rows(f"SELECT content FROM job WHERE {settled}", (before,))
            self._do(f"UPDATE job SET content = '' WHERE {settled}", (before,))
            sent = "content != '' AND written < ? AND state IN ('sent', 'failed')"
            names += self._rows(f"SELECT content FROM letter WHERE {sent}", (before,))
            self._do(f"UPDATE letter SET content = '' WHERE {sent}", (before,))
        return [name for (name,) in names]

    def admitted_since(self, sender: str, since: float) -> int:
        query = "SELECT count(*) FROM job WHERE sender = ? AND admitted > ?"
        return int(self._rows(query, (sender, since))[0][0])

    def admit_deferred(self, most: int, since: float, now: float) -> int:
        """Let deferred jobs be judged, the oldest first, as far as each sender has room; how many were."""
        admitted = 0
        with self.transaction():
            for key, sender in self._rows("SELECT key, sender FROM job WHERE state = 'deferred' ORDER BY received"):
                if self.admitted_since(sender, since) < most:
                    self._do("UPDATE job SET state = 'received', reason = NULL, admitted = ? WHERE key = ?", (now, key))
                    admitted += 1
        return admitted

    # --- letters

    def write(self, letter: Letter) -> bool:
        """Put a letter into the outbox; False if one of this id is there already."""
        now = time.time()
        return self._do(
            "INSERT OR IGNORE INTO letter (id, kind, job, recipient, content, state, due, written, changed) "
            "VALUES (?, ?, ?, ?, ?, 'ready', ?, ?, ?)",
            (*letter[:5], letter.due, now, now),
        )

    def letter(self, identity: str) -> Letter | None:
        rows = self._rows(f"SELECT {_LETTER} FROM letter WHERE id = ?", (identity,))
        return Letter(*rows[0]) if rows else None

    def due(self, now: float, unproven_before: float) -> Letter | None:
        """The next letter to send: ready and due, or begun before `unproven_before` without any proof since."""
        rows = self._rows(
            f"SELECT {_LETTER} FROM letter WHERE (state = 'ready' AND due <= ?) "
            "OR (state = 'sending' AND changed <= ?) ORDER BY written LIMIT 1",
            (now, unproven_before),
        )
        return Letter(*rows[0]) if rows else None

    def open_letters(self) -> list[tuple[str, float, float]]:
        """(state, due, changed) of every letter that is neither sent nor given up."""
        return self._rows("SELECT state, due, changed FROM letter WHERE state IN ('ready', 'sending')")

    def sending(self, identity: str) -> None:
        """From now on nobody knows whether the letter was accepted, until there is a proof."""
        self._do(
            "UPDATE letter SET state = 'sending', changed = ?, trouble = NULL WHERE id = ?",
            (time.time(), identity),
        )

    def sent(self, identity: str, proof: str) -> None:
        self._do(
            "UPDATE letter SET state = 'sent', proof = ?, trouble = NULL, changed = ? "
            "WHERE id = ? AND state IN ('ready', 'sending')",
            (proof, time.time(), identity),
        )

    def not_sent(self, identity: str, trouble: str, due: float) -> None:
        self._do(
            "UPDATE letter SET state = 'ready', refusals = refusals + 1, due = ?, trouble = ?, changed = ? "
            "WHERE id = ? AND state IN ('ready', 'sending')",
            (due, trouble, time.time(), identity),
        )

    def undeliverable(self, identity: str, trouble: str) -> None:
        self._do(
            "UPDATE letter SET state = 'failed', trouble = ?, changed = ? WHERE id = ?",
            (trouble, time.time(), identity),
        )

    # --- books

    def last_book(self, unit: str, year: int | None, senders: Sequence[str], before: float) -> BookKept | None:
        """The last version of a unit's book that one of `senders` handed in and that could be judged."""
        rows = self._rows(
            f"SELECT {_BOOK} FROM book WHERE unit = ? AND year IS ? AND received < ? AND verdict != 'unjudged' "
            "AND sender IN (SELECT value FROM json_each(?)) ORDER BY received DESC, number DESC LIMIT 1",
            (unit, year, before, json.dumps(list(senders))),
        )
        return _book(rows[0]) if rows else None

    # --- health

    def believe(self, now: float) -> None:
        """Nothing open has happened after `now`: where it says so, the clock was wrong and has been put back."""
        with self.transaction():
            self._base.execute(
                "UPDATE letter SET written = min(written, ?1), changed = min(changed, ?1), due = min(due, ?1 + 3600) "
                "WHERE state IN ('ready', 'sending')",
                (now,),
            )
            self._base.execute("UPDATE job SET admitted = ?1 WHERE admitted > ?1", (now,))

    def healthy(self, part: str, trouble: str | None) -> None:
        """Note that a part of the robot works, or what troubles it; `since` stays while nothing changes."""
        self._do(
            "INSERT INTO health VALUES (?, ?, ?) ON CONFLICT (part) DO UPDATE SET since = excluded.since, "
            "trouble = excluded.trouble WHERE trouble IS NOT excluded.trouble",
            (part, time.time(), trouble),
        )

    def _do(self, statement: str, values: Sequence[object] = ()) -> bool:
        with self.transaction():
            return self._base.execute(statement, values).rowcount > 0

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._taking:
            return self._base.execute(query, values).fetchall()


def database(folder: str) -> str:
    return os.path.join(folder, "journal.db")


def _book(row: tuple) -> BookKept:  # type: ignore[type-arg]
    return BookKept._make((*row[:-2], json.loads(row[-2]), json.loads(row[-1])))
