"""The joint verdict: could some exact amounts satisfy all relations of a book at once and print as it prints them?

Amounts near the printed figures are looked for first, in plain integers and without the solver; whatever that does
not settle is for `verdict`. The answer rests on integers alone: what is found is verified before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from juesuan.locate.judgement import Joint
from juesuan.locate.nearby import nearby_witness

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.locate.answer import Missing, Observation
    from juesuan.relations import Relation


def judge_jointly(
    relations: Iterable[Relation],
    book: Book,
    *,
    observations: Iterable[Observation] = (),
    missing: Iterable[Missing] = (),
    seconds: float = 3.0,
) -> Joint:
    """Judge the relations of a book together.

    `relations` are laws (level error; =, <= or >=) between readable cells; `observations` further linear facts;
    `missing` codes that a table lacks and others have. `seconds` of CPU limit the search for a verdict and culprits.
    """
    stated, observed = tuple(relations), tuple(observations)
    amounts = None if observed else nearby_witness(stated)
    if amounts is not None:
        return Joint(True, amounts)
    from juesuan.locate.answer import Material
    from juesuan.locate.followers import followers_of
    from juesuan.locate.verdict import verdict

    return verdict(Material(stated, observed, tuple(missing), book, followers_of(stated, book)), seconds)
