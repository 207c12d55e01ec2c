"""Real mail servers for one test: Dovecot and Postfix on free loopback ports, in a folder of their own.

Every address of DOMAINS is a mailbox with the password PASSWORD. Dovecot runs as an ordinary user; Postfix needs root.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

import tools

DOMAINS = ("bureau.test", "unit.test", "stranger.test")
PASSWORD = "pw"
BUREAU = "bureau@bureau.test"
DOVECOT, POSTFIX = "/usr/sbin/dovecot", "/usr/lib/postfix/sbin/master"
_DOVEADM = "/usr/bin/doveadm"
SECONDS = 20
_USER = "mail"

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_client_limit = 400
default_vsz_limit = 512M
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {user}
mail_gid = {group}
mail_location = maildir:{folder}/mail/%u
hostname = mail.bureau.test
postmaster_address = postmaster@bureau.test
mail_max_userip_connections = 200
auth_failure_delay = 0
{tls}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener {folder}/sasl/auth {{
    mode = 0666
    user = {user}
    group = {group}
  }}
}}
service auth-worker {{
  user = {user}
}}
service stats {{
  unix_listener stats-reader {{
    user = {user}
    group = {group}
    mode = 0660
  }}
  unix_listener stats-writer {{
    user = {user}
    group = {group}
    mode = 0660
  }}
}}
"""

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.bureau.test
mydomain = bureau.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
lmtp_destination_concurrency_limit = 10
default_transport = smtp:[127.0.0.1]:{outside}
relayhost =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
message_size_limit = 62914560
mailbox_size_limit = 0
maillog_file = /dev/stdout
maillog_file_prefixes = {folder}, /dev/stdout, /var
minimal_backoff_time = 2s
maximal_backoff_time = 10s
queue_run_delay = 2s
smtpd_client_connection_rate_limit = 0
enable_long_queue_ids = yes
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
lmtp_host_lookup = native
in_flow_delay = 0
"""

_MASTER = """
127.0.0.1:{smtp} inet  n - n - 20 smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""
_PRIVATE = [
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
]  # Postfix makes none of them


