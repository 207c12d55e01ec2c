"""A run over many workbooks: judged by a pool or a cluster, streamed to results.jsonl, told when all are there.

What is known lies in a ledger beside the results; a run that was killed goes on from it, with the same end.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import NamedTuple, TextIO

from juesuan import __version__
from juesuan.batch import marked
from juesuan.batch.ledger import Ledger, kept_of
from juesuan.batch.page import TITLE, Page
from juesuan.batch.progress import Progress
from juesuan.batch.record import received
from juesuan.batch.row import Telling
from juesuan.batch.summary import Summary
from juesuan.batch.titles import require_sound, titles_of
from juesuan.batch.units import Unit
from juesuan.classification import own_folder
from juesuan.errors import JuesuanError, why
from juesuan.given import digest
from juesuan.intake.books import RESULTS, Source
from juesuan.intake.judge import Order
from juesuan.intake.own_codes import own_lists
from juesuan.intake.pool import Judged, Pool
from juesuan.written import written

LEDGER, SUMMARY, PAGE = ".batch.sqlite", "summary.xlsx", "index.html"
WORKER = "juesuan.batch.worker"


class Job(NamedTuple):
    """What is to be done: `output` is the folder; `scheduler` the address of a cluster instead of `workers`.

    `wait`: at most so many seconds for a cluster that has lost all its workers, else for ever.
    """

    source: Source
    output: str
    order: Order
    workers: int = 2
    scheduler: str | None = None
    units: tuple[Unit, ...] | None = None
    resume: bool = False
    wait: float | None = None


class Outcome(NamedTuple):
    """`verdicts`: how many books of each; `left_alone`: marked copies that are not renewed, see `marked.put`.

    `listed`: where there is a list of units, how many are what, by `juesuan.batch.tree.COUNTED`.
    """

    verdicts: dict[str, int]
    left_alone: int
    listed: Counter[str] | None


def run(job: Job, progress: TextIO) -> Outcome:
    """Do the job, and say on `progress` how far it is, then a sentence for each book that could not be judged.

    Raises JuesuanError when it cannot be begun; a bad workbook is a result.
    """
    require_sound(job.order)
    job.source.require_elsewhere(job.output)
    if job.scheduler:
        job.source.require_whole_paths()
    try:
        os.makedirs(job.output, exist_ok=True)
    except OSError as error:
        raise JuesuanError(f"建不了文件夹“{job.output}”：{why(error)}。请换一个地方。") from error
    ledger = Ledger(os.path.join(job.output, LEDGER), _fingerprint(job), afresh=not job.resume)
    try:
        ledger.expect(job.source.books(job.output))
        told = Progress(progress, ledger.total(), ledger.verdicts())
        left_alone = _judge_all(job, ledger, told)
        listed = _tell(job, ledger, told)
        outcome = Outcome(ledger.verdicts(), left_alone, listed)
    except (OSError, sqlite3.Error) as error:
        ledger.close()
        said = why(error) if isinstance(error, OSError) else "磁盘空间不足，或读写出错"
        raise JuesuanError(
            f"没有做完，写不了“{job.output}”：{said}。请核对磁盘和权限，关闭打开着的结果，再加 --resume 接着做。"
        ) from error
    except BaseException:
        ledger.close()
        raise
    ledger.finish()
    return outcome


def _judge_all(job: Job, ledger: Ledger, progress: Progress) -> int:
    """Judge what waits; how many marked copies were left alone."""
    left_alone = 0
    judging = _judged(job, ledger.waiting(), progress)
    with _open_results(job, ledger) as results, closing(judging):
        for judged in judging:
            record = received(judged.entry, judged.data)
            copy = marked.name_of(job.source, judged.path)
            put = marked.put(os.path.join(job.output, copy), record.marked)
            left_alone += not put
            kept = kept_of(judged.path, record, copy if record.marked and put else None)
            ledger.keep(kept)
            results.write(f"{kept.line}\n")
            results.flush()
            progress.add(record.entry["verdict"])
    progress.end()
    return left_alone


def _judged(job: Job, paths: Iterable[str], progress: Progress) -> Generator[Judged]:
    if job.scheduler:
        from juesuan.batch.cluster import judge_on_cluster

        yield from judge_on_cluster(job.scheduler, job.order, paths, job.wait, progress.say)
        return
    with Pool(job.order, job.workers, module=WORKER) as pool:
        yield from pool.judge(paths)


def _open_results(job: Job, ledger: Ledger) -> TextIO:
    """results.jsonl with a whole line for every book that is known already, open for more."""
    path = os.path.join(job.output, RESULTS)
    _write_results(path, ledger)
    return open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n")


def _write_results(path: str, ledger: Ledger) -> None:
    with written(path) as half, open(half, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(f"{line}\n" for line in ledger.lines())


def _tell(job: Job, ledger: Ledger, progress: Progress) -> Counter[str] | None:
    """Write what is made of all results; how many units of the list, if there is one, are what."""
    telling = Telling(ledger, job.source, job.units)
    summary = Summary(telling)
    with (
        written(os.path.join(job.output, PAGE)) as half,
        open(half, "w", encoding="utf-8", newline="\n") as file,
    ):
        page = Page(file, telling, TITLE)
        for row, entry in telling.rows():
            summary.add(row, entry)
            page.add(row)
            if row.verdict == "unjudged":
                progress.say(f"{row.path}：{row.reason}")
        titles = titles_of(job.order, telling.editions)
        page.finish(titles)
    summary.write(os.path.join(job.output, SUMMARY), titles)
    marked.sweep(job.output, ledger.has_marked)
    _write_results(os.path.join(job.output, RESULTS), ledger)
    return telling.tree.branches[0].counts if telling.received is not None else None


def _fingerprint(job: Job) -> str:
    """By what an unfinished run is known to be this one; the number of workers makes no difference."""
    rules = job.order.rules and digest(job.order.rules)
    edition = digest(job.order.edition) or job.order.edition
    explanations = job.order.explanations and digest(job.order.explanations)
    order = job.order._replace(edition=edition, rules=rules, explanations=explanations or "")
    codes = [(own.year, digest(own.path)) for own in own_lists(own_folder())]
    asked = [__version__, job.source.root, *order, codes]
    return json.dumps(asked, ensure_ascii=True)
