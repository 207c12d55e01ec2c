"""Notes on cells of the open workbook: ours below what the user wrote, and off again without a trace."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import xlwings as xw

from juesuan.ooxml.note_boxes import WIDTH, fitting, height_for
from juesuan.reading.notes import END, HEAD, RULER, own_spans

_LOG = logging.getLogger("juesuan.buttons")
_POINTS = 0.75
"""A pixel in points."""


def annotate(cell: xw.Range, text: str) -> bool:
    """Put `text` into the note of a cell, below what stands there; whether the cell takes one."""
    ours = f"{fitting(text)}\n{END}"
    try:
        note = cell.note
        if note is None:
            _fit(cell.api.AddComment(HEAD + ours), HEAD + ours)
        else:
            note.text = f"{note.text}\n{RULER}\n{ours}"
    except Exception:  # a threaded comment, a merged cell: what COM raises differs between programs
        _LOG.info("%s", cell.address, exc_info=True)
        return False
    return True


def _fit(comment: Any, text: str) -> None:
    """Make the box of a new note as large as its text needs, where the program lets us."""
    with suppress(Exception):  # what COM raises differs between programs; the note is there all the same
        shape = comment.Shape
        shape.Width, shape.Height = WIDTH * _POINTS, height_for(text) * _POINTS


def take_off(sheet: xw.Sheet) -> None:
    """Remove ours from every note of a sheet; a note that was ours alone goes."""
    for note in list(sheet.notes):
        text = note.text
        spans = own_spans(text)
        if spans is None:
            note.delete()
        elif spans:
            note.text = "".join(
                char for place, char in enumerate(text) if not any(start <= place < end for start, end in spans)
            )
