"""Trials counted up into the figures that are published: plain numbers, ready for JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from locate.books import BANDS
from locate.laws import METHODS
from locate.lots import CLEAN, FURTHER, ONE, SIZES, TEN, THREE, TIMED, TWO
from locate.slips import KINDS
from locate.trials import ACCOUNTS, Trial

Figures = dict[str, Any]
JOINT = "联合判定"


def tally(trials: Sequence[Trial]) -> Figures:
    lots: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        lots[trial.lot].append(trial)
    one = lots[ONE]
    return {
        "clean": _clean(lots[CLEAN]),
        "proof": _proof(trials),
        "detection": {lot: _detection(lots[lot]) for lot in (ONE, TWO, THREE)},
        "naming": {lot: _naming(lots[lot]) for lot in (ONE, TWO, THREE)},
        "classes": {
            kind: {"title": entry.title} | _detection(group) | _naming(group)
            for kind, entry in KINDS.items()
            if (group := [trial for trial in (*one, *lots[FURTHER]) if trial.kinds == (kind,)])
        },
        "accounts": {name: _account(lots[name]) for name in ACCOUNTS},
        "speed": {
            lot: {f"{low}—{high}": _seconds(_in_band(lots[lot], low, high)) for low, high in BANDS}
            for lot in (CLEAN, ONE, TWO, THREE)
        },
        "timed": {str(rows): _seconds(lots[lot]) for rows, lot in TIMED.items()},
        "ten": _naming(lots[TEN]) | _seconds(lots[TEN]),
    }


def _clean(trials: Sequence[Trial]) -> Figures:
    alarms: dict[str, Sequence[int]] = {
        method: [trial.alarms[number] for trial in trials] for number, method in enumerate(METHODS)
    }
    alarms[JOINT] = [int(trial.detected) for trial in trials]
    return {
        "books": len(trials),
        "rows": [min(trial.rows for trial in trials), max(trial.rows for trial in trials)],
        "undecided": sum(trial.joint is None for trial in trials),
        "methods": {
            method: {"books": sum(map(bool, counts)), "alarms": _share(sum(counts), len(trials))}
            for method, counts in alarms.items()
        },
    }


def _proof(trials: Sequence[Trial]) -> Figures:
    """How many verdicts there are, how many stood the second look, and how many were not reached."""
    return {
        "witnesses": sum(trial.joint is True for trial in trials),
        "witnesses_verified": sum(trial.joint is True and trial.verified for trial in trials),
        "certificates": sum(trial.detected for trial in trials),
        "certificates_verified": sum(trial.detected and trial.verified for trial in trials),
        "undecided": sum(trial.joint is None for trial in trials),
        "limited": sum(trial.limited for trial in trials),
    }


def _detection(trials: Sequence[Trial]) -> Figures:
    found = {method: sum(trial.alarms[number] > 0 for trial in trials) for number, method in enumerate(METHODS)}
    found[JOINT] = sum(trial.detected for trial in trials)
    return {"books": len(trials), "detected": {method: _share(count, len(trials)) for method, count in found.items()}}


def _naming(trials: Sequence[Trial]) -> Figures:
    """Over the slips in books that were found wrong; values only where they stand in cells."""
    found = [trial for trial in trials if trial.detected]
    scores = [score for trial in found for score in trial.scores]
    alone = [score for trial in found for score, is_so in zip(trial.scores, trial.alone, strict=True) if is_so]
    values = [score.exact for score in scores if score.exact is not None]
    return {
        "slips": len(scores),
        "in_set": _share(sum(score.in_set for score in scores), len(scores)),
        "in_set_alone": _share(sum(score.in_set for score in alone), len(alone)),
        "named": _share(sum(score.named for score in scores), len(scores)),
        "among_few": _share(sum(score.among_few for score in scores), len(scores)),
        "exact": _share(sum(values), len(values)) if values else None,
        "within": _share(sum(score.within for score in scores), len(scores)),
        "whole": _share(sum(trial.whole for trial in found), len(found)),
        "looked": _spread([trial.looked for trial in found]),
        "naive": _spread([trial.naive for trial in found]),
    }


def _account(trials: Sequence[Trial]) -> Figures:
    (as_published,) = (trial for trial in trials if not trial.size)
    changed = [trial for trial in trials if trial.size]
    return {
        "feasible": as_published.joint,
        "balanced": as_published.balanced,
        "severity": as_published.severity,
        "alarms": dict(zip(METHODS, as_published.alarms, strict=True)),
        "looked": as_published.looked,
        "sizes": {
            str(size): _detection(group) | _naming(group)
            for size in SIZES
            if (group := [trial for trial in changed if trial.size == size])
        },
        "all": _detection(changed) | _naming(changed) if changed else None,
    }


def _in_band(trials: Iterable[Trial], low: int, high: int) -> list[Trial]:
    return [trial for trial in trials if low <= trial.rows < high or trial.rows >= high == BANDS[-1][1]]


def _seconds(trials: Iterable[Trial]) -> Figures:
    times = sorted(trial.seconds for trial in trials)
    return {"runs": len(times), "p50": _quantile(times, 0.5), "p95": _quantile(times, 0.95), "max": _quantile(times, 1)}


def _spread(counts: Iterable[int]) -> Figures:
    ordered = sorted(counts)
    mean = round(sum(ordered) / len(ordered), 2) if ordered else 0.0
    return {"mean": mean, "p50": _quantile(ordered, 0.5), "p95": _quantile(ordered, 0.95)}


def _quantile(ordered: Sequence[float], share: float) -> float:
    """By nearest rank."""
    return round(ordered[max(0, -int(-share * len(ordered) // 1) - 1)], 4) if ordered else 0.0


def _share(count: int, whole: int) -> float:
    return round(count / whole, 4) if whole else 0.0
