"""How long a search may take, and whether it was cut short anywhere."""

from __future__ import annotations

from time import thread_time


class OutOfTime(Exception):
    """The time limit was hit, or the solver gave no answer that could be confirmed."""


class Deadline:
    """A moment after which the search is given up. `cut`: some part of it ended before it was through."""

    def __init__(self, seconds: float) -> None:
        self._end = thread_time() + seconds
        self.cut = False

    @property
    def left(self) -> float:
        """Seconds that are left, never negative."""
        return max(0.0, self._end - thread_time())

    def require(self) -> None:
        """Raises OutOfTime when no time is left."""
        if not self.left:
            raise OutOfTime
