"""The published JSON schemas: what programs may rely on in the outputs, one file for each name and version."""

import os
from typing import Any

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "schemas")


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of outputs that call themselves `name`, e.g. ``juesuan.check/1``.

    Amounts in outputs are decimal strings, in the currency the output names. Raises UnknownName for another name.
    """
    import json

    from juesuan.errors import UnknownName

    if name not in (known := names()):
        raise UnknownName(f"没有“{name}”这种输出，可用的有：{'、'.join(known)}。")
    with open(_path(name), encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content


def names() -> list[str]:
    return sorted(f"juesuan.{file.removesuffix('.json').replace('-', '/')}" for file in os.listdir(_FOLDER))


def _path(name: str) -> str:
    return os.path.join(_FOLDER, f"{name.removeprefix('juesuan.').replace('/', '-')}.json")
