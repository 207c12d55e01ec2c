"""What ``python benchmarks/locate`` measured, as a page for people: how culprit cells are named, and how well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "locate" / "results.json"

Cells = tuple[str, ...]
Part = str | tuple[Cells, list[Cells]]
"""A paragraph, or the heading and the rows of a table."""

METHOD = """\
1. 公开的每个数都是一笔精确到分的金额四舍五入到 0.01 万元的结果，所以每一格给出精确金额的一个区间；\
空着的和印成 0.00 的格，不许有红字时不小于零。
2. 全部基础性勾稽关系放在一起判：找得到一组精确到分的金额，使每条关系都成立、每一格四舍五入后又恰好是公开的数，\
这本账就只有尾差，这组金额就是见证。
3. 找不到时，用有理数把几条关系按倍数加减起来，使两边无论怎样四舍五入都对不上，这就是证书；\
见证和证书都用整数复核过才算数，不靠浮点数下结论。
4. 接着求最少改动几处就能全部说通：一格错、两格或两行对调、几行错位、漏掉一行、合计没有更新，各算一处，\
一次动作至少要比逐格改省下一格才算；同样少的几种说法并列，不替人选定。
5. 每一处给出可能的取值范围和建议值，并照常见的笔误（数字颠倒、多乘十倍百倍、元当作万元等）说明像是怎么错的；\
几处一起错的，各处的建议值一起改上就处处相符。"""

UNKNOWABLE = """\
- 公开06表301、302、303各类之内此多彼少、合计不变的改动，包括两款对调：各款只出现在“类等于款之和”一条关系里。
- 合计全是公式的账：没有别的表逐科目对照的栏（如上级补助收入），录错哪一格都说得通，只能说相差多少、在哪几张表。
- 只出现在一条关系里的格（公开06表的款、公开09表的部分格）：知道这条关系错了，却分不出是其中哪一格，只能并列。
- 同一上级之下两行整行对调：各条关系照样成立；只有与05、07、08表比大小时才可能看出来。
- 沿着一整条链一致地改（明细、各级合计、各表同改）：账内自洽，只能靠文字部分的金额和百分比去对。
- 建议值差 0.01 至 0.02：范围里的几个数都说得通时，建议的是其中最可能的一个，范围一并列出。
- 独生的项漏掉一行：上级没有别的下级，算术上无错可言，由规则 CODE005 查出，不在本页统计之内。"""

LOTS = {"one": "一处", "two": "两处", "three": "三处"}


def parts() -> Iterator[Part]:
    figures = json.loads(RESULTS.read_text(encoding="utf-8"))
    yield "## 怎么判\n\n" + METHOD
    yield from _targets(figures)
    yield from _clean(figures)
    yield from _detection(figures)
    yield from _naming(figures)
    yield from _classes(figures)
    yield from _accounts(figures)
    yield from _speed(figures)
    yield "## 算术上无法知道的\n\n" + UNKNOWABLE
    yield _run(figures)


def _targets(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 目标与量得的数"
    rows: list[Cells] = []
    for row in figures["targets"]:
        rows.append((row["title"], row["demand"], row["measured"], "达到" if row["met"] else "未达"))
    yield ("", "目标", "量得", ""), rows


def _clean(figures: dict[str, Any]) -> Iterator[Part]:
    clean, proof = figures["clean"], figures["proof"]
    low, high = clean["rows"]
    yield "## 没有错的账：误报"
    yield (
        f"{clean['books']} 本合成的账，{low}—{high} 个科目行，先在分上处处相符，再逐格四舍五入。固定容差是逐条比较、"
        "超过就报；“逐条区间”是按每条关系自己的四舍五入区间判定；联合判定是本软件的做法。"
    )
    rows: list[Cells] = [
        (method, str(entry["books"]), _percent(entry["books"] / clean["books"]), f"{entry['alarms']:.2f}")
        for method, entry in clean["methods"].items()
    ]
    yield ("做法", "有误报的账本", "占比", "每本误报条数"), rows
    yield (
        f"所有试验共得见证 {proof['witnesses']} 份、证书 {proof['certificates']} 份，"
        f"由另写的代码复核，通过 {proof['witnesses_verified']} 份和 {proof['certificates_verified']} 份；"
        f"没有判定的 {proof['undecided']} 本，到了时限或错处太多、没有找全的 {proof['limited']} 本。"
    )


def _detection(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 有错的账：查得出吗"
    yield (
        "每本各放一处（十三类各一次）、两处、三处互不相干的差错。固定容差查出的比例要与上表的误报一起看："
        "没有错也报，查出就不足为奇；这里只计比没有错时多报的。"
    )
    detection = figures["detection"]
    methods = list(detection["one"]["detected"])
    rows = [
        (LOTS[lot], str(detection[lot]["books"]), *(_percent(detection[lot]["detected"][method]) for method in methods))
        for lot in LOTS
    ]
    yield ("差错", "账本次数", *methods), rows


def _naming(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 查出之后：指得准吗"
    yield (
        "“在所列之中”：错的格全在列出的格和并列的格里；“其中单独也查得出的”，只算单放这一处时逐条区间就查得出的差错。"
        "“首选”“前三”：就在第一种、前三种说法里。"
        "“建议值相同”：建议的数就是原来的数（漏掉的行没有格，不计）。“全对”：整本账的首选不多不少正是错的那些格。"
        "“要看的格”：列出和并列的格一共多少，一个漏掉的行算一格，什么也没有指出的照“不帮忙时”算。"
        "“不帮忙时”：对不上的各条关系涉及的全部格；“合计等于全部明细之和”一条就有上百格，所以平均数大。"
    )
    measures = ("in_set", "in_set_alone", "named", "among_few", "exact", "within", "whole")
    titles = ("在所列之中", "其中单独也查得出的", "首选", "前三", "建议值相同", "原数在范围内", "全对")
    naming = figures["naming"]
    rows = [
        (title, *(_percent(naming[lot][measure]) for lot in LOTS))
        for title, measure in zip(titles, measures, strict=True)
    ]
    rows += [
        (f"{title}：{word}", *(f"{naming[lot][measure][name]:g}" for lot in LOTS))
        for title, measure in (("要看的格", "looked"), ("不帮忙时", "naive"))
        for word, name in (("平均", "mean"), ("中位数", "p50"), ("95 %", "p95"))
    ]
    slips = (f"{LOTS[lot]}（{naming[lot]['slips']} 处）" for lot in LOTS)
    yield ("", *slips), rows


def _classes(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 一处错，分类看"
    tolerance, interval, joint = list(figures["detection"]["one"]["detected"])[-3:]
    rows = [
        (
            entry["title"],
            str(entry["books"]),
            *(_percent(entry["detected"][method]) for method in (tolerance, interval, joint)),
            *(_percent(entry[measure]) for measure in ("in_set", "named", "among_few", "exact")),
            f"{entry['looked']['mean']:g}",
        )
        for entry in figures["classes"].values()
    ]
    found = (f"查出：{method}" for method in (tolerance, interval, joint))
    yield ("差错", "次数", *found, "在所列之中", "首选", "前三", "建议值相同", "要看的格"), rows
    yield "最后一类不计入上面各表。"


def _accounts(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 三家公开的决算"
    yield (
        "焦作市公共资源交易中心是河南格式，九张表全用。上海普陀的两家，栏次和行次与河南的相同，只是没有编号，九张表也全用："
        "它们的07、08表没有数，08表多出的三栏因此不起作用；06表没有列的款按 0.00。"
    )
    rows = []
    for name, account in figures["accounts"].items():
        verdict = "只有尾差" if account["feasible"] else "疑似舍位平衡" if account["balanced"] else "有差错"
        rows.append((name, *(str(count) for count in account["alarms"].values()), verdict))
    methods = next(iter(figures["accounts"].values()))["alarms"]
    yield ("照公开的数", *(f"{method}报" for method in methods), "联合判定"), rows
    yield (
        "普陀区财政局 208 类在02、03、05表是 326.72，在01、04表是 326.71，四类之和恰为合计 2,940.05："
        "看来是为了让公开的数加起来正好，手工挪了 0.01。把01、04表的三格改回 326.72 之后，再做下面的试验。"
    )
    yield "每个非零格和部分零格各改大、改小一点，一次一格；焦作的全试，普陀的每五次试一次："
    for name, account in figures["accounts"].items():
        if account["sizes"]:
            rows = [
                (
                    f"±{int(size) / 100:.2f}",
                    str(entry["books"]),
                    *(_percent(share) for share in entry["detected"].values()),
                    *(_percent(entry[measure]) for measure in ("in_set", "named", "exact")),
                    f"{entry['looked']['mean']:g}",
                )
                for size, entry in account["sizes"].items()
            ]
            found = (f"查出：{method}" for method in account["all"]["detected"])
            yield (name, "次数", *found, "在所列之中", "首选", "建议值相同", "要看的格"), rows


def _speed(figures: dict[str, Any]) -> Iterator[Part]:
    yield "## 用时"
    yield "联合判定连同指出差错所在的 CPU 秒数，不含进程里第一次载入求解器（约 0.15 秒）：中位数／95 %／最长。"
    speed = figures["speed"]
    bands = list(speed["clean"])
    rows = [
        (title, *(_seconds(speed[lot][band]) for band in bands)) for lot, title in (("clean", "没有错"), *LOTS.items())
    ]
    yield ("差错", *(f"{band} 行" for band in bands)), rows
    timed, ten = figures["timed"], figures["ten"]
    yield (
        f"恰为 60 行的账、一处错：{_seconds(timed['60'])}；恰为 300 行的：{_seconds(timed['300'])}；"
        f"300 行、十处错：{_seconds(ten)}，{ten['slips']} 处错里 {_percent(ten['in_set'])} 在所列之中。"
    )


def _run(figures: dict[str, Any]) -> str:
    run = figures["run"]
    machine = run["machine"]
    return (
        "## 怎么量的\n\n"
        "```bash\n"
        "python benchmarks/locate            # 全部，双核约二十分钟；写 benchmarks/locate/results.json\n"
        "python benchmarks/locate --quick    # 两分钟，只看方向\n"
        "python docs/generate.py             # 由 results.json 写出本页\n"
        "```\n\n"
        f"种子 {run['seed']}，{run['trials']} 次判定；除时间外的全部结果摘要为 `{run['digest']}`，"
        "同一种子、任何 `PYTHONHASHSEED` 下都相同。"
        "合成的账见 `tests/exact.py`，差错见 `benchmarks/locate/slips.py`；合成的账按规则目录写成，"
        "真实账本里有正当的例外，差错的种类和多少也未必如此，准确率应打些折扣。\n\n"
        f"{machine['processor']}，{machine['system']}，Python {machine['python']}，"
        f"highspy {machine['highspy']}，numpy {machine['numpy']}；量的时候机器上还有别的任务，所以只计 CPU 时间。"
    )


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f} %"


def _seconds(times: dict[str, float]) -> str:
    return "／".join(f"{times[name]:.2f}" for name in ("p50", "p95", "max"))
