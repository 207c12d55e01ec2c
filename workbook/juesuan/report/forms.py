"""The editions there are, and how well each is founded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from juesuan.model import Edition

TIERS = {"A": "甲：种子公开件逐格核过", "B": "乙：其他公开件或公开的表样"}
ASSUMED = "丙：未见公开件，属推定"


def as_text(editions: Sequence[Edition]) -> str:
    return "\n".join("\n".join(_edition(edition)) for edition in editions) + "\n"


def _edition(edition: Edition) -> Iterator[str]:
    count = sum(not table.optional for table in edition.tables)
    yield f"{edition.id}  {edition.title}（{count} 张表）"
    yield from (f"    依据（{TIERS[tier]}）：{text}" for tier, text in edition.evidence)
    yield from (f"    推定（{ASSUMED}）：{text}" for text in edition.assumptions)


def as_json(editions: Sequence[Edition]) -> str:
    entries = [
        {
            "id": edition.id,
            "title": edition.title,
            "tables": [table.title for table in edition.tables if not table.optional],
            "basis": "；".join(text for _, text in edition.evidence),
            "evidence": [{"tier": tier, "text": text} for tier, text in edition.evidence],
            "assumptions": [{"tier": "C", "text": text} for text in edition.assumptions],
        }
        for edition in editions
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
