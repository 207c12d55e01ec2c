"""The robot against real servers: what comes in is answered as stated, once, and filed."""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import openpyxl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import mail_messages
from hostile import FILES
from hostile.kind import SAMPLE
from juesuan.mailbox.config import load_settings
from juesuan.mailbox.imap import Inbox
from mail_kills import kill_and_count
from mail_messages import submission
from mail_servers import BUREAU, PASSWORD, MailServers, robot_settings

CLEAN = (SAMPLE.parent / "焦作2024.xlsx").read_bytes()
BROKEN = SAMPLE.read_bytes()
UNIT = "unit1@unit.test"
PASSWORDS = {"JUESUAN_IMAP_PASSWORD": PASSWORD, "JUESUAN_SMTP_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with MailServers() as running:
        yield running


@pytest.fixture
def mail(servers: MailServers) -> MailServers:
    """The servers with empty mailboxes."""
    addresses = [path.name for path in (servers.folder / "mail").iterdir()]
    servers.empty(*addresses)
    return servers


def test_a_folder_that_another_client_has_just_made_is_used(
    mail: MailServers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(str(robot_settings(mail, tmp_path)))
    with mail.connected(BUREAU) as other:
        other.create_folder(settings.folders.processed)
        other.append("INBOX", b"Subject: x\r\n\r\nx")
    inbox = Inbox(settings.imap, settings.folders)
    monkeypatch.setattr(inbox._client, "folder_exists", lambda _: False)
    inbox.file(inbox.uids(), settings.folders.processed)
    inbox.close()
    assert len(mail.inbox(BUREAU, settings.folders.processed)) == 1


def juesuan(*arguments: str | Path, environment: dict[str, str] = PASSWORDS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "juesuan", "mailbox", *map(str, arguments)],
        env=os.environ | environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def once(settings: Path) -> str:
    done = juesuan("once", "--config", settings)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@contextlib.contextmanager
def running(settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "juesuan", "mailbox", "run", "--config", str(settings)]
    with open(settings.parent / "robot.log", "ab") as log:
        robot = subprocess.Popen(command, stderr=log, env=os.environ | PASSWORDS)
    try:
        yield robot
    finally:
        if robot.poll() is None:
            robot.send_signal(signal.SIGTERM)
        assert robot.wait(60) == 0


def states(settings: Path) -> dict[str, int]:
    done = juesuan("status", "--config", settings, "--format", "json", environment={})
    assert done.returncode == 0, done.stderr
    return {state: count for state, count in json.loads(done.stdout)["counts"].items() if count}


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(reply: EmailMessage, kind: str = "plain") -> str:
    body = reply.get_body((kind,))
    assert body
    return str(body.get_content())


def copies(reply: EmailMessage) -> list[tuple[str, bytes]]:
    return [(part.get_filename() or "", part.get_content()) for part in reply.iter_attachments()]


def await_states(settings: Path, wanted: dict[str, int], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while (now := states(settings)) != wanted:
        assert time.monotonic() < until, now
        time.sleep(0.2)


def told(settings: Path) -> str:
    return juesuan("status", "--config", settings, environment={}).stdout


def await_told(
    settings: Path, sentence: str, *, gone: bool = False, seconds: float = 60, before: Callable[[], object] = bool
) -> None:
    """Wait until `status` says `sentence`, or no longer says it; `before` each look do something."""
    until = time.monotonic() + seconds
    before()
    while (sentence in (now := told(settings))) == gone:
        assert time.monotonic() < until, now
        time.sleep(0.2)
        before()


# --- the answer


def test_a_submission_is_answered_with_the_marked_workbook_and_filed(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    mail.deliver(UNIT, submission(BROKEN, message_id="a@unit.test", extra="References: <before@unit.test>\r\n"))
    mail.await_messages(BUREAU, 1)
    once(settings)
    (raw,) = mail.await_messages(UNIT, 1)
    reply = parsed(raw)
    assert (reply["In-Reply-To"], reply["References"]) == ("<a@unit.test>", "<before@unit.test> <a@unit.test>")
    assert (reply["Auto-Submitted"], reply["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert str(reply["Subject"]).startswith("Re: ")
    said = text(reply)
    assert "必须改 4 处，需说明 5 处，尾差 11 处（不用改）" in said
    assert "676.23，像是 667.23 写成了 676.23" in said
    assert "必须改 4 处" in text(reply, "html")
    ((name, content),) = copies(reply)
    assert name == mail_messages.FILE.replace(".xlsx", "-核对.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "核对结果"
    # The blind copy comes a moment later; the next look files it.
    time.sleep(0.5)
    once(settings)
    assert [len(mail.inbox(BUREAU, folder)) for folder in ("INBOX", "Processed", "Sent")] == [0, 1, 1]
    assert states(settings) == {"sent": 1}
    assert len(mail.inbox(UNIT)) == 1


def test_all_34_styles_of_messages_are_answered(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    styles = mail_messages.styles(CLEAN)
    assert len(styles) == 34
    with running(settings):
        for name, content in styles.items():
            tagged = content.replace(b"Subject: ", f"Subject: {name} ".encode(), 1)
            mail.deliver(UNIT, tagged)
        replies = {str(reply["Subject"]).split()[1]: reply for reply in map(parsed, mail.await_messages(UNIT, 34, 120))}
    assert set(replies) == set(styles)
    for name, reply in replies.items():
        said = text(reply)
        if name == "qq_big_file_link":
            assert "不下载链接里的文件" in said
        elif name == "truncated_base64":
            assert "损坏" in said or "不完整" in said, said
        else:
            assert "需说明 4 处" in said, (name, said)
            assert len(copies(reply)) == 1, name
    assert len(mail.inbox(UNIT)) == 34


def test_every_hostile_file_is_answered_with_a_sentence_or_judged(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, "max_per_hour = 1000")
    made = [(number, item, item.make()) for number, item in enumerate(FILES)]
    kept = [(number, item, content) for number, item, content in made if len(content) < 20 << 20]
    assert len(kept) > 40
    for number, item, content in kept:
        mail.deliver(UNIT, submission(content, message_id=f"{number}@unit.test", name=item.name))
    mail.await_messages(BUREAU, len(kept))
    log = once(settings)
    assert "trace" not in log, log
    replies = {str(reply["In-Reply-To"]): text(reply) for reply in map(parsed, mail.await_messages(UNIT, len(kept)))}
    for number, item, _ in kept:
        said = replies[f"<{number}@unit.test>"]
        if item.refused is not None and not item.name.endswith((".pdf", ".docx", ".zip", ".rar")):
            assert item.refused in said or "没有核对完" in said, (item.name, said)
            assert "Traceback" not in said
        elif item.refused is None:
            assert "必须改" in said, (item.name, said)


def test_messages_without_a_workbook_are_told_what_to_do(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, "max_mb = 1")
    rar = mail_messages.attached(b"Rar!\x1a\x07\x00" + bytes(99), "application/x-rar", 'attachment; filename="a.rar"')
    word = mail_messages.attached(b"%PDF-1.7", "application/pdf", 'attachment; filename="a.pdf"')
    big = submission(os.urandom(2 << 20), message_id="big@unit.test")
    told = {
        "none": (mail_messages.mixed("none@unit.test", []), "邮件里没有附件"),
        "rar": (mail_messages.mixed("rar@unit.test", [rar]), "是 rar 压缩包"),
        "pdf": (mail_messages.mixed("pdf@unit.test", [word]), "附件里没有工作簿"),
        "empty": (submission(b"", message_id="empty@unit.test"), "空文件"),
        "big": (big, "邮件超过 1 MB"),
    }
    for content, _ in told.values():
        mail.deliver(UNIT, content)
    mail.await_messages(BUREAU, len(told))
    once(settings)
    replies = {str(reply["In-Reply-To"]): text(reply) for reply in map(parsed, mail.await_messages(UNIT, len(told)))}
    for name, (_, sentence) in told.items():
        assert sentence in replies[f"<{name}@unit.test>"]


def test_a_rehearsal_shows_the_reply_and_leaves_everything_as_it_is(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    mail.deliver(UNIT, submission(BROKEN))
    mail.deliver("who@stranger.test", head("stranger@x", "who@stranger.test"))
    mail.await_messages(BUREAU, 2)
    done = juesuan("once", "--dry-run", "--config", settings)
    assert done.returncode == 0, done.stderr
    assert f"会发给 {UNIT}" in done.stdout
    assert "必须改 4 处" in done.stdout
    assert "转人工：who@stranger.test：发件人不在允许的名单里" in done.stdout
    assert len(mail.inbox(BUREAU)) == 2
    assert mail.inbox(UNIT) == []
    assert not (tmp_path / "state").exists()
    wrong = juesuan("once", "--dry-run", "--config", settings, environment={**PASSWORDS, "JUESUAN_IMAP_PASSWORD": "x"})
    assert (wrong.returncode, "授权码" in wrong.stderr) == (2, True)


def test_a_new_version_is_compared_with_the_last(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    file = openpyxl.load_workbook(io.BytesIO(BROKEN))
    file["公开03表"]["D10"] = 667.23
    file["公开05表"]["D10"] = 777.77
    changed = io.BytesIO()
    file.save(changed)
    for number, content in enumerate((BROKEN, changed.getvalue())):
        mail.deliver(UNIT, submission(content, message_id=f"{number}@unit.test"))
        time.sleep(0.5)
        once(settings)
    second = text(parsed(mail.await_messages(UNIT, 2)[1]))
    first = text(parsed(mail.await_messages(UNIT, 2)[0]))
    assert ("与上次发来的相比" in second) != ("与上次发来的相比" in first)
    compared = second if "与上次发来的相比" in second else first
    assert "已改" in compared
    assert "D10" in compared
    assert "比上次：已改" in told(settings)


# --- who is not answered


def head(message_id: str, sender: str = UNIT, **fields: str) -> bytes:
    extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return submission(CLEAN, message_id=message_id, sender=sender, extra=extra)


def test_machines_lists_and_strangers_are_not_answered(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, 'staff = "staff@bureau.test"')
    ignored = {
        "auto": head("auto@x", Auto_Submitted="auto-replied"),
        "bulk": head("bulk@x", Precedence="bulk"),
        "list": head("list@x", List_Id="<l.unit.test>"),
        "loop": head("loop@x", X_Loop=BUREAU),
        "self": head("self@x", BUREAU),
        "daemon": head("daemon@x", "mailer-daemon@unit.test"),
    }
    for content in ignored.values():
        mail.deliver("someone@unit.test", content)
    mail.deliver("", head("null@x"))
    mail.deliver("who@stranger.test", head("stranger@x", "who@stranger.test"))
    mail.deliver("who@stranger.test", head("two@x", f"{UNIT}>, <who@stranger.test"))
    mail.deliver(UNIT, head("answer@x", Auto_Submitted="no", Reply_To="thief@stranger.test"))
    mail.await_messages(BUREAU, len(ignored) + 4)
    once(settings)
    mail.await_messages("staff@bureau.test", 1)
    (reply,) = mail.await_messages(UNIT, 1)
    assert parsed(reply)["In-Reply-To"] == "<answer@x>"
    for nobody in ("who@stranger.test", "thief@stranger.test", "someone@unit.test", "mailer-daemon@unit.test"):
        assert mail.inbox(nobody) == []
    assert states(settings) == {"sent": 1, "ignored": 7, "quarantined": 2}
    assert len(mail.inbox(BUREAU, "Quarantine")) == 2
    assert len(mail.inbox("staff@bureau.test")) == 1


def test_an_explanation_sent_in_reply_goes_to_a_person(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    mail.deliver(UNIT, submission(BROKEN))
    mail.await_messages(BUREAU, 1)
    once(settings)
    (reply,) = map(parsed, mail.await_messages(UNIT, 1))
    thread = f"In-Reply-To: {reply['Message-ID']}\r\nReferences: {reply['References']} {reply['Message-ID']}\r\n"
    mail.deliver(UNIT, mail_messages.mixed("why@unit.test", [], body="医保从事业运行列支。", extra=thread))
    await_told(settings, "可能是说明", before=lambda: once(settings))
    once(settings)
    assert len(mail.inbox(BUREAU, "Quarantine")) == 1
    mail.deliver(UNIT, submission(CLEAN, message_id="mended@unit.test", extra=thread))
    await_told(settings, "没有差错", before=lambda: once(settings))
    assert len(mail.await_messages(UNIT, 2)) == 2


def test_more_than_a_senders_share_waits_and_nothing_is_dropped(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, "max_per_hour = 2")
    for number in range(4):
        mail.deliver(UNIT, submission(CLEAN, message_id=f"{number}@unit.test"))
    mail.await_messages(BUREAU, 4)
    once(settings)
    assert states(settings) == {"deferred": 2, "sent": 2}
    assert len(mail.inbox(BUREAU, "Processed")) == 2
    more = robot_settings(mail, tmp_path, "max_per_hour = 4")
    once(more)
    assert states(settings) == {"sent": 4}
    assert len(mail.await_messages(UNIT, 4)) == 4


def test_a_message_delivered_twice_or_put_back_is_answered_once(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    content = submission(CLEAN, message_id="same@unit.test")
    for _ in range(3):
        mail.deliver(UNIT, content)
    mail.await_messages(BUREAU, 3)
    once(settings)
    mail.deliver(UNIT, content)
    once(settings)
    time.sleep(0.5)
    once(settings)
    assert len(mail.inbox(UNIT)) == 1
    assert len(mail.inbox(BUREAU, "Processed")) == 4


def refuse_everybody(port: int) -> None:
    """A server of the outside world that knows no recipient."""
    with (
        contextlib.suppress(OSError),
        socket.create_server(("127.0.0.1", port)) as listening,
        listening.accept()[0] as connection,
    ):
        talk = connection.makefile("rwb")
        talk.write(b"220 outside\r\n")
        talk.flush()
        while line := talk.readline():
            talk.write(b"550 5.1.1 no such user\r\n" if line.upper().startswith(b"RCPT") else b"250 outside\r\n")
            talk.flush()


def test_a_reply_that_bounces_is_known_and_the_staff_is_told(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, 'staff = "staff@bureau.test"', allow="*@nowhere.test")
    mail.deliver("a@nowhere.test", submission(CLEAN, message_id="b@x", sender="a@nowhere.test"))
    mail.await_messages(BUREAU, 1)
    threading.Thread(target=refuse_everybody, args=(mail.outside,), daemon=True).start()
    once(settings)
    until = time.monotonic() + 30
    while states(settings) != {"failed": 1} and time.monotonic() < until:
        time.sleep(0.3)
        once(settings)
    assert "对方服务器退信" in told(settings)
    once(settings)
    mail.await_messages("staff@bureau.test", 1)


def test_a_bounce_of_another_form_goes_to_a_person(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path, 'staff = "staff@bureau.test"')
    mail.deliver(UNIT, submission(CLEAN))
    mail.await_messages(BUREAU, 1)
    once(settings)
    number = parsed(mail.await_messages(UNIT, 1)[0])["Message-ID"]
    said = f"Hi. This is the qmail-send program. <{UNIT}>: no such user\r\n\r\nMessage-ID: {number}\r\n"
    plain = f"From: Postmaster@mail.test\r\nTo: {BUREAU}\r\nSubject: failure\r\nMessage-ID: <b@x>\r\n"
    mail.deliver("", f"{plain}\r\n{said}".encode())
    mail.deliver("", f"{plain}In-Reply-To: {number}\r\n\r\nI am away.\r\n".replace("<b@x>", "<c@x>").encode())
    await_told(settings, "像是退信", before=lambda: once(settings))
    once(settings)
    assert states(settings) == {"sent": 1, "ignored": 1, "quarantined": 1}
    assert len(mail.inbox(BUREAU, "Quarantine")) == 1
    mail.await_messages("staff@bureau.test", 1)


# --- trouble


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


def test_units_that_are_late_are_named_and_reminded_once_a_week(mail: MailServers, tmp_path: Path) -> None:
    settings = robot_settings(mail, tmp_path)
    units = tmp_path / "UNITS.csv"
    rows = ["单位编码,单位名称,邮箱,截止日期", "1,焦作市公共资源交易中心,unit1@unit.test,2025-07-31"]
    units.write_text("\n".join([*rows, "2,市水利局,unit2@unit.test,2025-07-31", "3,市档案馆,,"]), encoding="utf-8")
    mail.deliver(UNIT, submission(CLEAN))
    mail.await_messages(BUREAU, 1)
    once(settings)
    other = juesuan("status", "--config", settings, "--expect", units, "--year", "2025", environment={}).stdout
    assert "未报 3" in other
    late = juesuan("status", "--config", settings, "--expect", units, "--year", "2024", environment={}).stdout
    assert "名单 3 个单位：未报 2，待改 0，其余 1；已过截止日的 1" in late
    shown = juesuan("remind", "--config", settings, "--expect", units, environment={}).stdout
    assert "unit2@unit.test" in shown
    assert "没有发出" in shown
    once(settings)
    assert mail.inbox("unit2@unit.test") == []
    for new in (1, 0):
        sent = juesuan("remind", "--send", "--config", settings, "--expect", units, environment={}).stdout
        assert f"新放进待发的提醒 {new} 封" in sent
        once(settings)
    (reminder,) = map(parsed, mail.await_messages("unit2@unit.test", 1))
    assert "还没有收到你单位的工作簿" in text(reminder)
    assert reminder["Auto-Submitted"] == "auto-generated"
    assert len(mail.inbox(UNIT)) == 1


def test_the_register_admits_a_unit_and_keeps_others_results_from_it(mail: MailServers, tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("单位编码,单位名称,邮箱\n1,焦作市公共资源交易中心,who@stranger.test\n", encoding="utf-8")
    settings = robot_settings(mail, tmp_path, 'units = "units.csv"')
    for number, sender in enumerate((UNIT, "who@stranger.test", "who@stranger.test")):
        mail.deliver(sender, submission(BROKEN, message_id=f"{number}@x", sender=sender))
        time.sleep(0.5)
        once(settings)
    replies = {
        str(reply["In-Reply-To"]): text(reply) for reply in map(parsed, mail.await_messages("who@stranger.test", 2))
    }
    assert "与上次发来的相比" not in replies["<1@x>"]
    assert "已改 0 处，未改 9 处，新出现 0 处" in replies["<2@x>"]


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


def test_killed_at_any_moment_nothing_is_lost_and_nothing_answered_twice(tmp_path: Path) -> None:
    outcome = kill_and_count(messages=20, kills=12, seed=5, folder=tmp_path)
    assert outcome.is_right, outcome
    assert outcome.kills >= 12
