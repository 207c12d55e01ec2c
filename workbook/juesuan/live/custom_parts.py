"""Records kept inside the open workbook as custom XML parts, the same as in a file; not every program offers them."""

from __future__ import annotations

from contextlib import suppress

import xlwings as xw


def custom_xml(book: xw.Book, namespace: str) -> str | None:
    """The record of a namespace."""
    with suppress(Exception):  # WPS may lack this part of the object model, and says so in many ways
        found = book.api.CustomXMLParts.SelectByNamespace(namespace)
        if found.Count:
            return str(found(1).XML)
    return None


def put_custom_xml(book: xw.Book, namespace: str, content: str) -> bool:
    """Keep `content`, its root element, in place of what was kept; whether the program can."""
    with suppress(Exception):
        found = book.api.CustomXMLParts.SelectByNamespace(namespace)
        for number in range(found.Count, 0, -1):
            found(number).Delete()
        book.api.CustomXMLParts.Add(content)
        return True
    return False
