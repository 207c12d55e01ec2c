"""What a batch run came to, for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from juesuan.wording import VERDICTS


def as_text(verdicts: Mapping[str, int], left_alone: int, output: str) -> str:
    """`verdicts`: how many books of each. `left_alone`: marked copies that were not renewed."""
    total = sum(verdicts.values())
    listed = "，".join(f"{words} {verdicts[name]} 份" for name, words in VERDICTS.items() if verdicts.get(name))
    lines = [f"共 {total} 份" + (f"：{listed}。" if listed else "，没有找到工作簿。")]
    lines.append(
        f"已写出 {output}：总览 index.html，汇总 summary.xlsx，逐份结果 results.jsonl，标注的工作簿在 marked。"
    )
    if left_alone:
        lines.append(f"有 {left_alone} 份标注件没有更新：有人改过，或写不进去。")
    return "\n".join(lines) + "\n"
