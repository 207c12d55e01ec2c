"""The scripts of samples, benchmarks and docs are importable in tests; mail servers for who needs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mail_servers import MailServers

# Before openpyxl is loaded: it writes other bytes where lxml is installed.
os.environ["OPENPYXL_LXML"] = "False"

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "samples"))
sys.path += [str(ROOT / "benchmarks"), str(ROOT)]
# The lists of codes that whoever runs the tests has imported are neither used nor touched.
os.environ["JUESUAN_CODES"] = str(ROOT / "tests" / "data" / "没有导入的科目")


LONGEST = (
    *("mailbox_trouble", "template_recalculated", "buttons_in_libreoffice", "mailbox", "buttons", "parent_rows"),
    *("merge_command", "marking", "merge", "template_rooms", "watch", "marked_books", "marks_on_odd_books", "handbook"),
    *("template_editions", "rounding", "batch", "three_public", "hostile", "template_rows", "samples"),
)
"""Files that take longest: they are begun first, so that none is left over for one core at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    from mail_servers import MailServers

    with MailServers() as running:
        yield running


@pytest.fixture
def mail(servers: MailServers) -> MailServers:
    """The servers with empty mailboxes."""
    addresses = [path.name for path in (servers.folder / "mail").iterdir()]
    servers.empty(*addresses)
    return servers
