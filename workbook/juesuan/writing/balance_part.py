"""The record, inside the package, of how the figures were rounded, so that doing it again changes nothing."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree

from juesuan.book import Book
from juesuan.ooxml.custom_part import custom_part, put_custom_part
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import Patch

NAMESPACE = "urn:juesuan:balanced:1"
_ITEM = "{B6F0C1E2-7D0D-4E55-9A53-2C8B5A0F6C31}"


def is_balanced(package: Package, book: Book, method: str) -> bool:
    """Whether the figures are still those that this method made of them."""
    part = custom_part(package, NAMESPACE)
    if part is None:
        return False
    try:
        return ElementTree.fromstring(package.read(part)).attrib == _attributes(book, method)
    except ElementTree.ParseError:
        return False


def record_balance(patch: Patch, book: Book, method: str) -> None:
    """Let the package record that `method` made the figures of `book`."""
    given = "".join(f' {name}="{value}"' for name, value in _attributes(book, method).items())
    put_custom_part(patch, NAMESPACE, f'<balanced xmlns="{NAMESPACE}"{given}/>', _ITEM)


def _attributes(book: Book, method: str) -> dict[str, str]:
    figures = "\n".join(f"{'/'.join(cell.key)}={cell.fen}" for cell in book.cells.values() if cell.fen is not None)
    return {"method": method, "figures": hashlib.sha256(figures.encode()).hexdigest()}
