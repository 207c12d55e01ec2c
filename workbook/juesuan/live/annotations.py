"""Notes on cells of the open workbook: ours below what the user wrote, and off again without a trace."""

from __future__ import annotations

import logging

import xlwings as xw

from juesuan.ooxml.note_boxes import fitting
from juesuan.reading.notes import END, HEAD, RULER, own_spans

_LOG = logging.getLogger("juesuan.buttons")


def annotate(cell: xw.Range, text: str) -> bool:
    """Put `text` into the note of a cell, below what stands there; whether the cell takes one."""
    ours = f"{fitting(text)}\n{END}"
    try:
        note = cell.note
        if note is None:
            cell.api.AddComment(HEAD + ours)
        else:
            note.text = f"{note.text}\n{RULER}\n{ours}"
    except Exception:  # a threaded comment, a merged cell: what COM raises differs between programs
        _LOG.info("%s", cell.address, exc_info=True)
        return False
    return True


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
