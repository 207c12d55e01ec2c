"""A record of ours is in every way what `typing.NamedTuple` gives."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from juesuan import record


class Ours(record.NamedTuple):
    name: str
    amount: int = 3

    def twice(self) -> int:
        return 2 * self.amount


class Theirs(typing.NamedTuple):
    name: str
    amount: int = 3

    def twice(self) -> int:
        return 2 * self.amount


@pytest.mark.parametrize("made", [("甲",), ("甲", 5)])
def test_it_is_made_and_read_alike(made: tuple[Any, ...]) -> None:
    ours: Any = Ours(*made)
    theirs: Any = Theirs(*made)
    assert tuple(ours) == tuple(theirs)
    assert ours == theirs
    assert hash(ours) == hash(theirs)
    assert (ours.name, ours.amount, ours.twice()) == (theirs.name, theirs.amount, theirs.twice())
    assert ours._asdict() == theirs._asdict()
    assert ours._fields == theirs._fields
    assert Ours.__match_args__ == Theirs.__match_args__
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._replace(amount=9) == theirs._replace(amount=9) == Ours(name=made[0], amount=9)
    assert tuple(Ours._make(["乙", 1])) == Theirs._make(["乙", 1])


def test_it_is_kept_and_copied() -> None:
    ours = Ours("甲", 5)
    for again in (pickle.loads(pickle.dumps(ours)), copy.copy(ours), copy.deepcopy(ours)):
        assert again == ours
        assert type(again) is Ours


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_what_is_no_record_is_refused(kind: Any) -> None:
    one = kind("甲")
    with pytest.raises(AttributeError):
        one.name = "乙"
    with pytest.raises(AttributeError):
        one.other = 1
    with pytest.raises(TypeError):
        kind()
    with pytest.raises(TypeError):
        kind("甲", 1, 2)
    with pytest.raises(ValueError, match="other"):
        one._replace(other=1)


def test_a_field_without_a_default_does_not_follow_one_that_has_it() -> None:
    with pytest.raises(TypeError, match="default"):

        class Odd(record.NamedTuple):
            name: str = ""
            amount: int  # type: ignore[misc]
