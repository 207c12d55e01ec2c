"""The rules that are no equations, each a function named in its rule's declaration."""

from __future__ import annotations

from collections.abc import Mapping

from juesuan.checks import amounts, codes, explanations, jointly, sheets, tails, years
from juesuan.evidence import Check

CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        *amounts.CHECKS,
        *codes.CHECKS,
        *explanations.CHECKS,
        *jointly.CHECKS,
        *sheets.CHECKS,
        *tails.CHECKS,
        *years.CHECKS,
    )
}
