"""What the benchmarks measured, beside their baselines and targets: one table a topic, and what README quotes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))

from records import Figure, at_most, recorded  # noqa: E402

Cells = tuple[str, ...]
Part = str | tuple[Cells, list[Cells]]
"""A paragraph, or the heading and the rows of a table."""

HEADING = ("", "本软件", "对照", "对照是什么", "倍数", "目标", "")
NAMES = {True: "达到", False: "**未达**", None: ""}
TIMED = ("cold_check", "read_check", "mark", "batch_cost", "batch_workers", "mail")
SIZED = ("cold_check", "mark", "batch_memory")


def parts() -> Iterator[Part]:
    yield (
        "每一行的两个数在同一次运行里轮流量得；“倍数”是两者之比，快多少倍、是多少倍看目标的方向。没有达到的目标照写“未达”。"
        "怎样量、为什么差这么多，见[速度与准确率](../benchmarks/README.md)。"
    )
    yield "## 速度"
    yield _table(figure for name in TIMED for figure in recorded(name)[1] if figure.unit not in ("MiB", "个"))
    yield from _runs(TIMED)
    yield "## 内存"
    yield _table(figure for name in SIZED for figure in recorded(name)[1] if figure.unit == "MiB")
    yield from _runs(("batch_memory",))
    yield "## 四舍五入：没有错的账，误报"
    yield _table(rounding())
    yield "## 错在哪一格"
    yield _table(naming())
    yield "逐类的数和方法见[错在哪一格](culprits.md)。"
    yield "## 舍位平衡"
    yield _table(balancing())
    yield "## 改坏的文件"
    yield _table(mutants())
    yield "## 中断"
    yield _table(recorded("batch_kills")[1])
    yield from _runs(("batch_kills",))
    yield "## 原样保留"
    yield _table(recorded("kept")[1])
    yield _machines()


def rounding() -> Iterator[Figure]:
    clean = _results("locate")["clean"]
    joint, tolerance = (clean["methods"][name]["books"] for name in ("联合判定", "容差 0.01"))
    name = f"{clean['books']} 本分上处处相符、逐格四舍五入的账里有误报的"
    yield at_most(name, joint, 0, "本", "逐条比较，容差 0.01 万元", tolerance)
    proof = _results("locate")["proof"]
    for word, what in (("witnesses", "见证"), ("certificates", "证书")):
        wrong = proof[word] - proof[f"{word}_verified"]
        yield at_most(f"{proof[word]} 份{what}里，没有通过另写的代码复核的", wrong, 0, "份")


def naming() -> Iterator[Figure]:
    figures = _results("locate")
    naming, targets = figures["naming"], {entry["title"]: entry for entry in figures["targets"]}
    one = naming["one"]
    yield at_most(
        "一处错：平均要看的格", one["looked"]["mean"], 2.1, "格", "对不上的各条关系涉及的格", one["naive"]["mean"]
    )
    for title in list(targets)[5:]:
        entry = targets[title]
        if title != "一处错：平均要看的格数":
            value, _, unit = entry["measured"].partition(" ")
            yield Figure(title, float(value), unit, target=entry["demand"], met=entry["met"])


def balancing() -> Iterator[Figure]:
    figures = _results("balance")
    best, usual = figures["元/optimal"], figures["元/last"]
    usual_name = "倒挤法（last）"
    name = f"{best['books']} 本由元转万元：每本不相符的关系"
    yield at_most(name, best["broken_per_book"], 0, "条", usual_name, usual["broken_per_book"])
    name = "每本离准确数 0.01 万元以上的格"
    far = "cells_a_step_off_per_book"
    yield at_most(name, best[far], 0, "格", usual_name, usual[far])
    seconds = figures["seconds"]
    yield at_most(f"{seconds['rows']} 个科目行，连同先核对一遍，中位数", seconds["median"], 0.1, "秒 CPU")


def mutants() -> Iterator[Figure]:
    figures = _results("fuzz")
    yield at_most(f"{figures['mutants']:,} 份改坏的工作簿：程序出错", figures["crashed"], 0, "次")
    yield at_most("判错（改正后都由测试守着，见“各种文件的结局”）", figures["wrong"], 0, "次")


def in_readme() -> Iterator[str]:
    """The four figures that matter to a user."""
    script, slips = (figure for figure in recorded("read_check")[1][::4])
    yield (
        f"- **快**：读入并核对一本 60 个科目行、处处相符的账，{script.ours:g} 毫秒；"
        f"自己写的 openpyxl 脚本 {script.baseline:g} 毫秒。填错三处、要说出错在哪里的，{slips.ours:g} 毫秒。"
    )
    figures = _results("locate")
    alarms, one = next(rounding()), figures["naming"]["one"]
    yield (
        f"- **不误报**：{figures['clean']['books']:,} 本没有错的账，误报 {alarms.ours:g} 本；"
        f"用固定容差 0.01 万元的做法，误报 {alarms.baseline:g} 本。"
    )
    yield (
        f"- **指得准**：一处错，首选就是错的那一格的 {100 * one['named']:.1f} %，"
        f"平均要看 {one['looked']['mean']:g} 格；只看对不上的关系，要看 {one['naive']['mean']:.0f} 格。"
    )
    kept, *_, same = recorded("kept")[1]
    yield (
        f"- **不损坏**：标注以后，{kept.target.removeprefix('≥ ')} 种内容（图形、宏、批注……）保住 {kept.ours:g} 种，"
        f"openpyxl 保住 {kept.baseline:g} 种；去掉标注，{same.ours:g} 种写法的工作簿都与原件逐字节相同。"
    )


def _results(benchmark: str) -> Any:
    return json.loads((ROOT / "benchmarks" / benchmark / "results.json").read_text(encoding="utf-8"))


def _table(figures: Iterator[Figure] | list[Figure]) -> Part:
    def number(value: float | None, unit: str = "") -> str:
        return "" if value is None else f"{value:g} {unit}".strip()

    return HEADING, [
        (
            figure.name,
            number(figure.ours, figure.unit),
            number(figure.baseline, figure.unit),
            figure.against,
            "" if figure.ratio is None else f"{figure.ratio:.1f}",
            figure.target,
            NAMES[figure.met],
        )
        for figure in figures
    ]


def _runs(names: tuple[str, ...]) -> Iterator[str]:
    """How each was measured: whole or quick, and what else the machine was doing."""
    told = []
    for name in names:
        run, _ = recorded(name)
        told.append(f"`{name}` {'简略' if run['quick'] else '全部'}，负载 {run['load']}")
    yield f"（{'；'.join(told)}。简略的只看方向；双核的机器负载到 2 就满了。）"


def _machines() -> str:
    lines = ["## 机器和版本", "记录里的机器（每个基准各记各的，相同的只列一次）："]
    seen: dict[str, list[str]] = {}
    for path in sorted((ROOT / "benchmarks" / "records").glob("*.json")):
        run, _ = recorded(path.stem)
        packages = "，".join(f"{name} {number}" for name, number in run["packages"].items())
        machine = f"{run['processor']}，{run['system']}，Python {run['python']}，{packages}"
        seen.setdefault(machine, []).append(f"`{path.stem}`")
    run = _results("locate")["run"]
    machine = run["machine"]
    seen[f"{machine['processor']}，{machine['system']}，Python {machine['python']}，highspy {machine['highspy']}"] = [
        f"`locate`（全部，种子 {run['seed']}，{run['trials']:,} 次判定）"
    ]
    return "\n\n".join([*lines, "\n".join(f"- {'、'.join(names)}：{text}" for text, names in seen.items())])
