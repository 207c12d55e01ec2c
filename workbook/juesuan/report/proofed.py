"""What proofreading a text gave, for people at a terminal and for programs (the shape of juesuan.check/1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from juesuan import __version__
from juesuan.proofread.proof import Proof
from juesuan.report.result import UNDECIDED, Result, as_dict, finding_as_dict, head_as_dict
from juesuan.report.text import as_text as tables_as_text
from juesuan.report.text import heading
from juesuan.wording import told


def as_text(proof: Proof, tables: Sequence[Result] = ()) -> str:
    """The remarks; then what was found in the tables of the document itself."""
    parts = ["\n".join(_lines(proof)) + "\n"]
    if tables:
        parts.append(f"文字稿里印出的各表：\n{tables_as_text(tables)}")
    return "\n".join(parts)


def _lines(proof: Proof) -> Iterator[str]:
    counts = proof.counts
    yield from heading(proof.document.path, proof.book, proof.verdict, proof.reason)
    yield (
        f"文字核对：相符 {counts['passed']} 处，尾差 {counts['tail']} 处，错误 {counts['failed']} 条，"
        f"核实 {counts['warning']} 条，无从对照 {counts['not_applicable']} 处，未核对 {counts['not_checked']} 项"
    )
    for remark in proof.remarks:
        yield ""
        yield told(remark.finding)
    if proof.not_checked:
        yield ""
        yield "未核对："
        yield from (f"  {item.reason}" for item in proof.not_checked)


def as_json(proof: Proof, sha256: str | None, tables: Sequence[Result] = ()) -> str:
    """One `books[]` element, and another for the tables of the document itself.

    A finding has no cell of its own, but its section, page, line and quotation.
    """
    book = proof.book
    findings = []
    for finding, passage in proof.remarks:
        entry = finding_as_dict(finding, book)
        if passage:
            entry |= {
                "section": passage.section,
                "page": passage.page,
                "line": passage.line if passage.paragraph is None else None,
                "paragraph": None if passage.paragraph is None else passage.paragraph + 1,
                "quote": passage.quote,
            }
        findings.append(entry)
    element = head_as_dict(proof.document.path, sha256, book) | {
        "verdict": proof.verdict,
        "reason": proof.reason,
        "counts": proof.counts,
        "rounding": UNDECIDED,
        "culprits": [],
        "findings": findings,
        "not_checked": [{"rule": item.rule, "reason": item.reason} for item in proof.not_checked],
    }
    content = {"schema": "juesuan.check/1", "version": __version__, "books": [element, *map(as_dict, tables)]}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
