"""Everything that is published together, with a manifest that says what it was made from and how it was checked."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from juesuan import __version__
from juesuan.check import Checked
from juesuan.document.open_data import as_csv, as_json
from juesuan.document.paged import paged
from juesuan.document.tables import published_tables
from juesuan.narrative.facts import Facts
from juesuan.ooxml.saving import workbook_bytes
from juesuan.rules import FOLDER

MANIFEST = "清单.json"
_IN_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
LONGEST_UNIT = 60
"""Characters of a unit's name in that of a file; file systems allow 255 bytes for the whole."""


class Origin(NamedTuple):
    """The workbook published, by name and hash, and the reason for publishing it in spite of errors.

    `draft`: it is for reading only; `missing`: what its narrative still lacks.
    """

    path: str
    sha256: str | None
    override: str = ""
    draft: bool = False
    missing: tuple[str, ...] = ()


def package(facts: Facts, checked: Checked, origin: Origin, *, pdf: bool = True) -> dict[str, bytes]:
    """The files by name, the manifest last."""
    book = checked.book
    unit = _IN_NO_NAME.sub("_", book.unit or "")[:LONGEST_UNIT]
    name = f"{unit}{book.year or ''}年度部门决算{'（草稿）' if origin.draft else ''}"
    printed = paged(facts, layout=pdf, draft=origin.draft)
    tables, _ = published_tables(book)
    files = {
        f"{name}.docx": printed.docx,
        **({f"{name}.pdf": printed.pdf} if printed.pdf else {}),
        f"{name}.xlsx": workbook_bytes(tables, author=""),
        f"{name}.csv": as_csv(book),
        f"{name}.json": as_json(book),
    }
    return files | {MANIFEST: _manifest(files, checked, origin)}


def _manifest(files: Mapping[str, bytes], checked: Checked, origin: Origin) -> bytes:
    content = {
        "schema": "juesuan.publication/1",
        "version": __version__,
        "rules": rules_digest(),
        "edition": checked.book.edition.id,
        "unit": checked.book.unit,
        "year": checked.book.year,
        "source": {"name": os.path.basename(origin.path), "sha256": origin.sha256},
        "verdict": checked.verdict,
        "counts": checked.counts,
        "override": origin.override or None,
        "overridden": [item.message for item in checked.findings if item.overridden],
        "explained": [item.message for item in checked.findings if item.answer and not item.overridden],
        "draft": origin.draft,
        "missing": list(origin.missing),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def rules_digest() -> str:
    """One hash over all rule files: which set of rules it was checked with."""
    digest = hashlib.sha256()
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".toml"):
            with open(os.path.join(FOLDER, name), "rb") as file:
                digest.update(name.encode() + b"\0" + file.read().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
