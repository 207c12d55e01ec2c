"""What mailbox.toml says, checked when it is read; passwords come from the environment or from a guarded file."""

from __future__ import annotations

import ipaddress
import math
import os
import stat
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from juesuan.errors import DeclarationError, why
from juesuan.given import declared_in
from juesuan.intake.judge import AUTO, Order
from juesuan.mailbox.incoming import is_address

Value = TypeVar("Value")
TLS = ("ssl", "starttls", "none")
LAST_PORT = 65_535
_OTHERS_MAY_READ = stat.S_IRWXG | stat.S_IRWXO


class Secret:
    """A password that no log and no error message shows; one in a file may be changed while the robot runs."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def __repr__(self) -> str:
        return "•••"

    def reveal(self) -> str:
        """Raises DeclarationError where it cannot be read."""
        return self._read()


class Server(NamedTuple):
    """Where to connect and as whom; `user` is None where the server asks for no name (a relay on loopback)."""

    host: str
    port: int
    tls: str
    user: str | None
    password: Secret | None


class Folders(NamedTuple):
    inbox: str
    processed: str
    quarantine: str
    sent: str


class Policy(NamedTuple):
    """Who is answered and how much. `allow`: addresses, or ``*@domain``; `units`: the register, a CSV file.

    `grace_seconds`: how long an unproven letter waits for its copy before it is sent again. `max_mb`: size of a
    message. `max_per_hour`: messages of one sender judged in an hour, the others wait. `authserv_id`: the name with
    which the own server signs Authentication-Results; with it, senders must have passed. `staff`: who is told.
    """

    allow: tuple[str, ...]
    units: str | None
    grace_seconds: float
    max_mb: int
    max_per_hour: int
    workers: int
    authserv_id: str | None
    staff: str | None


class Settings(NamedTuple):
    """`address` is the bureau's own; `state` the folder of journal and spool; `poll` seconds between looks.

    What came before the day `since` is left alone. Messages stay `keep_days` in the spool; `order` is by what
    workbooks are judged.
    """

    imap: Server
    smtp: Server
    folders: Folders
    address: str
    state: str
    policy: Policy
    poll: float
    since: date | None
    keep_days: float
    order: Order


def load_settings(path: str, *, secrets: bool = True) -> Settings:
    """Read mailbox.toml. Without `secrets` no password is looked for.

    Raises DeclarationError with one sentence for a file that cannot be read or says something impossible.
    """
    declared = declared_in(path, "邮箱设置")
    folder = os.path.dirname(os.path.abspath(path))
    imap, smtp, state, policy, check = (
        _Section(path, name, declared.pop(name, {})) for name in ("imap", "smtp", "state", "policy", "check")
    )
    if declared:
        raise DeclarationError(f"邮箱设置“{path}”里不认识：{'、'.join(declared)}。")
    settings = Settings(
        _server(imap, folder, "JUESUAN_IMAP_PASSWORD" if secrets else None, needs_user=True),
        _server(smtp, folder, "JUESUAN_SMTP_PASSWORD" if secrets else None, needs_user=False),
        Folders(*(imap.text(name, default) for name, default in _FOLDERS.items())),
        smtp.address("from"),
        os.path.join(folder, state.text("dir")),
        _policy(policy, folder),
        imap.number("poll_seconds", 30, least=0.1),
        imap.day("since"),
        state.number("keep_days", 400),
        Order(check.text("edition", AUTO), check.path("rules", folder)),
    )
    for section in (imap, smtp, state, policy, check):
        section.require_nothing_left()
    return settings


_FOLDERS = {"inbox": "INBOX", "processed": "Processed", "quarantine": "Quarantine", "sent": "Sent"}


class _Section:
    """A table of the file; every value is taken out once, and what is left over is a mistake."""

    def __init__(self, path: str, name: str, values: object) -> None:
        self.where = f"邮箱设置“{path}”的 [{name}]"
        if not isinstance(values, dict):
            raise DeclarationError(f"{self.where} 应是一节设置。")
        self.values: dict[str, Any] = dict(values)

    def text(self, key: str, default: str | None = None) -> str:
        def fits(value: object) -> bool:
            return isinstance(value, str) and bool(value.strip())

        return self._taken(key, default, fits, "文字").strip()

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self.values else None

    def path(self, key: str, folder: str) -> str | None:
        name = self.optional(key)
        return os.path.join(folder, name) if name else None

    def number(self, key: str, default: float, least: float = 1) -> float:
        def fits(value: object) -> bool:
            return isinstance(value, int | float) and not isinstance(value, bool) and least <= value < math.inf

        return self._taken(key, default, fits, f"不小于 {least:g} 的数")

    def whole(self, key: str, default: int | None, most: int) -> int:
        def fits(value: object) -> bool:
            return type(value) is int and 1 <= value <= most

        return self._taken(key, default, fits, f" 1 到 {most} 的整数")

    def day(self, key: str) -> date | None:
        def fits(value: object) -> bool:
            return type(value) is date

        return self._taken(key, None, fits, "一天，不加引号，例如 2025-03-01") if key in self.values else None

    def address(self, key: str) -> str:
        def fits(value: object) -> bool:
            return isinstance(value, str) and is_address(value.strip())

        address: str = self._taken(key, None, fits, "一个邮箱地址，例如 caiwu@example.com")
        return address.strip()

    def senders(self, key: str) -> tuple[str, ...]:
        """Addresses, or ``*@domain`` for all of a domain."""

        def fits(value: object) -> bool:
            return isinstance(value, list) and all(
                isinstance(text, str) and is_address(text.strip().replace("*@", "all@", 1)) for text in value
            )

        texts: list[str] = self._taken(key, [], fits, "一列地址：完整的，或 *@域名")
        return tuple(text.strip().lower() for text in texts)

    def require_nothing_left(self) -> None:
        if self.values:
            raise DeclarationError(f"{self.where} 里不认识：{'、'.join(self.values)}。")

    def _taken(self, key: str, default: Value | None, fits: Callable[[object], bool], kind: str) -> Value:
        value = self.values.pop(key, default)
        if value is None:
            raise DeclarationError(f"{self.where} 缺少 {key}。")
        if not fits(value):
            raise DeclarationError(f"{self.where} 的 {key} 应是{kind}。")
        return value  # type: ignore[no-any-return]


def _server(section: _Section, folder: str, variable: str | None, *, needs_user: bool) -> Server:
    """`variable`: of the environment, in which the password may stand; None where it is not looked for."""
    host, tls = section.text("host"), section.text("tls", "ssl")
    if tls not in TLS:
        raise DeclarationError(f"{section.where} 的 tls 应是 {'、'.join(TLS)} 之一。")
    if tls == "none" and not _is_loopback(host):
        raise DeclarationError(f"{section.where}：{host} 不在本机，必须加密，tls 请写 ssl 或 starttls。")
    port = section.whole("port", {"ssl": 993, "starttls": 143}.get(tls) if needs_user else None, LAST_PORT)
    user = section.text("user") if needs_user else section.optional("user")
    file = section.path("password_file", folder)
    password = _password(section.where, variable, file) if user and variable else None
    return Server(host, port, tls, user, password)


def _password(where: str, variable: str, file: str | None) -> Secret:
    if given := os.environ.get(variable):
        secret = Secret(lambda: _typed(given, f"环境变量 {variable} 里"))
    elif file:
        secret = Secret(lambda: _typed(_in_file(file), f"密码文件“{file}”里"))
    else:
        raise DeclarationError(f"{where} 没有密码。请设环境变量 {variable}，或用 password_file 指定密码文件。")
    secret.reveal()
    return secret


def _typed(password: str, where: str) -> str:
    """What IMAP and SMTP can say: ASCII."""
    if not password.isascii():
        raise DeclarationError(f"{where}的密码有汉字或全角字符，邮件服务器不认。请核对，改成半角的。")
    return password


def _in_file(file: str) -> str:
    try:
        if os.name == "posix" and stat.S_IMODE(os.stat(file).st_mode) & _OTHERS_MAY_READ:
            raise DeclarationError(f"密码文件“{file}”别人也能读。请先执行 chmod 600，再启动。")
        with open(file, encoding="utf-8-sig", errors="replace") as opened:
            text = opened.readline().rstrip("\r\n")
    except OSError as error:
        raise DeclarationError(f"读不了密码文件“{file}”：{why(error)}。") from error
    if not text:
        raise DeclarationError(f"密码文件“{file}”是空的。请在第一行写上密码。")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _policy(section: _Section, folder: str) -> Policy:
    return Policy(
        section.senders("allow"),
        section.path("units", folder),
        section.number("grace_seconds", 600, least=0.1),
        section.whole("max_mb", 30, 200),
        section.whole("max_per_hour", 60, 1_000_000),
        section.whole("workers", 2, 100),
        section.optional("authserv_id"),
        section.address("staff") if "staff" in section.values else None,
    )
