"""Whether an edition of one's own says of everything what may be said of it: what is a text, a list, a number.

The records of the model tell it themselves, by their annotations. Ours are tested; of others nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from juesuan.model import Edition

_LISTS = ("marks", "evidence", "assumptions", "nothing", "rules", "table", "aliases", "beside", "header", "variants",
          "ratio", "side", "fields", "lines", "rows", "groups", "totals", "optional_classes")  # fmt: skip
_NEVER_EMPTY = ("id", "title", "header", "aliases")
_KINDS = {str: "文字", int: "整数", bool: "true 或 false"}


def require_kinds(declared: dict[str, Any], edition: Edition) -> None:
    """Raise ValueError for what is of another kind than it has to be.

    `declared` is the file as it was written, where a text may stand in the place of a list of texts; `edition` is what
    was made of it.
    """
    for name, said in _strange_lists(declared):
        raise ValueError(f"{name} 写的“{said}”应是清单，写在方括号里")
    if any(not isinstance(names, list) or len(names) < 2 for names in declared.get("classes", ())):
        raise ValueError("classes 里的每一类应写成 [编码, 名称]")
    for name, value, kind in _strange(edition):
        raise ValueError(f"{name} 写的“{value}”{'不能是空的' if kind is None else f'应是{_in_words(kind)}'}")


def _strange_lists(said: object) -> Iterator[tuple[str, object]]:
    if isinstance(said, list):
        for item in said:
            yield from _strange_lists(item)
    elif isinstance(said, dict):
        for name, value in said.items():
            if name in _LISTS and not isinstance(value, list):
                yield name, value
            yield from _strange_lists(value)


def _strange(record: Any) -> Iterator[tuple[str, object, Any]]:
    """Of a record and those in it: field, value and the kind it should be; None where it must not be empty."""
    hints = get_type_hints(type(record))
    for name in record._fields:
        value, kind = getattr(record, name), hints[name]
        if not _is(value, kind):
            yield name, value, kind
        elif name in _NEVER_EMPTY and _is_empty(value, name):
            yield name, value, None
        else:
            for item in value if isinstance(value, tuple) else ():
                if hasattr(item, "_fields"):
                    yield from _strange(item)


def _is(value: Any, kind: Any) -> bool:
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is UnionType:
            return any(_is(value, one) for one in arguments)
        case origin if origin is Literal:
            return value in arguments
        case origin if origin in (tuple, frozenset):
            if not isinstance(value, origin):
                return False
            if origin is frozenset or arguments[-1] is Ellipsis:
                return all(_is(item, arguments[0]) for item in value)
            return len(value) == len(arguments) and all(map(_is, value, arguments))
    return type(value) is kind


def _is_empty(value: Any, name: str) -> bool:
    """Whether a text says nothing, or a list has such a text in it. There may be no aliases, but no empty ones."""
    if isinstance(value, tuple):
        return (not value and name != "aliases") or any(_is_empty(item, "header") for item in value)
    return value is not None and not value.strip(" 　“”\"'")


def _in_words(kind: Any) -> str:
    words = [_KINDS[one] for one in (*get_args(kind), kind) if one in _KINDS]
    return words[0] if words else "照现有的版式文件那样写"
