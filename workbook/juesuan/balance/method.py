"""The ways to round a book to 0.01 万元, and what each does."""

from __future__ import annotations

from typing import Literal

Method = Literal["none", "last", "largest", "remainder", "optimal"]
METHODS: dict[Method, str] = {
    "none": "各数四舍五入，不调整，列出尾差",
    "last": "倒挤，差额从最后一项起逐项分摊",
    "largest": "差额从最大的一项起逐项分摊",
    "remainder": "差额先给舍入最多的项",
    "optimal": "全部关系一起平，挪动最少",
}
