"""What goes wrong around the robot: servers, disks, certificates, clocks. It says so, loses nothing, and goes on."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import mail_messages
from full_disk import fill, small_disk
from hostile.kind import SAMPLE
from mail_messages import submission
from mail_proxy import FaultyImap
from mail_robot import PASSWORDS, UNIT, await_states, await_told, juesuan, once, parsed, running, states, told
from mail_servers import BUREAU, PASSWORD, MailServers, robot_settings

CLEAN = (SAMPLE.parent / "焦作2024.xlsx").read_bytes()


def test_a_second_robot_on_the_same_folder_is_refused(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    with running(settings):
        mail.deliver(UNIT, submission(CLEAN))
        mail.await_messages(UNIT, 1, 60)
        second = juesuan("once", "--config", settings)
    assert second.returncode == 2
    assert "正由另一个" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_robot_with_nothing_to_do_does_next_to_nothing(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    with running(settings) as robot:
        mail.deliver(UNIT, submission(CLEAN))
        mail.await_messages(UNIT, 1, 60)
        await_states(settings, {"sent": 1})
        time.sleep(2)

        def used() -> float:
            """Seconds of CPU of the robot itself."""
            fields = Path(f"/proc/{robot.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = used()
        time.sleep(3)
        assert used() - before < 0.15


def test_a_wrong_password_is_told_and_nothing_is_lost(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    mail.deliver(UNIT, submission(CLEAN))
    mail.await_messages(BUREAU, 1)
    wrong = juesuan("once", "--config", settings, environment=PASSWORDS | {"JUESUAN_IMAP_PASSWORD": "hunter2"})
    assert wrong.returncode == 2
    assert "不接受用户名或密码" in wrong.stderr
    assert "hunter2" not in wrong.stderr
    half = juesuan("once", "--config", settings, environment=PASSWORDS | {"JUESUAN_SMTP_PASSWORD": "hunter2"})
    assert half.returncode == 2
    assert "授权码" in half.stderr
    assert "hunter2" not in half.stderr
    assert "授权码" in juesuan("status", "--config", settings, environment={}).stdout
    once(settings)
    assert len(mail.await_messages(UNIT, 1)) == 1


def certificate(path: Path, days: int) -> Path:
    """A certificate of 127.0.0.1, and its key, that ends after `days`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(built.public_bytes(Encoding.PEM) + secret)
    return path


@pytest.mark.parametrize(("days", "works"), [(30, True), (-1, False)])
def test_a_certificate_must_be_valid(tmp_path: Path, days: int, works: bool) -> None:
    path = certificate(tmp_path / "both.pem", days)
    with MailServers(path) as servers:
        for tls, port in (("ssl", servers.imaps), ("starttls", servers.imap)):
            folder = tmp_path / tls
            folder.mkdir()
            settings = robot_settings(servers, folder, imap=f'port = {port}\ntls = "{tls}"')
            servers.deliver(UNIT, submission(CLEAN, message_id=f"{tls}@x"))
            servers.await_messages(BUREAU, 1)
            done = juesuan("once", "--config", settings, environment=PASSWORDS | {"SSL_CERT_FILE": str(path)})
            assert (done.returncode == 0) is works, done.stderr
            if not works:
                assert "证书没有通过验证" in done.stderr
                assert len(servers.inbox(BUREAU)) == 1
                break
            unknown = juesuan("once", "--config", settings)
            assert "证书没有通过验证" in unknown.stderr
        assert len(servers.inbox(UNIT)) == 2 * works


def test_a_password_that_is_put_right_is_used_without_a_new_start(mail: MailServers, tmp_path: Path) -> None:
    imap = f'port = {mail.imap}\ntls = "none"\npoll_seconds = 1\npassword_file = "imap.password"'
    settings = robot_settings(mail, tmp_path, imap=imap)
    secret = tmp_path / "imap.password"
    secret.touch(0o600)
    secret.write_text("hunter2\n", encoding="utf-8")
    mail.deliver(UNIT, submission(CLEAN))
    with running(settings, {"JUESUAN_SMTP_PASSWORD": PASSWORD}):
        mail.await_messages(BUREAU, 1)
        await_log(tmp_path, "不接受用户名或密码")
        assert "【故障】收信" in told(settings)
        secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
        mail.await_messages(UNIT, 1, 60)
        await_told(settings, "【故障】", gone=True)
    assert "hunter2" not in (tmp_path / "robot.log").read_text(encoding="utf-8")


