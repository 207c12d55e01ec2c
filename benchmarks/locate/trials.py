"""One trial: a book, with slips or without, judged in every way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from juesuan.locate.answer import Culprit, Suspect
from juesuan.locate.joint import judge_jointly
from juesuan.locate.judgement import Joint
from locate.books import (
    FINANCE,
    SOCIAL_WORK,
    Specimen,
    jiaozuo,
    putuo,
    unbalanced,
)
from locate.laws import alarms_of, beyond_interval, cells_of, laws_of, missing_of
from locate.proof import certificate_holds, witness_holds
from locate.score import Score, looked_at, scored, wholly_right
from locate.slips import Ground, Slip, ground, with_slips

SECONDS = 120.0
"""Far more than is ever needed: the limit is by the clock, and other work on the machine must not change figures."""
ACCOUNTS: dict[str, Callable[[], Specimen]] = {
    "焦作2024": jiaozuo,
    SOCIAL_WORK: lambda: putuo(SOCIAL_WORK),
    FINANCE: lambda: putuo(FINANCE),
    f"{FINANCE}（还原舍位平衡）": lambda: unbalanced(putuo(FINANCE)),
}
BALANCED = FINANCE
"""The account that was balanced by hand: told as it is, and changed only after that is set back."""


class Trial(NamedTuple):
    """What became of one book.

    `lot`: what it was measured for; `name` and `kinds`: the book and the slips in it; `size`: of a change, in 0.01
    万元. `alarms`: laws each of METHODS finds broken, for a book with slips only those beyond what it finds without
    them. `joint`: the joint verdict; `verified`: its witness or certificate stood a second look. `naive` and `looked`:
    cells to look at without help, and with it; the same where nothing is named. `whole`: the first choices are the
    whole truth. `alone`: for each slip, whether intervals would find it if it were the only one. `said`: a digest of
    the culprits. `seconds`: CPU time of the joint verdict with its culprits.
    """

    lot: str
    name: str
    rows: int
    kinds: tuple[str, ...]
    size: int
    alarms: tuple[int, ...]
    joint: bool | None
    verified: bool
    limited: bool
    balanced: bool
    severity: str | None
    naive: int
    looked: int
    whole: bool
    scores: tuple[Score, ...]
    alone: tuple[bool, ...]
    said: str
    seconds: float

    @property
    def detected(self) -> bool:
        return self.joint is False


def judged(lot: str, where: Ground, slips: Iterable[Slip] = (), size: int = 0) -> tuple[Trial, Joint]:
    """Judge a book with these slips."""
    mistakes = tuple(slips)
    book = with_slips(where.book, mistakes) if mistakes else where.book
    laws = laws_of(book) if mistakes else where.laws
    missing = missing_of(book)
    start = time.process_time()
    joint = judge_jointly(laws, book, missing=missing, seconds=SECONDS)
    seconds = time.process_time() - start
    broken = beyond_interval(laws)
    naive = len(cells_of(broken))
    before = where.alarms if mistakes else (0,) * len(where.alarms)
    if joint.feasible is None:
        verified = False
    elif joint.feasible:
        verified = joint.witness is not None and witness_holds(joint.witness, book, laws)
    else:
        verified = certificate_holds([(share.multiplier, share.source) for share in joint.certificate], laws)
    trial = Trial(
        lot=lot,
        name=where.specimen.name,
        rows=where.specimen.code_rows,
        kinds=tuple(mistake.kind for mistake in mistakes),
        size=size,
        alarms=tuple(max(0, now - before) for now, before in zip(alarms_of(laws), before, strict=True)),
        joint=joint.feasible,
        verified=verified,
        limited=joint.limited is not None,
        balanced=joint.balanced,
        severity=joint.severity,
        naive=naive,
        looked=looked_at(joint) or (naive if joint.feasible is False else 0),
        whole=wholly_right(mistakes, joint),
        scores=tuple(scored(mistake, joint, where.book) for mistake in mistakes),
        alone=(bool(broken),) if len(mistakes) == 1 else tuple(_found_alone(mistake, where) for mistake in mistakes),
        said=_digest(joint),
        seconds=seconds,
    )
    return trial, joint


def _found_alone(mistake: Slip, where: Ground) -> bool:
    return bool(beyond_interval(laws_of(with_slips(where.book, [mistake]))))


def _digest(joint: Joint) -> str:
    """All that is said about culprits, in 16 hexadecimal digits."""
    said = [
        (
            culprit.diagnosis,
            culprit.explains,
            [[(suspect.cell.key, *suspect[1:]) for suspect in choice] for choice in _choices(culprit)],
            [(*gap[:3], sorted(gap.amounts.items()), sorted(gap.intervals.items())) for gap in culprit.gaps],
        )
        for culprit in joint.culprits
    ]
    return sha256(repr(said).encode()).hexdigest()[:16]


def _choices(culprit: Culprit) -> tuple[tuple[Suspect, ...], ...]:
    return (culprit.suspects, *culprit.alternatives)


@cache
def account(name: str) -> Ground:
    return ground(ACCOUNTS[name]())
