"""The robot against real servers: what comes in is answered as stated, once, and filed."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
import time
from pathlib import Path

import openpyxl
import pytest

import mail_messages
from hostile import FILES
from hostile.kind import SAMPLE
from juesuan.mailbox.config import load_settings
from juesuan.mailbox.imap import Inbox
from mail_kills import kill_and_count
from mail_messages import submission
from mail_robot import (
    PASSWORDS,
    UNIT,
    await_told,
    copies,
    juesuan,
    once,
    parsed,
    running,
    states,
    text,
    told,
)
from mail_servers import BUREAU, MailServers, robot_settings

CLEAN = (SAMPLE.parent / "焦作2024.xlsx").read_bytes()
BROKEN = SAMPLE.read_bytes()


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
    inbox.file(inbox.uids(None), settings.folders.processed)
    inbox.close()
    assert len(mail.inbox(BUREAU, settings.folders.processed)) == 1


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


def test_every_hostile_file_is_answered_with_its_sentence_or_judged(mail: MailServers, tmp_path: Path) -> None:
    """Each kind by its name: the reply says of it what `docs/hostile.md` says, or what mail adds to that."""
    settings = robot_settings(mail, tmp_path, "max_per_hour = 1000")
    by_mail = {
        "压缩包.zip": None,
        "加密压缩包.zip": "加了密码，打不开。请不设密码重新压缩",
        "RAR.xlsx": "是 rar 压缩包",
    }
    by_number = dict(enumerate(FILES))
    for number, item in by_number.items():
        mail.deliver(UNIT, submission(item.make(), message_id=f"{number}@unit.test", name=item.name))
    mail.await_messages(BUREAU, len(FILES), 60)
    log = once(settings)
    assert "trace" not in log, log
    replies = {str(reply["In-Reply-To"]): reply for reply in map(parsed, mail.await_messages(UNIT, len(FILES)))}
    wrong = {}
    for number, item in by_number.items():
        reply = replies[f"<{number}@unit.test>"]
        title, verdict, after, *rest = text(reply).splitlines()
        sentence = by_mail.get(item.name, item.refused)
        if sentence is None:
            # A copy is enclosed, or a line says why there is none.
            right = verdict.startswith("必须改 4 处，") and item.said in "".join(rest)
            right = right and (bool(copies(reply)) or "标注" in "".join(rest))
        else:
            right = sentence in verdict and verdict.endswith("。") and len(rest) == 1 and not copies(reply)
        if not (right and title.startswith("■ ") and after == ""):
            wrong[item.name] = text(reply)
    assert wrong == {}
    assert states(settings) == {"sent": len(FILES)}


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


def test_killed_at_any_moment_nothing_is_lost_and_nothing_answered_twice(tmp_path: Path) -> None:
    outcome = kill_and_count(messages=20, kills=12, seed=5, folder=tmp_path)
    assert outcome.is_right, outcome
    assert outcome.kills >= 12
