"""The titles of tables, with what is printed before and behind them."""

from __future__ import annotations

from functools import lru_cache

from juesuan.reading.grid import spelled, unnumbered

_LONGEST_LABEL = 6
_ALIKE = 0.85
"""Of two titles that may be the same, how much has to be."""


@lru_cache(maxsize=2048)
def bare_title(text: str) -> str:
    """A title alone: of “某局2024年度收入决算表（续）”, “公开02表 收入决算表” and “二、收入决算表”, what they name."""
    bare = unnumbered(text)
    bare = bare.partition("(")[0] if bare.endswith(")") else bare
    bare = bare.rstrip("0123456789")
    if "续" in bare[-2:]:
        bare = bare.removesuffix("表").removesuffix("续")
        bare = bare if bare.endswith("表") else f"{bare}表"
    _, found, title = bare.rpartition("年")
    if found:
        bare = title.removeprefix("度").removeprefix("部门").removeprefix("单位")
    label, found, title = bare.partition("表")
    if found and title and len(label) <= _LONGEST_LABEL and any(char.isdigit() for char in text[:_LONGEST_LABEL]):
        bare = title.lstrip("0123456789:.-—")
    return bare


def may_be(printed: str, title: str) -> bool:
    """Whether what is printed over a table may be its title, with a slip of the pen or two."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, printed, spelled(title)).ratio() > _ALIKE
