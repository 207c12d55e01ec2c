"""The inbox over IMAP: what lies in it, its messages as bytes, and the folders they are filed in."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import date
from imaplib import IMAP4
from typing import Any

from juesuan import __version__
from juesuan.errors import JuesuanError
from juesuan.mailbox.config import Folders, Server
from juesuan.mailbox.trouble import Trouble

SECONDS = 60
_AT_ONCE = 20
"""Messages whose size is asked for together; the messages themselves come one by one."""
_AWAKE = 10
"""Seconds after which who waits for news is woken without any."""
IN_A_LINE = 100
"""Messages that may be named in one command: servers limit the length of a line."""


class Inbox:
    """A connection with the inbox selected. Raises Trouble for what the staff must put right, else OSError or
    imapclient's errors; after any of them, close it and connect anew."""

    def __init__(self, server: Server, folders: Folders) -> None:
        self.folders = folders
        self._known: set[str] = set()
        self._client = _connected(server)
        try:
            selected = self._client.select_folder(folders.inbox)
        except BaseException:
            self.close()
            raise
        self.epoch = int(selected[b"UIDVALIDITY"])

    def uids(self, since: date | None) -> list[int]:
        """Everything in the inbox that came on the day `since` or later; whether it has been read does not matter."""
        self._client.noop()
        return [int(uid) for uid in self._client.search(["SINCE", since] if since else "ALL")]

    def messages(self, uids: Sequence[int], largest: int) -> Iterator[tuple[int, bytes, bool]]:
        """(uid, bytes, whether cut): of a message of more than `largest` bytes only the head."""
        for start in range(0, len(uids), _AT_ONCE):
            together = uids[start : start + _AT_ONCE]
            sizes = self._client.fetch(together, ["RFC822.SIZE"])
            for uid in filter(sizes.__contains__, together):
                cut = int(sizes[uid][b"RFC822.SIZE"]) > largest
                part = "BODY[HEADER]" if cut else "BODY[]"
                fetched = self._client.fetch([uid], [part.replace("BODY", "BODY.PEEK")])
                content = fetched.get(uid, {}).get(part.encode())
                if content is not None:
                    yield uid, bytes(content), cut

    def file(self, uids: Sequence[int], folder: str) -> None:
        """Move messages, IN_A_LINE at most, to a folder; those no longer there are passed over."""
        if folder not in self._known:
            if not self._client.folder_exists(folder):
                self._create(folder)
            self._known.add(folder)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        self._client.delete_messages(uids, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    def _create(self, folder: str) -> None:
        """Create a folder, which another connection may have done a moment ago (RFC 5530: ALREADYEXISTS)."""
        try:
            self._client.create_folder(folder)
        except IMAP4.error as error:
            if "ALREADYEXISTS" not in str(error):
                raise

    @property
    def has_idle(self) -> bool:
        return bool(self._client.has_capability("IDLE"))

    def news(self, seconds: float) -> Iterator[bool]:
        """Whether something may have come: so when IDLE has begun and each time the server says so, for some seconds;

        not so now and then. Only for a server that `has_idle`.
        """
        began = time.monotonic()
        self._client.idle()
        yield True
        while (left := seconds - (time.monotonic() - began)) > 0:
            yield bool(self._client.idle_check(timeout=min(left, _AWAKE)))

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._client.shutdown()


def _connected(server: Server) -> Any:
    try:
        from imapclient import IMAPClient  # type: ignore[import-untyped]
        from imapclient.exceptions import IMAPClientError, LoginError  # type: ignore[import-untyped]
    except ImportError:
        raise JuesuanError("收发邮件要先安装附加的库：pip install 'juesuan[mailbox]'。") from None
    context = ssl.create_default_context()
    client = IMAPClient(
        server.host, server.port, ssl=server.tls == "ssl", ssl_context=context, timeout=SECONDS, use_uid=True
    )
    try:
        if server.tls == "starttls":
            client.starttls(context)
        client.login(server.user, server.password.reveal() if server.password else "")
        if client.has_capability("ID"):
            # 163 and 126 refuse SELECT («Unsafe Login») to whoever has not said who he is.
            with contextlib.suppress(IMAPClientError):
                client.id_({"name": "juesuan", "version": __version__, "vendor": "juesuan"})
    except LoginError as error:
        client.shutdown()
        said = " ".join(str(error).split())[:200]
        raise Trouble(
            f"收信：{server.host}:{server.port} 不接受用户名或密码（{said}）。QQ、163 邮箱要用授权码，不是登录密码。"
        ) from error
    except BaseException:
        with contextlib.suppress(Exception):
            client.shutdown()
        raise
    return client
