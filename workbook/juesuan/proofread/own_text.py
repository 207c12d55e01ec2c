"""What is wrong in the third part as it is written from a book: figures given beside the tables that fit nothing."""

from __future__ import annotations

from juesuan.narrative.facts import Facts
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.document import Document, Line
from juesuan.proofread.proof import proofread
from juesuan.rules import Rule

UNFILLED = "TXT022"


def contradictions(facts: Facts, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """A sentence for each error of the text that would be written; what is still to be filled in is none."""
    document = Document("", (Line(paragraph.text) for paragraph in write_narrative(facts)))
    proof = proofread(document, facts.book, rules, facts.declaration, facts.supplement)
    errors = (finding for finding, _ in proof.remarks if finding.level == "error")
    return tuple(finding.message for finding in errors if finding.rule != UNFILLED)
