"""The page of what comes of odd and hostile files: the table is made of those that `tests/test_hostile.py` runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hostile import FILES
from juesuan.apart import Limits
from juesuan.given import LARGEST
from juesuan.ooxml.extent import LARGEST_AREA, LAST_COLUMN, LAST_ROW
from juesuan.reading.preflight import LARGEST_CONTENT, LARGEST_LIST, MOST, MOST_ENTRIES, ORDINARY
from juesuan.reading.values_apart import MOST_CELLS, MOST_TEXT

FUZZ = Path(__file__).resolve().parent.parent / "benchmarks" / "fuzz" / "results.json"
Part = str | tuple[tuple[str, ...], list[tuple[str, ...]]]


def parts() -> Iterator[Part]:
    yield (
        "每一种文件，要么照样判出原有的差错，要么用一句话说明为什么不读、怎么办；不会判错、不会卡住，原件从不改动。"
        "下表的文件由 `samples/hostile/` 现做，`tests/test_hostile.py` 逐个核对结局，"
        "并要求每个不超过 5 秒、本进程不超过 300 MB。"
        "“照判”指判出的错误、起因与原样本（`samples/焦作2024-有误.xlsx`）完全相同。"
    )
    yield ("文件", "是什么", "结局"), [(file.name, file.what, outcome(file.refused, file.said)) for file in FILES]
    yield "## 限度"
    yield ("什么", "最多"), list(limits())
    yield (
        f"解压后的 XML 合计不到 {ORDINARY >> 20} MB、写法平常的 `.xlsx`，在本进程里读；其余的在另一个进程里读，"
        f"每份至多 {Limits().seconds} 秒、{Limits().memory >> 20} MB 内存，它中断了也只是一句话。"
        "各表都相符或差错不多的，几秒之内判完；上千行都不相符的，找起因至多 3 秒，到时为止，并说明没有找全。"
        "Windows 没有内存和 CPU 的限额，macOS 没有内存的限额，那里只有时间的限度。"
        "理由见[决定 008](decisions/008-hostile.md)。"
    )
    yield "宏从不运行，外部链接和 DDE 从不打开，读取时不访问网络。"
    yield from fuzz()


def outcome(refused: str | None, said: str) -> str:
    if refused is None:
        return f"照判，并提示“{said}”" if said else "照判"
    return f"不读：“……{refused}……”" if refused else "不读"


def limits() -> Iterator[tuple[str, str]]:
    yield "文件", f"{LARGEST >> 20} MB"
    yield "压缩包里的文件", f"{MOST_ENTRIES:,} 个"
    yield "解压后的 XML 合计", f"{LARGEST_CONTENT >> 20} MB"
    yield "工作表和名称的清单", f"{LARGEST_LIST >> 20} MB"
    yield "在另一个进程里读的：各表合计", f"{MOST_CELLS:,} 格、{MOST_TEXT:,} 字"
    for most, words in MOST.values():
        yield words.lstrip("处种个张"), f"{most:,}"
    yield "一张表里有内容的格所占的区域", f"{LAST_ROW:,} 行、{LAST_COLUMN} 列、{LARGEST_AREA:,} 格；超出的表不读"


def fuzz() -> Iterator[Part]:
    results = json.loads(FUZZ.read_text(encoding="utf-8"))
    yield "## 变异试验"
    yield (
        f"`python benchmarks/fuzz` 把几份样本随机改坏再核对：{results['mutants']:,} 份变异，种子 {results['seed']}。"
        "改动不触及数字的，须与原件判得相同，或不读，或少判一些并列出未核对的；原有差错的，绝不能说通过。"
        "“数也变了”的，改动触及了数字或表头，所以判得不同；`.xls` 没有校验和，改一个字节也会如此。"
    )
    yield (
        ("改法", "份数", "照判", "少判", "数也变了", "不读", "超过限度"),
        [
            (name, *(f"{counts[kind]:,}" for kind in ("all", "same", "less", "other", "refused", "stopped")))
            for name, counts in results["ways"].items()
        ],
    )
    yield (
        f"程序出错 {results['crashed']} 次，判错 {results['wrong']} 次；最慢的一份 {results['slowest']:.1f} 秒"
        "（处理器与别的程序共用，时间含求解）。"
    )
    for number, way, trouble in results["troubles"]:
        yield f"- 第 {number} 份（{way}）：{trouble}"
    if results["troubles"]:
        yield "判错的写法，改正以后都列在上表里（如“公式写在后面”），由测试守着。"