def test_a_certificate_that_is_renewed_is_accepted_without_a_new_start(tmp_path: Path) -> None:
    path = certificate(tmp_path / "both.pem", -1)
    with MailServers(path) as servers:
        imap = f'port = {servers.imaps}\ntls = "ssl"\npoll_seconds = 1'
        settings = robot_settings(servers, tmp_path, imap=imap)
        servers.deliver(UNIT, submission(CLEAN))
        with running(settings, PASSWORDS | {"SSL_CERT_FILE": str(path)}):
            await_log(tmp_path, "证书没有通过验证")
            assert "【故障】收信" in told(settings)
            servers.renew(certificate(path, 30))
            servers.await_messages(UNIT, 1, 60)
            await_told(settings, "【故障】", gone=True)


def await_log(folder: Path, sentence: str) -> None:
    until = time.monotonic() + 60
    while sentence not in (log := (folder / "robot.log").read_text(encoding="utf-8")):
        assert time.monotonic() < until, log
        time.sleep(0.1)


def test_servers_that_stop_and_come_back_need_no_help(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, imap=f'port = {mail.imap}\ntls = "none"\npoll_seconds = 1')
    with running(settings):
        mail.deliver(UNIT, submission(CLEAN, message_id="1@x"))
        mail.await_messages(UNIT, 1, 60)
        mail.stop("dovecot")
        await_told(settings, "【故障】收信")
        mail.start_dovecot()
        mail.deliver(UNIT, submission(CLEAN, message_id="2@x"))
        mail.await_messages(UNIT, 2, 60)
        mail.stop("postfix")
        time.sleep(1)
        mail.start_postfix()
        mail.deliver(UNIT, submission(CLEAN, message_id="3@x"))
        mail.await_messages(UNIT, 3, 60)
        await_told(settings, "【故障】", gone=True)


def test_a_full_disk_loses_nothing(mail: MailServers, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(state)], capture_output=True)
    if mounted.returncode:
        pytest.skip("这里不能挂载小磁盘，做不了磁盘写满的测试")
    try:
        settings = robot_settings(mail, tmp_path)
        (state / "ballast").write_bytes(bytes(2_700_000))
        mail.deliver(UNIT, submission(CLEAN + os.urandom(600_000), message_id="1@x"))
        mail.await_messages(BUREAU, 1)
        full = juesuan("once", "--config", settings)
        assert full.returncode == 2
        assert "磁盘" in full.stderr
        assert "Traceback" not in full.stderr
        assert len(mail.inbox(BUREAU)) == 1
        (state / "ballast").unlink()
        once(settings)
        assert len(mail.await_messages(UNIT, 1)) == 1
    finally:
        subprocess.run(["umount", "-l", str(state)], check=True)


