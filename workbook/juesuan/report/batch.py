"""What a batch run came to, for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from juesuan.wording import VERDICTS


def as_text(
    verdicts: Mapping[str, int], left_alone: int, output: str, *, marked: bool, listed: Mapping[str, int] | None
) -> str:
    """`verdicts`: how many books of each. `left_alone`: marked copies that were not renewed; `marked`: if any are made.

    `listed`: where there is a list of units, how many were ``expected``, ``received``, ``missing`` and ``late``.
    """
    total = sum(verdicts.values())
    told = "，".join(f"{words} {verdicts[name]} 份" for name, words in VERDICTS.items() if verdicts.get(name))
    lines = [f"共 {total} 份" + (f"：{told}。" if told else "，没有找到工作簿。")]
    if listed is not None:
        late = f"（迟报 {listed['late']}）" if listed["late"] else ""
        rest = total - listed["received"]
        apart = f"；另有重复、上年或不在名单的 {rest} 份" if rest else ""
        lines.append(
            f"名单 {listed['expected']} 个单位：已报 {listed['received']}{late}，未报 {listed['missing']}{apart}。"
        )
    copies = "，标注的工作簿在 marked" if marked else ""
    lines.append(f"已写出 {output}：总览 index.html，汇总 summary.xlsx，逐份结果 results.jsonl{copies}。")
    if left_alone:
        lines.append(f"有 {left_alone} 份标注件没有更新：有人改过，或写不进去。")
    return "\n".join(lines) + "\n"
