"""A process of the pool: judges one workbook after another, within limits for each."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from juesuan.apart import Message, serve
from juesuan.edition import load_edition
from juesuan.intake.judge import judge
from juesuan.report.result import as_dict
from juesuan.rules import Catalogue, load_catalogue


@lru_cache(maxsize=1)
def _catalogue(edition: str, rules: str | None) -> Catalogue:
    catalogue = load_catalogue(load_edition(edition))
    return catalogue.extended(rules) if rules else catalogue


def _answer(request: dict[str, Any], _: bytes) -> Message:
    catalogue = _catalogue(request["edition"], request["rules"])
    return as_dict(judge(request["path"], catalogue, apart=False)), b""


if __name__ == "__main__":
    serve(_answer)
