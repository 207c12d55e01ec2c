"""What is promised, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from locate.lots import CLEAN, ONE, THREE
from locate.tally import JOINT


class Target(NamedTuple):
    """`measured` must not be above `limit`, or not below it where `at_least`."""

    title: str
    measured: float
    limit: float
    at_least: bool = False
    percent: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def demand(self) -> str:
        extreme = 1 if self.percent else 0
        sign = "" if self.limit == extreme else "≥ " if self.at_least else "≤ "
        return sign + self.shown(self.limit)

    def shown(self, value: float) -> str:
        return f"{100 * value:.10g} %" if self.percent else f"{value:.10g}"


def targets(figures: dict[str, Any]) -> Iterator[Target]:
    """The figures the work on joint rounding was to reach, in its order."""
    clean, proof = figures[CLEAN], figures["proof"]
    one, three = figures["naming"][ONE], figures["naming"][THREE]
    yield Target("无误的账本数", clean["books"], 1000, at_least=True)
    yield Target("其中误报", clean["methods"][JOINT]["books"], 0)
    yield Target("没有判定的", proof["undecided"], 0)
    yield Target("见证没有通过复核的", proof["witnesses"] - proof["witnesses_verified"], 0)
    yield Target("证书没有通过复核的", proof["certificates"] - proof["certificates_verified"], 0)
    yield Target("一处错：错处在所列之中", one["in_set"], 1.0, at_least=True, percent=True)
    yield Target("一处错：首选即错处", one["named"], 0.965, at_least=True, percent=True)
    yield Target("一处错：建议值与原数相同", one["exact"], 0.97, at_least=True, percent=True)
    yield Target("一处错：平均要看的格数", one["looked"]["mean"], 2.1)
    yield Target("三处错：错处在所列之中", three["in_set"], 0.97, at_least=True, percent=True)
    yield Target("60 行，95 % 的账本用时（秒）", figures["timed"]["60"]["p95"], 0.5)
    yield Target("300 行，95 % 的账本用时（秒）", figures["timed"]["300"]["p95"], 1.0)
    yield Target("300 行、十处错，最长用时（秒）", figures["ten"]["max"], 2.0)
    yield Target(
        "元当作万元：错处在所列之中", figures["classes"]["unit_yuan"]["in_set"], 1.0, at_least=True, percent=True
    )