class MailServers:
    """Use it in a ``with``. `certificate`: a file with certificate and key, for IMAP over TLS. `outside`: the port

    where mail for all other domains is sent to; nobody listens there.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        for program, package in ((DOVECOT, "dovecot-imapd dovecot-lmtpd"), (POSTFIX, "postfix")):
            if not os.path.exists(program):
                tools.missing(program, package)
        if os.geteuid() != 0:
            if os.environ.get("JUESUAN_REQUIRE_TOOLS"):
                pytest.fail("Postfix 只能由 root 启动（已设 JUESUAN_REQUIRE_TOOLS，不得跳过）", pytrace=False)
            pytest.skip("Postfix 只能由 root 启动，这项测试做不了")
        self.certificate = certificate
        self.folder = Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))
        self.imap, self.imaps, self.lmtp, self.smtp, self.outside = (_free_port() for _ in range(5))
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> MailServers:
        try:
            self._prepare()
            self.start_dovecot()
            self.start_postfix()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("postfix", "dovecot"):
            self.stop(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_dovecot(self) -> None:
        owner = pwd.getpwnam(_USER)
        command = [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")]
        self._start("dovecot", command, user=owner.pw_uid, group=owner.pw_gid, extra_groups=[])
        _await_greeting(self.imap, b"* OK")
        _await_greeting(self.lmtp, b"220")

    def start_postfix(self) -> None:
        settings = str(self.folder / "postfix")
        # `postfix start` looks everything over first and takes two seconds; its master alone does not.
        self._start("postfix", [POSTFIX, "-d", "-c", settings], env={**os.environ, "MAIL_CONFIG": settings})
        _await_greeting(self.smtp, b"220")

    def renew(self, certificate: Path) -> None:
        shutil.copyfile(certificate, self.folder / "certificate.pem")
        self.stop("dovecot")
        self.start_dovecot()

    def stop(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def deliver(self, sender: str, content: bytes, recipient: str = BUREAU) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=SECONDS) as connection:
            connection.sendmail(sender, [recipient], content)

    def inbox(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every message a mailbox holds, as its files."""
        root = self.folder / "mail" / address
        place = root if folder == "INBOX" else root / f".{folder}"
        files = [file for name in ("new", "cur") if (place / name).exists() for file in (place / name).iterdir()]
        found = []
        for file in sorted(files):
            with contextlib.suppress(FileNotFoundError):
                found.append(file.read_bytes())
        return found

    def put(self, address: str, messages: Sequence[bytes], when: datetime) -> None:
        """Lay messages into an inbox that there is already, as if they had come at a time long past."""
        owner = pwd.getpwnam(_USER)
        for number, content in enumerate(messages):
            path = self.folder / "mail" / address / "tmp" / f"{int(when.timestamp())}.{number}.old"
            path.write_bytes(content)
            os.chown(path, owner.pw_uid, owner.pw_gid)
            os.utime(path, (when.timestamp(),) * 2)
            path.rename(path.parent.with_name("new") / path.name)

    def doveadm(self, *arguments: str) -> None:
        subprocess.run([_DOVEADM, "-c", str(self.folder / "dovecot.conf"), *arguments], check=True)

    def lose_inbox(self, address: str) -> None:
        """The inbox is gone with all that the server knows of it, as after a disk was lost; the folders stay."""
        root = self.folder / "mail" / address
        for path in [*root.glob("dovecot*"), *(root / "new").iterdir(), *(root / "cur").iterdir()]:
            path.unlink()

    def connected(self, address: str) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=SECONDS)
        client.login(address, PASSWORD)
        return client

    def empty(self, *addresses: str) -> None:
        """As a client does it: the server remembers which folders there are."""
        for address in addresses:
            with self.connected(address) as client:
                for _, _, folder in client.list_folders():
                    if folder != "INBOX":
                        client.delete_folder(folder)
                client.select_folder("INBOX")
                client.delete_messages(client.search("ALL"), silent=True)
                client.expunge()

    def await_messages(self, address: str, count: int, seconds: float = SECONDS) -> list[bytes]:
        """The messages of an inbox once there are `count`; fails the test if they do not come."""
        until = time.monotonic() + seconds
        while len(found := self.inbox(address)) < count:
            if time.monotonic() > until:
                pytest.fail(f"{address} 在 {seconds} 秒内只有 {len(found)} 封，应有 {count} 封", pytrace=False)
            time.sleep(0.02)
        return found

    def _prepare(self) -> None:
        folder, owner = self.folder, pwd.getpwnam(_USER)
        folder.chmod(0o755)
        for name in ("run", "state", "mail", "sasl"):
            (folder / name).mkdir()
            os.chown(folder / name, owner.pw_uid, owner.pw_gid)
        (folder / "dovecot.log").touch()
        os.chown(folder / "dovecot.log", owner.pw_uid, owner.pw_gid)
        tls = "ssl = no"
        if self.certificate:
            own = shutil.copy(self.certificate, folder / "certificate.pem")
            os.chown(own, owner.pw_uid, owner.pw_gid)
            tls = f"ssl = yes\nssl_cert = <{own}\nssl_key = <{own}"
        facts: dict[str, Any] = {
            "folder": folder,
            "user": _USER,
            "group": grp.getgrgid(owner.pw_gid).gr_name,
            "tls": tls,
            "imap": self.imap,
            "imaps": self.imaps if self.certificate else 0,
            "lmtp": self.lmtp,
            "smtp": self.smtp,
            "outside": self.outside,
            "password": PASSWORD,
            "domains": ", ".join(DOMAINS),
        }
        (folder / "dovecot.conf").write_text(_DOVECOT.format(**facts))
        settings = folder / "postfix"
        for path in (settings, folder / "spool", folder / "data"):
            path.mkdir()
        shutil.chown(folder / "data", "postfix", "postfix")
        for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER)):
            (settings / name).write_text(text.format(**facts))
            # Postfix waits while its settings are fresh.
            os.utime(settings / name, (time.time() - 60,) * 2)
        for name in _PRIVATE:
            (folder / "spool" / name).mkdir(mode=0o700)
            shutil.chown(folder / "spool" / name, "postfix", "root")
        (folder / "spool" / "pid").mkdir()
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            (folder / "spool" / name).mkdir()
            shutil.chown(folder / "spool" / name, "postfix", "postdrop")
            (folder / "spool" / name).chmod(mode)

    def _start(self, name: str, command: list[str], **options: Any) -> None:
        with open(self.folder / f"{name}.out", "ab") as log:
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_greeting(port: int, greeting: bytes) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(2)
            if greeting in connection.recv(512):
                return
        time.sleep(0.01)
    pytest.fail(f"邮件服务器在 {SECONDS} 秒内没有应答（端口 {port}）", pytrace=False)


def robot_settings(
    servers: MailServers, folder: Path, policy: str = "", imap: str = "", smtp_port: int = 0, allow: str = "*@unit.test"
) -> Path:
    """A mailbox.toml for these servers, in `folder`."""
    path = folder / "mailbox.toml"
    path.write_text(
        f"""
[imap]
host = "127.0.0.1"
{imap or f'port = {servers.imap}{chr(10)}tls = "none"'}
user = "{BUREAU}"
[smtp]
host = "127.0.0.1"
port = {smtp_port or servers.smtp}
tls = "none"
user = "{BUREAU}"
from = "{BUREAU}"
[state]
dir = "state"
[policy]
allow = ["{allow}"]
{policy}
""",
        encoding="utf-8",
    )
    return path
