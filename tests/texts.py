"""The published text of 焦作2024, and what proofreading a text against its workbook says."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.narrative.declaration import Declaration, load_declaration
from juesuan.narrative.supplement import NOTHING, Supplement
from juesuan.proofread.document import Document, Line
from juesuan.proofread.proof import Proof, proofread
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import TEXT_FAMILIES, Rule, load_catalogue
from juesuan.together import Together

SAMPLES = Path(__file__).parent.parent / "samples"
WORKBOOK = SAMPLES / "焦作2024.xlsx"
TEXT = SAMPLES / "published" / "焦作2024.txt"
EDITION = load_edition("henan-2024")
BOOK = read_book(open_workbook(str(WORKBOOK)), EDITION)


@cache
def declaration() -> Declaration:
    return load_declaration("henan-2024")


@cache
def text_rules() -> tuple[Rule, ...]:
    return load_catalogue(EDITION, TEXT_FAMILIES).rules


@cache
def together() -> Together:
    return check(BOOK, load_catalogue(EDITION)).together


def published() -> str:
    return TEXT.read_text(encoding="utf-8")


def flowing() -> str:
    """The published text without its line breaks, in which a phrase can be replaced."""
    return "".join(published().split())


def document(lines: Iterable[str]) -> Document:
    return Document("说明.txt", [Line(line) for line in lines])


def proof_of(text: str, supplement: Supplement = NOTHING) -> Proof:
    return proofread(document(text.splitlines()), BOOK, text_rules(), declaration(), supplement, together=together())


def said(proof: Proof) -> set[tuple[str, str, str]]:
    """Rule, level and section of every remark."""
    return {
        (item.finding.rule, item.finding.level, item.passage.section if item.passage else "") for item in proof.remarks
    }
