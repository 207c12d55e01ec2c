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
