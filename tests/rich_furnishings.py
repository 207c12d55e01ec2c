"""What stands around the twenty kinds of content in the rich workbook, and may go astray when it is patched."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rich_features import Features, Look, on_sheets, runs, vml_shapes, written_comments
from rich_package import Tree, attributes, cells, named, qualified, text


def furnishings(data: bytes) -> Features:
    """The items of each kind, by its name, as in `rich_features.features`."""
    tree = Tree(data)
    return {kind: frozenset(look(tree)) for kind, look in FURNISHINGS.items()}


def _sheet_states(tree: Tree) -> Iterator[str]:
    book = tree.xml(tree.workbook())
    for number, sheet in enumerate(named(book, "sheet")):
        yield f"{number} {sheet.get('name')} {sheet.get('state', 'visible')}"
    for view in named(book, "workbookView"):
        yield f"opens at {view.get('activeTab')}"


def _structure_lock(tree: Tree) -> Iterator[str]:
    for protection in named(tree.xml(tree.workbook()), "workbookProtection"):
        yield attributes(protection)


def _hyperlinks(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for link in named(sheet, "hyperlink"):
        if relation := tree.relations(part).get(qualified(link, "id")):
            yield f"{link.get('ref')} {relation.target} {relation.external} {link.get('tooltip')}"


def _merged(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for merged in named(sheet, "mergeCell"):
        yield merged.get("ref", "")


def _formulas(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for address, cell in cells(sheet):
        for formula in named(cell, "f"):
            yield f"{address} {attributes(formula)} ={formula.text or ''} gives {text(cell, 'v')}"


def _comment_boxes(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for shape in vml_shapes(tree, part, sheet)[1]:
        if row := text(shape, "Row"):
            yield f"{row} {text(shape, 'Column')} {text(shape, 'Anchor').split()} {bool(named(shape, 'Visible'))}"


def _comment_fonts(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for address, _, comment in written_comments(tree, part):
        yield f"{address} {runs(comment)}"


def _content_types(tree: Tree) -> Iterator[str]:
    for entry in tree.xml("[Content_Types].xml"):
        yield attributes(entry)


FURNISHINGS: dict[str, Look] = {
    "sheets": _sheet_states,
    "structure lock": _structure_lock,
    "hyperlinks": on_sheets(_hyperlinks),
    "merged cells": on_sheets(_merged),
    "formulas": on_sheets(_formulas),
    "comment boxes": on_sheets(_comment_boxes),
    "comment fonts": on_sheets(_comment_fonts),
    "content types": _content_types,
}