def test_a_disk_that_is_full_when_the_reply_is_kept_ends_a_run_and_loses_nothing(
    mail: MailServers, tmp_path: Path
) -> None:
    settings = robot_settings(mail, tmp_path)
    once(settings)
    mail.deliver(UNIT, submission(CLEAN))
    mail.await_messages(BUREAU, 1)
    # No file may be larger than the message itself: there is room for the message, and none for the reply.
    limit = f"ulimit -f 60; exec {sys.executable} -m juesuan mailbox once --config {settings}"
    full = subprocess.run(
        ["bash", "-c", limit],
        env=os.environ | PASSWORDS,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert full.returncode == 2, full.stderr
    assert "核对：" in full.stderr
    assert mail.inbox(UNIT) == []
    once(settings)
    assert len(mail.await_messages(UNIT, 1)) == 1


def in_folders(mail: MailServers) -> list[int]:
    return [len(mail.inbox(BUREAU, folder)) for folder in ("INBOX", "Processed", "Sent", "Quarantine")]


def await_folders(mail: MailServers, wanted: list[int], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while (now := in_folders(mail)) != wanted:
        assert time.monotonic() < until, now
        time.sleep(0.1)


def test_a_disk_that_fills_up_during_a_run_is_told_and_made_good_without_help(
    mail: MailServers, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "state", 80) as ballast:
        settings = robot_settings(mail, tmp_path, imap=f'port = {mail.imap}\ntls = "none"\npoll_seconds = 1')
        with running(settings):
            mail.deliver(UNIT, submission(CLEAN, message_id="1@x"))
            mail.await_messages(UNIT, 1, 60)
            await_folders(mail, [0, 1, 1, 0])
            assert "【故障】" not in told(settings)
            fill(ballast)
            for number in range(2, 8):
                mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@x"))
            await_told(settings, "【故障】磁盘：")
            # There may be room for some messages yet, and then for no more.
            time.sleep(3)
            fill(ballast)
            assert "腾出空间" in told(settings)
            assert sum(in_folders(mail)[:2]) >= 7
            ballast.unlink()
            assert len(mail.await_messages(UNIT, 7, 150)) == 7
            await_folders(mail, [0, 7, 7, 0])
            await_told(settings, "【故障】", gone=True)
            assert states(settings) == {"sent": 7}
        log = (tmp_path / "robot.log").read_text(encoding="utf-8")
        assert "磁盘" in log
        assert "Traceback" not in log
        assert len({parsed(raw)["In-Reply-To"] for raw in mail.inbox(UNIT)}) == 7


def test_on_a_full_disk_nothing_starts_and_the_status_can_be_read(mail: MailServers, tmp_path: Path) -> None:
    with small_disk(tmp_path / "state", 2) as ballast:
        settings = robot_settings(mail, tmp_path)
        mail.deliver(UNIT, submission(CLEAN))
        mail.await_messages(BUREAU, 1)
        once(settings)
        fill(ballast)
        done = juesuan("once", "--config", settings)
        assert (done.returncode, "磁盘空间" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
        assert "已回复 1" in told(settings)
        assert "【故障】磁盘：" in told(settings)


def test_a_damaged_journal_is_told_and_what_to_do(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    journal = tmp_path / "state" / "journal.db"
    journal.parent.mkdir()
    journal.touch()
    empty = juesuan("status", "--config", settings)
    assert (empty.returncode, "还没有收发记录" in empty.stderr) == (2, True)
    odd = juesuan("status", "--config", settings, "--most", "-1")
    assert (odd.returncode, "--most -1 不对" in odd.stderr) == (2, True)
    mail.deliver(UNIT, submission(CLEAN))
    mail.await_messages(BUREAU, 1)
    once(settings)
    whole = journal.read_bytes()
    for content in (whole[:4096] + b"\xff" * (len(whole) - 4096), os.urandom(9000)):
        journal.write_bytes(content)
        for action in ("once", "run", "status"):
            done = juesuan(action, "--config", settings)
            assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (2, 1, False), done.stderr
            assert "记录 journal.db 损坏" in done.stderr
    journal.write_bytes(whole)
    once(settings)
    assert len(mail.inbox(UNIT)) == 1


def test_an_inbox_that_is_made_anew_during_a_run_is_read_anew_and_nobody_answered_twice(
    mail: MailServers, tmp_path: Path
) -> None:
    """The server gives the inbox another UIDVALIDITY: once by command, once because its folder is lost and remade."""
    imap = f'port = {mail.imap}\ntls = "none"\npoll_seconds = 1'
    settings = robot_settings(mail, tmp_path, "max_per_hour = 2", imap=imap)

    def epochs() -> set[int]:
        with contextlib.closing(sqlite3.connect(f"file:{tmp_path}/state/journal.db?mode=ro", uri=True)) as base:
            return {epoch for (epoch,) in base.execute("SELECT epoch FROM seen")}

    with running(settings):
        for number in range(3):
            mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@x"))
        mail.await_messages(UNIT, 2, 60)
        # One is over its sender's share and stays in the inbox.
        await_states(settings, {"sent": 2, "deferred": 1})
        await_folders(mail, [1, 2, 2, 0])
        mail.doveadm("mailbox", "update", "-u", BUREAU, "--uid-validity", str(max(epochs()) + 1000), "INBOX")
        mail.deliver("who@unit.test", submission(CLEAN, message_id="4@x", sender="who@unit.test"))
        mail.await_messages("who@unit.test", 1, 60)
        await_folders(mail, [1, 3, 3, 0])
        (waiting,) = map(parsed, mail.inbox(BUREAU))
        mail.lose_inbox(BUREAU)
        mail.deliver(UNIT, submission(CLEAN, message_id=waiting["Message-ID"].strip("<>")))
        mail.deliver("two@unit.test", submission(CLEAN, message_id="5@x", sender="two@unit.test"))
        mail.await_messages("two@unit.test", 1, 60)
        await_folders(mail, [1, 4, 4, 0])
        assert len(epochs()) == 3
        assert states(settings) == {"sent": 4, "deferred": 1}
        assert [len(mail.inbox(who)) for who in (UNIT, "who@unit.test", "two@unit.test")] == [2, 1, 1]
        await_told(settings, "【故障】", gone=True)


def test_a_server_that_is_slow_and_takes_one_connection_only_is_borne(mail: MailServers, tmp_path: Path) -> None:
    with FaultyImap(mail.imap, connections=1, slow=0.3) as proxy:
        settings = robot_settings(mail, tmp_path, imap=f'port = {proxy.port}\ntls = "none"\npoll_seconds = 1')
        with running(settings):
            for number in range(3):
                mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@x"))
                mail.await_messages(UNIT, number + 1, 60)
            await_folders(mail, [0, 3, 3, 0])
            assert "【故障】" not in told(settings)
        assert proxy.turned_away > 1
        log = (tmp_path / "robot.log").read_text(encoding="utf-8")
        assert log.count('"event": "watch"') == 1


def test_an_idle_connection_that_falls_silent_delays_a_message_by_one_look(mail: MailServers, tmp_path: Path) -> None:
    with FaultyImap(mail.imap, deaf=True) as proxy:
        settings = robot_settings(mail, tmp_path, imap=f'port = {proxy.port}\ntls = "none"\npoll_seconds = 2')
        with running(settings):
            for number in range(3):
                mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@x"))
                mail.await_messages(UNIT, number + 1, 30)
        assert any(command.endswith(" IDLE") for command in proxy.commands)


def test_a_folder_that_takes_no_more_is_told_and_what_is_new_is_answered(mail: MailServers, tmp_path: Path) -> None:
    with FaultyImap(mail.imap) as proxy:
        settings = robot_settings(mail, tmp_path, imap=f'port = {proxy.port}\ntls = "none"\npoll_seconds = 1')
        proxy.refused = {"MOVE": "NO [OVERQUOTA] mailbox is full", "COPY": "NO [OVERQUOTA] mailbox is full"}
        with running(settings):
            for number in range(2):
                mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@x"))
                mail.await_messages(UNIT, number + 1, 60)
            await_told(settings, "【故障】收信：")
            assert "[OVERQUOTA] mailbox is full" in told(settings)
            proxy.refused = {}
            await_folders(mail, [0, 2, 2, 0], 120)
            await_told(settings, "【故障】", gone=True)
        assert len(mail.inbox(UNIT)) == 2


def test_a_message_that_the_server_cannot_give_out_keeps_no_other_waiting(mail: MailServers, tmp_path: Path) -> None:
    with FaultyImap(mail.imap) as proxy:
        settings = robot_settings(mail, tmp_path, imap=f'port = {proxy.port}\ntls = "none"\npoll_seconds = 1')
        mail.deliver(UNIT, submission(CLEAN, message_id="bad@x"))
        mail.await_messages(BUREAU, 1)
        with mail.connected(BUREAU) as client:
            client.select_folder("INBOX")
            (uid,) = client.search("ALL")
        proxy.refused = {f"FETCH {uid} (BODY.PEEK[])": "NO [SERVERBUG] cannot read"}
        mail.deliver(UNIT, submission(CLEAN, message_id="good@x"))
        mail.await_messages(BUREAU, 2)
        with running(settings):
            (reply,) = map(parsed, mail.await_messages(UNIT, 1, 60))
            assert reply["In-Reply-To"] == "<good@x>"
            await_folders(mail, [1, 1, 1, 0], 90)
            assert "[SERVERBUG] cannot read" in told(settings)
            proxy.refused = {}
            mail.await_messages(UNIT, 2, 90)
            await_folders(mail, [0, 2, 2, 0])


def test_many_old_messages_are_got_through_or_left_alone(mail: MailServers, tmp_path: Path) -> None:
    many = 1500
    letters = [mail_messages.mixed(f"{number}@x", [], extra="List-Id: <x>\r\n") for number in range(many)]
    old = datetime.now(UTC) - timedelta(days=40)
    mail.deliver(UNIT, submission(CLEAN, message_id="new@x"))
    mail.await_messages(BUREAU, 1)
    mail.put(BUREAU, [*letters, submission(CLEAN, message_id="old@x")], old)
    mail.await_messages(BUREAU, many + 2)
    today = f'port = {mail.imap}\ntls = "none"\nsince = {date.today() - timedelta(days=7)}'
    once(robot_settings(mail, tmp_path, imap=today))
    (reply,) = map(parsed, mail.await_messages(UNIT, 1))
    assert reply["In-Reply-To"] == "<new@x>"
    with FaultyImap(mail.imap) as proxy:
        settings = robot_settings(mail, tmp_path, imap=f'port = {proxy.port}\ntls = "none"')
        once(settings)
        assert max(map(len, proxy.commands)) < 2000
    assert len(mail.await_messages(UNIT, 2)) == 2
    assert states(settings) == {"ignored": many, "sent": 2}
    time.sleep(1)
    once(settings)
    assert in_folders(mail) == [0, many + 2, 2, 0]
