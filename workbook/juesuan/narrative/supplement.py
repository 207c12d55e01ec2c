"""What the nine tables do not say: figures, texts and lists of the supplementary sheets 补01–补09."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

Value = int | str


class Supplement(NamedTuple):
    """Values by the name the narrative knows them by.

    `values`: amounts in 分, counts, scores in hundredths, texts. `lists`: for each such name the values by key, a code
    or the name of a project, in the order of the sheet.
    """

    values: Mapping[str, Value] = MappingProxyType({})
    lists: Mapping[str, Mapping[str, Value]] = MappingProxyType({})

    def value(self, name: str, key: str | None) -> Value | None:
        return self.values.get(name) if key is None else self.lists.get(name, {}).get(key)


NOTHING = Supplement()
