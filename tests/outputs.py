"""Whether an output is as its published schema says, and says nothing that is not in there."""

from __future__ import annotations

from typing import Any

import jsonschema

from juesuan.schemas import schema


def require_published(content: Any) -> None:
    """Fail unless `content` follows the schema it names; a key the schema does not know is a failure, too."""
    jsonschema.validate(content, closed(schema(content["schema"])))


def closed(node: Any) -> Any:
    """A schema in which objects may have no other properties than those it names."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and "type" in node:
        inner.setdefault("additionalProperties", False)
    return inner
