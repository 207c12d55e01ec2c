"""The page and the tables of a batch run for a few books at once, without a folder."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from typing import TextIO

from juesuan.batch.ledger import Ledger, kept_of
from juesuan.batch.page import TITLE, Page
from juesuan.batch.row import Telling
from juesuan.batch.summary import Summary
from juesuan.batch.titles import require_sound, titles_of
from juesuan.batch.worker import record
from juesuan.intake.books import found_at, these
from juesuan.intake.judge import Order


def told(paths: Sequence[str], order: Order, form: str, stream: TextIO) -> tuple[dict[str, int], str | bytes]:
    """How many books of each verdict, and the page (`form` ``html``) or the tables (``xlsx``).

    On `stream` comes a sentence for each book that could not be judged.
    """
    require_sound(order)
    ledger = Ledger(":memory:", "", afresh=True)
    ledger.expect(map(found_at, paths))
    for path in ledger.waiting():
        judged = record(path, order, apart=True)
        if judged.entry["verdict"] == "unjudged":
            stream.write(f"{path}：{judged.entry['reason']}\n")
        ledger.keep(kept_of(path, judged, None))
    telling = Telling(ledger, these(paths), None)
    content: str | bytes = _page(telling, order) if form == "html" else _tables(telling, order)
    return ledger.verdicts(), content


def _page(telling: Telling, order: Order) -> str:
    file = io.StringIO()
    page = Page(file, telling, TITLE)
    for row, _ in telling.rows():
        page.add(row)
    page.finish(titles_of(order, telling.editions))
    return file.getvalue()


def _tables(telling: Telling, order: Order) -> bytes:
    summary = Summary(telling)
    for row, entry in telling.rows():
        summary.add(row, entry)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "summary.xlsx")
        summary.write(path, titles_of(order, telling.editions))
        with open(path, "rb") as file:
            return file.read()
