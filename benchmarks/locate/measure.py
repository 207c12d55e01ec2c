"""Run every job on all processors and bring the trials back in an order that does not depend on them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from random import Random

from locate.books import synthetic
from locate.lots import CLEAN, Case, Job, Scale, jobs
from locate.slips import ground, slip
from locate.trials import Trial, judged

Told = tuple[Trial, str]
"""A trial, and in words what went wrong in it, if anything did."""


def measured(scale: Scale, seed: int) -> list[Told]:
    with multiprocessing.Pool(os.cpu_count()) as pool:
        return [told for done in pool.imap(_done, jobs(scale, seed)) for told in done]


def digest(trials: Iterable[Trial]) -> str:
    """Of everything but time: the same for the same seed, whatever the machine and the hash seed."""
    whole = sha256()
    for trial in trials:
        whole.update(repr(trial._replace(seconds=0.0)).encode())
    return whole.hexdigest()[:16]


@cache
def _warm_up() -> None:
    """Load the solver before anything is timed: that happens once in a process."""
    where = ground(synthetic(0, 16))
    mistake = slip("sign", Random(0), where)
    assert mistake is not None
    judged(CLEAN, where, [mistake])


def _done(job: Job) -> list[Told]:
    _warm_up()
    return [(case[0], _trouble(case)) for case in job()]


def _trouble(case: Case) -> str:
    """What a developer of the solver wants to see: verdicts without proof, truths not reported, limits hit."""
    trial, joint, slips, where = case
    words = [
        ("未判定", trial.joint is None),
        ("证明不成立", trial.joint is not None and not trial.verified),
        ("误报", trial.joint is False and not slips and not trial.balanced),
        ("超时", trial.limited),
        ("真值不在所列之中", trial.detected and not all(score.in_set for score in trial.scores)),
        ("首选不对", trial.detected and len(slips) == 1 and not all(score.named for score in trial.scores)),
    ]
    troubles = [word for word, is_so in words if is_so]
    if not troubles:
        return ""
    truth = [
        f"{mistake.kind} {mistake.lost or ''}"
        + "；".join(f"{key} {where.book.cells[key].fen} → {fen}" for key, fen in mistake.printed.items())
        for mistake in slips
    ]
    said = [
        f"{culprit.diagnosis}: "
        + " | ".join(
            " ".join(f"{suspect.cell.key}={suspect.suggested}" for suspect in choice)
            for choice in (culprit.suspects, *culprit.alternatives)[:4]
        )
        + "".join(f" gap {gap.table} {gap.parent} {gap.codes} {dict(gap.amounts)}" for gap in culprit.gaps[:4])
        for culprit in joint.culprits
    ]
    return f"{'、'.join(troubles)} [{trial.lot}] {trial.name} size={trial.size}\n  truth {truth}\n  said  {said}"
