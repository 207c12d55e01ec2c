"""A process of the pool: judges one workbook after another, within limits for each."""

from __future__ import annotations

from typing import Any

from juesuan.apart import Message, serve
from juesuan.intake.judge import Order, judge
from juesuan.report.result import as_dict


def _answer(request: dict[str, Any], _: bytes) -> Message:
    return as_dict(judge(request["path"], Order(**request["order"]), apart=False)), b""


if __name__ == "__main__":
    serve(_answer)
