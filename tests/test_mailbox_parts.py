"""The parts of the mailbox that need no server: headers, attachments, who is answered, settings, journal, replies."""

from __future__ import annotations

import email
import email.policy
import errno
import io
import os
import socket
import sqlite3
import threading
import time
import zipfile
from datetime import date
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mail_messages
from hostile.formats import OLE
from hostile.kind import SAMPLE, zipped
from juesuan.apart import Apart
from juesuan.batch.units import Unit
from juesuan.errors import DeclarationError, JuesuanError
from juesuan.intake.judge import Order, judge
from juesuan.mailbox import judging, tnef, told
from juesuan.mailbox.attachments import MOST, unpack
from juesuan.mailbox.comparison import Item, compared, items_of
from juesuan.mailbox.config import Server, Settings, load_settings
from juesuan.mailbox.encoded import decoded, shown_line, shown_name, words
from juesuan.mailbox.expected import as_text, remind, reminders, standings
from juesuan.mailbox.incoming import identity, incoming
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.judging import Judging
from juesuan.mailbox.letters import html, letter, plain
from juesuan.mailbox.notes import note
from juesuan.mailbox.policy import admission, authenticated, bounced
from juesuan.mailbox.receiving import Receiving
from juesuan.mailbox.records import Job, Letter
from juesuan.mailbox.register import register_of
from juesuan.mailbox.sending import LEAST_TRIES, Sending
from juesuan.mailbox.smtp import Post, Refused
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.status import Status, status
from juesuan.mailbox.status import as_text as status_as_text
from juesuan.mailbox.told import about_book, saying
from juesuan.report.result import as_dict
from mail_messages import submission

CLEAN = (SAMPLE.parent / "焦作2024.xlsx").read_bytes()
BROKEN = SAMPLE.read_bytes()
OWN = "bureau@bureau.test"
STRANGE_NAMES = {
    "charset_lies": "镕基㙍决算.xlsx",
    "unquoted_apostrophe": "O'Brien决算.xlsx",
    "path_traversal": "决算.xlsx",
}
BASIC = """
[imap]
host = "127.0.0.1"
port = 1143
user = "bureau@bureau.test"
tls = "none"
[smtp]
host = "127.0.0.1"
port = 1025
tls = "none"
from = "bureau@bureau.test"
[state]
dir = "state"
[policy]
allow = ["*@unit.test", "one@other.test"]
"""


def written(folder: Path, text: str = BASIC) -> str:
    path = folder / "mailbox.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("JUESUAN_IMAP_PASSWORD", "geheim")
    return load_settings(written(tmp_path))


# --- messages


@pytest.mark.parametrize("style", mail_messages.styles(CLEAN))
def test_the_workbook_is_found_in_every_style_of_message(style: str) -> None:
    raw = mail_messages.styles(CLEAN)[style]
    found, link = unpack(raw)
    if style == "qq_big_file_link":
        assert (found, link) == ([], True)
    elif style == "truncated_base64":
        assert CLEAN.startswith(found[0].content[:1000])
    else:
        assert found[0].content == CLEAN
        assert found[0].name.endswith((".xlsx", ".exe"))
        assert not set(found[0].name) & set('/\\\r\n\0\u202e:*?"<>|')
    if style in STRANGE_NAMES:
        assert found[0].name == STRANGE_NAMES[style]
    elif not style.endswith("message_id") and found and style not in ("two_xlsx", "header_injection", "rtl_override"):
        assert found[0].name == mail_messages.FILE
    assert incoming(raw).sender == mail_messages.SENDER
    assert incoming(raw).subject in ("报送2024年度部门决算", "报送")


def test_zips_and_containers_that_cannot_be_opened_are_told() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._决算.xlsx", b"x")
        archive.writestr("决算.xlsx", CLEAN)
    locked = bytearray(packed.getvalue())
    locked[6] |= 1
    directory = locked.index(b"PK\x01\x02")
    locked[directory + 8] |= 1
    broken = bytearray(packed.getvalue())
    broken[broken.index(CLEAN[100:140])] ^= 0xFF
    octets = "application/octet-stream"

    def sent(data: bytes, name: str) -> list[tuple[str, str | None]]:
        part = mail_messages.attached(data, octets, f'attachment; filename="{name}"')
        return [(item.name, item.trouble) for item in unpack(mail_messages.mixed("z@x", [part])).attached]

    assert sent(packed.getvalue(), "a.zip") == [("决算.xlsx", None)]
    ((_, why),) = sent(bytes(broken), "a.zip")
    assert why
    assert "已损坏" in why
    unknown = bytearray(packed.getvalue())
    for name, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = unknown.rindex(name)
        unknown[start + at] = 99
    ((_, why),) = sent(bytes(unknown), "a.zip")
    assert why
    assert "压缩方式" in why
    ((_, why),) = sent(b"7z\xbc\xaf\x27\x1c" + bytes(50), "a.7z")
    assert why
    assert "7z 压缩包" in why
    nested = mail_messages.submission(b"PK\x03\x04 no zip", name="坏.zip")
    assert [item.content for item in unpack(nested).attached] == [b"PK\x03\x04 no zip"]


def test_a_parameter_with_an_endless_number_is_passed_over() -> None:
    kind = b"attachment; filename=a.xlsx; filename*" + b"9" * 5000 + b"*=x"
    part = mail_messages.attached(b"x", "application/octet-stream", kind.decode())
    assert [item.name for item in unpack(mail_messages.mixed("m@x", [part])).attached] == ["a.xlsx"]


def test_what_is_attached_is_told_by_its_content_whatever_its_name(set_up: Settings) -> None:
    """A workbook is judged under any name; what comes along with one is passed over; the rest gets a sentence."""
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    judges = Judging(set_up, journal, spool, {})
    old = (SAMPLE.parent / "hostile" / "焦作2024-有误.xls").read_bytes()
    message = OLE + bytes(504) + "__substg1.0_37010102".encode("utf-16-le") + bytes(2000)
    cases = {
        ("报表.pdf", CLEAN): "需说明 4 处",
        ("报表.doc", old): "必须改 4 处",
        ("报表.eml", CLEAN): "需说明 4 处",
        ("报表.eml", old): "必须改 4 处",
        ("报表.jpg", zipped({"a.xlsx": CLEAN})): "需说明 4 处",
        ("报表", CLEAN): "需说明 4 处",
        ("说明.pdf", b"%PDF-1.7 x"): told.NO_BOOK,
        ("说明.docx", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"})): told.NO_BOOK,
        ("公文.ofd", zipped({"OFD.xml": b"<x/>", "Doc_0/Document.xml": b"<x/>"})): told.NO_BOOK,
        ("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(99)): told.NO_BOOK,
        ("转发.msg", message): "是 Outlook 存的邮件",
        ("决算.xlsx", b"%PDF-1.7 x"): "是 PDF",
    }
    for number, ((name, content), sentence) in enumerate(cases.items()):
        raw = submission(content, message_id=f"{number}@x", name=name)
        said = answered(judges, journal, spool, raw, str(number))
        assert sentence in said, (name, said)
        assert said.count("■") == (sentence != told.NO_BOOK)
    kinds = {
        "text/plain": "attachment",
        "image/png; name=a.xlsx": "attachment; filename=a.xlsx\r\nContent-ID: <a@x>",
        "application/octet-stream": None,
    }
    for kind, disposition in kinds.items():
        (found,) = unpack(mail_messages.mixed("k@x", [mail_messages.attached(CLEAN, kind, disposition)])).attached
        assert found.content == CLEAN, kind
    for encoding in (b"BASE64 ;", b"base-64", b"8bit"):
        part = mail_messages.attached(CLEAN, "application/octet-stream", "attachment; filename=a.xlsx")
        raw = mail_messages.mixed("e@x", [part.replace(b"Encoding: base64", b"Encoding: " + encoding)])
        assert unpack(raw).attached[0].content == CLEAN, encoding
    both = [
        mail_messages.attached(data, "application/octet-stream", f"attachment; filename={name}")
        for name, data in (("a.pdf", b"%PDF-1.7 x"), ("ATT00001.htm", b"<html></html>"), ("a.xlsx", CLEAN))
    ]
    said = answered(judges, journal, spool, mail_messages.mixed("both@x", both), "both")
    assert (said.count("■"), "需说明 4 处" in said) == (1, True)
    judges.close()
    journal.close()


def answered(judges: Judging, journal: Journal, spool: Spool, raw: bytes, key: str) -> str:
    """What the reply to a message says."""
    journal.receive(job(key, content=spool.put(raw), message_id="", thread=""))
    waiting = journal.waiting()
    assert waiting
    judges.judge(waiting)
    letter = journal.due(time.time(), 0)
    assert letter
    journal.sent(letter.id, "250")
    body = email.message_from_bytes(spool.get(letter.content), policy=email.policy.default).get_body(("plain",))
    assert body
    return str(body.get_content())


def test_too_many_attachments_and_endless_nesting_come_to_an_end() -> None:
    part = mail_messages.attached(b"x", "application/octet-stream", 'attachment; filename="a.xlsx"')
    found = unpack(mail_messages.mixed("m@x", [part] * (MOST + 5))).attached
    assert len(found) == MOST + 1
    assert "a.xlsx”和排在它后面的没有核对：附件多于 30 个" in (found[-1].trouble or "")
    inner = submission(CLEAN)
    for depth in range(20):
        inner = mail_messages.mixed(f"{depth}@x", [b"Content-Type: message/rfc822\r\n\r\n" + inner])
    ((_, _, why),) = unpack(inner).attached
    assert "一层套一层" in (why or "")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(200):
            archive.mkdir(f"{number}")
        archive.writestr("last.xlsx", "x")
    part = mail_messages.attached(file.getvalue(), "application/zip", 'attachment; filename="a.zip"')
    assert [item.name for item in unpack(mail_messages.mixed("m@x", [part])).attached] == ["last.xlsx"]
    deep = b"Content-Type: text/plain\r\n\r\nx\r\n"
    for depth in range(1000):
        edge = b"edge%d" % depth
        deep = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n%b\r\n--%b--\r\n" % (edge, edge, deep, edge)
    ((_, _, why),) = unpack(deep).attached
    assert "一层套一层" in (why or "")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_whatever_upset_the_readers_of_messages(noise: bytes) -> None:
    unpack(noise)
    incoming(noise)
    incoming(b"From: " + noise + b"\r\nMessage-ID: " + noise + b"\r\n\r\n")
    list(tnef.attachments(tnef.SIGNATURE + noise))
    list(tnef.attachments(mail_messages.winmail(noise, "a")[: 80 + len(noise) // 2]))
    shown_line(shown_name(words(decoded(noise))))
    bounced(noise)


def test_a_second_delivery_is_the_same_message_and_another_body_is_not() -> None:
    raw = submission(CLEAN)
    again = b"Received: from elsewhere\r\nDelivered-To: x@y\r\n" + raw
    assert incoming(raw).key == incoming(again).key
    assert incoming(raw).key != incoming(submission(CLEAN + b"x")).key
    assert incoming(raw).key != incoming(submission(CLEAN, message_id="2@unit.test")).key


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ('"boss@unit.test" <evil@stranger.test>', "evil@stranger.test"),
        ("=?utf-8?B?PGJvc3NAdW5pdC50ZXN0Pg==?= <evil@stranger.test>", "evil@stranger.test"),
        ("a@unit.test, b@unit.test", ""),
        ("A@Unit.Test", "a@unit.test"),
        ("nobody", ""),
        ("=?utf-8?Q?a@unit.test=0D=0ABcc:_b@x?=", ""),
        ("甲@unit.test", ""),
        ("a..b@unit.test", ""),
        ("a@unit..test", ""),
        ("a.b+c@mail.unit.test", "a.b+c@mail.unit.test"),
        ("(" * 500_000, ""),
    ],
)
def test_the_sender_is_the_one_honest_address(field: str, sender: str) -> None:
    assert incoming(f"From: {field}\r\n\r\n".encode()).sender == sender


def test_an_endless_head_does_not_keep_the_robot_busy() -> None:
    slow = b"=?punycode?Q?" + b"a" * 2_000_000 + b"-" + b"b" * 2_000_000 + b"?="
    began = time.process_time()
    message = incoming(b"From: a@unit.test\r\nSubject: " + slow + b"\r\n\r\nx")
    assert time.process_time() - began < 10
    assert message.sender == "a@unit.test"
    other = incoming(b"From: a@unit.test\r\nSubject: " + slow + b"\r\n\r\ny")
    assert message.key != other.key


# --- who is answered


def test_allowed_are_the_list_and_the_register(set_up: Settings) -> None:
    register = register_of([Unit("1", "市林业局", email="lyj@qq.com；LYJ2@qq.com")])
    for sender, state in {
        "a@unit.test": "received",
        "one@other.test": "received",
        "two@other.test": "quarantined",
        "lyj2@qq.com": "received",
        "a@evilunit.test": "quarantined",
        "a@sub.unit.test": "quarantined",
    }.items():
        message = incoming(submission(CLEAN, sender=sender))
        assert admission(message, set_up.policy, OWN, register).state == state, sender


def test_an_address_may_speak_for_several_units_and_then_a_book_has_to_name_its_own() -> None:
    units = [Unit("1", "甲", email="a@x; b@x"), Unit("2", "乙", email="a@x")]
    assert register_of(units) == {"a@x": {"甲", "乙"}, "b@x": {"甲"}}

    def verdicts(*books: tuple[str | None, str, str]) -> list[str | None]:
        return [item.verdict for item in standings(books, units, date(2025, 8, 1))]

    assert verdicts((None, "a@x", "fail")) == [None, None]
    assert verdicts(("乙", "a@x", "pass"), (None, "b@x", "fail")) == ["fail", "pass"]


@pytest.mark.parametrize(
    ("results", "passed"),
    [
        (["mx.bureau.test; dkim=pass header.d=unit.test"], True),
        (["mx.bureau.test; spf=pass smtp.mailfrom=a@unit.test"], True),
        (["mx.bureau.test; dmarc=pass header.from=unit.test"], True),
        (["mx.bureau.test; dmarc=fail; dkim=pass header.d=unit.test"], False),
        (["mx.bureau.test; dkim=pass header.d=evil.test"], False),
        (["mx.bureau.test; spf=softfail smtp.mailfrom=unit.test"], False),
        (["elsewhere.test; dkim=pass header.d=unit.test"], False),
        (["mx.bureau.test; dkim=fail header.d=unit.test", "mx.bureau.test; dkim=pass header.d=unit.test"], False),
        (['mx.bureau.test (it is us; really) 1; dkim=pass (2048 bits) header.d="unit.test"'], True),
        (['mx.bureau.test; spf=pass smtp.mailfrom="a;dmarc=pass"@evil.test; dmarc=fail header.from=unit.test'], False),
        (['mx.bureau.test; spf=pass (of "x;dmarc=pass") smtp.mailfrom=x@evil.test; dmarc=fail'], False),
        (["mx.bureau.test; spf=pass (\\) smtp.mailfrom=unit.test ) smtp.mailfrom=evil.test"], False),
        (['mx.bureau.test; spf=pass reason="smtp.mailfrom=unit.test" smtp.mailfrom=evil.test'], False),
        (["mx.bureau.test; dmarc=pass header.from=evil.test"], False),
        ([], False),
    ],
)
def test_only_our_own_server_says_who_a_sender_is(results: list[str], passed: bool) -> None:
    raw = "".join(f"Authentication-Results: {value}\r\n" for value in results) + "From: a@unit.test\r\n\r\n"
    assert authenticated(incoming(raw.encode()).head, "mx.bureau.test", "a@unit.test") is passed


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("no", "received"),
        ("No (sent by hand)", "received"),
        ("no; x=y", "received"),
        ("auto-replied", "ignored"),
        ("\r\n auto-generated; type=x", "ignored"),
    ],
)
def test_a_message_that_says_a_person_sent_it_is_not_taken_for_a_machines(
    set_up: Settings, said: str, state: str
) -> None:
    message = incoming(submission(CLEAN, extra=f"Auto-Submitted: {said}\r\n"))
    assert admission(message, set_up.policy, OWN, {}).state == state


@pytest.mark.parametrize(
    "subject", ["自动回复: Re: 报送", "外出自动答复：报送", "Automatic reply: x", "Out of Office: x"]
)
def test_automatic_answers_that_do_not_say_so_are_known_by_their_subjects(set_up: Settings, subject: str) -> None:
    def state(subject: str) -> str:
        return admission(incoming(submission(CLEAN, subject=subject)), set_up.policy, OWN, {}).state

    assert state(subject) == "ignored"
    assert state(f"Re: {subject}") == "received"


def test_a_delivery_report_names_whom_it_failed_for() -> None:
    mine = identity(b"secret", "r", "key", OWN)
    report = f"""Content-Type: multipart/report

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; a

Final-Recipient: rfc822; gone@unit.test
Status: 5.1.1
Action: failed

Final-Recipient: rfc822; late@unit.test
Action: delayed

--x
Content-Type: text/rfc822-headers

Message-ID: {mine}

--x--
"""
    assert bounced(report.replace("\n", "\r\n").encode()) == ({"gone@unit.test"}, {mine})


def test_an_address_is_the_same_in_capitals_when_a_letter_to_it_comes_back(set_up: Settings) -> None:
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    mine = identity(journal.secret, "note", "1", OWN)
    journal.write(Letter(mine, "note", None, "Staff@Bureau.test", ""))
    report = (
        "Content-Type: multipart/report\r\n\r\n"
        f"Final-Recipient: rfc822; staff@bureau.test\r\nAction: failed\r\n\r\nMessage-ID: {mine}\r\n"
    )
    Receiving(set_up, journal, spool, {})._record(1, 1, report.encode(), cut=False)
    journal.close()
    assert status(set_up.state, 5).undelivered == (("note", "Staff@Bureau.test", "对方服务器退信"),)


# --- settings


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('host = "127.0.0.1"\nport = 1143', 'host = "imap.qq.com"\nport = 143', "必须加密"),
        ("port = 1143", 'port = "1143"', "port 应是"),
        ('user = "bureau@bureau.test"\n', "", "缺少 user"),
        ('tls = "none"\n[smtp]', 'tls = "tls"\n[smtp]', "tls 应是"),
        ('dir = "state"', 'dir = "state"\ndirectory = "x"', "不认识：directory"),
        ("[state]", "[status]\nx = 1\n[state]", "不认识：status"),
        ("[policy]", "[policy]\ngrace_seconds = 0", "不小于"),
        ("[policy]", "[policy]\nmax_mb = inf", "max_mb 应是 1 到 200 的整数"),
        ("[policy]", "[policy]\nworkers = 1.5", "workers 应是 1 到 100 的整数"),
        ("port = 1143", "port = 99999", "port 应是 1 到 65535 的整数"),
        ("port = 1143", "port = 1143\npoll_seconds = inf", "poll_seconds 应是不小于"),
        ('allow = ["*@unit.test", "one@other.test"]', 'allow = "*@unit.test"', "一列地址"),
        ("[imap]", "[imap", "写法有误"),
        ("[imap]", '[imap]\nsince = "2025-03-01"', "since 应是一天"),
        ("[imap]", "[imap]\nsince = 2025-03-01T08:00:00", "since 应是一天"),
        ("[policy]", '[policy]\nstaff = "张三 <a@unit.test>"', "staff 应是一个邮箱地址"),
        ("[policy]", '[policy]\nstaff = "a@unit.test, b@unit.test"', "staff 应是一个邮箱地址"),
        ('from = "bureau@bureau.test"', 'from = "bureau"', "from 应是一个邮箱地址"),
        ('"*@unit.test"', '"@unit.test"', "一列地址"),
        ('"*@unit.test"', '"unit.test"', "一列地址"),
    ],
)
def test_a_mistake_in_the_settings_is_told(set_up: Settings, tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in BASIC
    with pytest.raises(DeclarationError, match=sentence):
        load_settings(written(tmp_path, BASIC.replace(old, new, 1)))


def test_passwords_come_from_guarded_places_and_are_never_shown(
    set_up: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "geheim" not in repr(set_up)
    assert set_up.imap.password
    assert set_up.imap.password.reveal() == "geheim"
    monkeypatch.delenv("JUESUAN_IMAP_PASSWORD")
    with pytest.raises(DeclarationError, match="没有密码"):
        load_settings(written(tmp_path))
    assert load_settings(written(tmp_path), secrets=False).imap.password is None
    named = BASIC.replace("port = 1143", 'port = 1143\npassword_file = "geheim.txt"')
    (tmp_path / "geheim.txt").write_text("aus der Datei\n", encoding="utf-8")
    os.chmod(tmp_path / "geheim.txt", 0o644)
    with pytest.raises(DeclarationError, match="chmod 600"):
        load_settings(written(tmp_path, named))
    os.chmod(tmp_path / "geheim.txt", 0o600)
    for encoding in ("utf-8", "gb18030"):
        (tmp_path / "geheim.txt").write_text("ａｕｓ\n", encoding=encoding)
        with pytest.raises(DeclarationError, match="密码有汉字或全角字符"):
            load_settings(written(tmp_path, named))
    (tmp_path / "geheim.txt").write_text("aus der Datei\n", encoding="utf-8-sig")
    password = load_settings(written(tmp_path, named)).imap.password
    assert password
    assert password.reveal() == "aus der Datei"


# --- journal


def job(key: str = "k", **changes: object) -> Job:
    made = Job(key, "received", None, "a@unit.test", "s", "<m@x>", "<m@x>", "c", False, time.time())
    return made._replace(**changes)  # type: ignore[arg-type]


def test_what_was_begun_is_sent_again_only_without_proof(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    journal.receive(job())
    journal.answer("k", Letter("<r.1@x>", "reply", "k", "a@unit.test", "c"), [])
    assert (journal.due(time.time(), 0) or Letter(*"-----")).id == "<r.1@x>"
    journal.sending("<r.1@x>")
    assert journal.due(time.time(), time.time() - 100) is None
    assert journal.due(time.time(), time.time() + 1)
    journal.sent("<r.1@x>", "copy")
    assert journal.due(time.time(), time.time() + 1) is None
    journal.not_sent("<r.1@x>", "later", 0)
    journal.sending("<other@x>")
    assert journal.due(time.time() + 9, time.time() + 9) is None
    journal.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))

    def fail() -> None:
        with journal.transaction():
            journal.receive(job())
            journal.see(1, 1, "submission", "k")
            journal._do("INSERT INTO nonsense VALUES (1)")

    with pytest.raises(sqlite3.Error):
        fail()
    assert journal.waiting() is None
    assert journal.unseen(1, [1, 2]) == [1, 2]
    with pytest.raises(JuesuanError, match="正由另一个"):
        Journal(str(tmp_path))
    journal.close()
    Journal(str(tmp_path)).close()


def test_old_messages_leave_the_spool_when_they_are_settled(tmp_path: Path) -> None:
    journal, spool = Journal(str(tmp_path)), Spool(str(tmp_path / "spool"))
    old = time.time() - 1000
    for key, state in (("open", "received"), ("done", "received"), ("ignored", "ignored")):
        journal.receive(job(key, state=state, received=old, content=spool.put(key.encode())))
    journal.answer("done", Letter("<r@x>", "reply", "done", "a@unit.test", spool.put(b"reply")), [])
    assert journal.outlived(old - 1) == []
    assert len(journal.outlived(time.time())) == 1
    journal.sent("<r@x>", "250")
    names = journal.outlived(time.time() + 1)
    assert len(names) == 2
    for name in names:
        spool.drop(name)
        spool.drop(name)
    assert journal.outlived(time.time() + 1) == []
    waiting = journal.waiting()
    assert waiting
    assert spool.get(waiting.content) == b"open"
    journal.close()


def test_the_same_uid_of_a_rebuilt_mailbox_is_another_message(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    journal.see(1, 7, "submission", "k")
    assert journal.unseen(1, [7, 8]) == [8]
    assert journal.unseen(2, [7, 8]) == [7, 8]
    journal.close()


def test_deaths_of_the_worker_are_counted_and_then_the_sender_is_told(
    set_up: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dying.py").write_text("import os\nfrom juesuan.apart import serve\nserve(lambda r, d: os._exit(1))\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(judging, "MODULE", "dying")
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    judges = Judging(set_up, journal, spool, {})
    assert isinstance(judges._apart, Apart)
    journal.receive(job(content=spool.put(submission(CLEAN))))
    for _ in range(5):
        # The robot itself was killed so often: that is no fault of the message.
        waiting = journal.waiting()
    assert waiting
    judges.judge(waiting)
    reply = journal.due(time.time(), 0)
    assert reply
    assert journal.waiting() is None
    assert journal._rows("SELECT failures FROM job") == [(2,)]
    body = email.message_from_bytes(spool.get(reply.content), policy=email.policy.default).get_body(("plain",))
    assert body
    assert told.UNREADABLE_MAIL in body.get_content()
    judges.close()
    journal.close()


def test_who_stops_the_robot_is_no_failure_of_the_message(
    set_up: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\nfrom juesuan.apart import serve\n"
        f"def answer(request, data):\n    open({str(tmp_path / 'begun')!r}, 'w')\n    time.sleep(60)\nserve(answer)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(judging, "MODULE", "slow")
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    journal.receive(job(content=spool.put(submission(CLEAN))))
    for _ in range(judging.MOST_FAILURES + 1):
        judges, waiting = Judging(set_up, journal, spool, {}), journal.waiting()
        assert waiting
        broken_off: list[type[BaseException]] = []

        def judge(judges: Judging = judges, waiting: Job = waiting, said: list[type] = broken_off) -> None:
            try:
                judges.judge(waiting)
            except OSError as error:
                said.append(type(error))

        thread = threading.Thread(target=judge)
        thread.start()
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        (tmp_path / "begun").unlink()
        process = judges._apart._process
        assert process
        process.terminate()  # as systemd does with all processes of a service
        time.sleep(0.2)
        assert process.poll() is None
        judges.stop()
        thread.join(10)
        assert broken_off == [InterruptedError]
        judges.close()
    assert journal._rows("SELECT state, failures FROM job") == [("received", 0)]
    journal.close()


def test_what_a_virus_scanner_took_away_keeps_no_other_message_waiting(
    set_up: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    judges = Judging(set_up, journal, spool, {})
    guarded = spool.put(submission(BROKEN))
    journal.receive(job("gone", content="0" * 64, received=time.time() - 9))
    journal.receive(job("guarded", content=guarded, received=time.time() - 8))
    journal.receive(job("here", content=spool.put(submission(CLEAN))))

    def opened(path: str, mode: str) -> object:
        if path.endswith(guarded):
            raise PermissionError(errno.EACCES, "guarded")
        return open(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr("juesuan.mailbox.spool.open", opened, raising=False)
        while waiting := journal.waiting():
            judges.judge(waiting)
    assert [(state, "原文不见了" in reason) for state, _, reason in journal.left_alone()] == [("quarantined", True)] * 2
    letter = journal.due(time.time(), 0)
    assert letter
    assert letter.job == "here"
    spool.drop(letter.content)
    assert Sending(set_up, journal, spool, lambda: 0.0).step()
    assert journal._rows("SELECT state, trouble FROM letter") == [
        ("failed", "本机保存的回信不见了，可能被杀毒软件移走")
    ]
    judges.close()
    journal.close()


def test_somebody_who_sends_nothing_again_and_again_is_left_to_a_person(set_up: Settings) -> None:
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    judges = Judging(set_up, journal, spool, {})
    for number in range(judging.MOST_IN_VAIN + 1):
        content = spool.put(mail_messages.mixed(f"{number}@x", [], body=f"我在休假 {number}"))
        journal.receive(job(str(number), content=content, message_id=f"<{number}@x>", thread=""))
        waiting = journal.waiting()
        assert waiting
        judges.judge(waiting)
    assert len(journal.open_letters()) == judging.MOST_IN_VAIN
    ((state, _, reason),) = journal.left_alone()
    assert (state, "可能是自动答复" in reason) == ("quarantined", True)
    journal.receive(job("book", content=spool.put(submission(CLEAN))))
    waiting = journal.waiting()
    assert waiting
    judges.judge(waiting)
    assert len(journal.open_letters()) == judging.MOST_IN_VAIN + 1
    judges.close()
    journal.close()


def test_a_message_over_which_our_own_code_fails_goes_to_a_person(
    set_up: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    judges = Judging(set_up, journal, spool, {})
    monkeypatch.setattr(judging, "letter", lambda *_: 1 // 0)
    journal.receive(job(content=spool.put(b"From: a@unit.test\r\n\r\nx"), cut=True))
    while waiting := journal.waiting():
        judges.judge(waiting)
    assert journal.left_alone() == [("quarantined", "a@unit.test", "核对程序出错，没有回复")]
    judges.close()
    journal.close()


@pytest.mark.parametrize(("answer", "lasting"), [("552 5.3.4 too big", True), ("550 5.7.1 not you", False)])
def test_a_letter_too_large_for_the_server_is_given_up_and_a_refusal_of_ourselves_is_not(
    answer: str, lasting: bool
) -> None:
    def talk(listening: socket.socket) -> None:
        with listening.accept()[0] as connection, connection.makefile("rwb") as file:
            file.write(b"220 x\r\n")
            file.flush()
            while line := file.readline():
                file.write(f"{answer if line.startswith(b'mail') else '250 SIZE 100'}\r\n".encode())
                file.flush()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=talk, args=(listening,), daemon=True).start()
        post = Post(Server("127.0.0.1", listening.getsockname()[1], "none", None, None), OWN)
        with pytest.raises(Refused) as refusal:
            post.send("a@unit.test", b"x" * 1000, lambda: None)
        assert refusal.value.lasting is lasting
        assert answer in refusal.value.sentence
        post.close()


# --- what is said


def book(path: Path) -> dict[str, object]:
    return as_dict(judge(str(path), Order()))


def test_a_reply_names_each_cause_once_and_fits_one_screen() -> None:
    judged = book(SAMPLE)
    items = items_of(judged)
    assert [item.level for item in items] == ["error"] * 4 + ["warning"] * 5
    assert len({item.identity for item in items}) == 9
    section = about_book(judged, "决算.xlsx", items, None)
    assert section.title == "决算.xlsx（焦作市公共资源交易中心 2024年度）"
    assert section.headline == "必须改 4 处，需说明 5 处，尾差 11 处（不用改）。"
    assert sum(1 + len(block.lines) for block in section.blocks) < 20
    many = about_book(judged, "决算.xlsx", [Item("error", str(number), "x") for number in range(500)], None)
    assert sum(1 + len(block.lines) for block in many.blocks) < 20
    assert many.blocks[0].left == "……其余 494 处见标注件。"


def test_without_a_copy_a_reply_says_everything_itself() -> None:
    judged = book(SAMPLE)
    items = [Item(level, f"{level}{number}", "x") for level in ("error", "warning") for number in range(50)]
    changes = compared([Item("error", f"mended{number}", "y") for number in range(50)], items)
    section = about_book(judged, "决算.xlsx", items, changes, copied=False)
    said = plain([section], ())
    assert said.count("x\n") == 200
    assert "标注件" not in said
    assert "……其余 46 处从略。" in said


def test_versions_are_compared_by_cell_not_by_address() -> None:
    old = [Item("error", "a", "甲"), Item("error", "b", "乙")]
    new = [Item("error", "b", "乙，数变了"), Item("warning", "c", "丙")]
    changes = compared(old, new)
    assert changes.counts == [1, 1, 1]
    assert [item.text for item in (*changes.mended, *changes.kept, *changes.new)] == ["甲", "乙，数变了", "丙"]


def test_a_letter_is_the_same_at_every_try_and_nothing_in_it_is_markup() -> None:
    mine = identity(b"secret", "r", "key", OWN)
    assert mine == identity(b"secret", "r", "key", OWN) != identity(b"other", "r", "key", OWN)
    sections = [saying("<script>alert(1)</script>")]
    assert "<script>" not in html(sections, ())
    raw = letter(mine, OWN, "a@unit.test", "Re: x", 0, sections, [], ("<a@x>", "<a@x>"))
    assert f"Message-ID: {mine}".encode() in raw
    assert b"In-Reply-To: <a@x>" in raw


def test_a_reply_with_all_the_copies_that_may_be_in_it_is_taken_by_servers() -> None:
    files = [("决算-核对.xlsx", b"x" * judging.LARGEST_REPLY)]
    assert len(letter("<a@x>", OWN, "a@unit.test", "s", 0, [saying("好。")], files)) < 25_000_000


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: =?utf-8?Q?a=0D=0ABcc:_evil@x?=", "<a@x>"),
        ("Re: 报送", "<=?utf-8?Q?a=0D=0ABcc:_evil@x?=@x>"),
        ("Re: " + "很长的主题" * 30, f"<SEYPR06MB5064{'F4E1' * 7}@SEYPR06MB5064.apcprd06.prod.outlook.com>"),
        ("", f"<{'x' * 880}@y>"),
    ],
)
def test_what_others_wrote_stands_in_a_letter_as_it_was_and_adds_no_header(subject: str, number: str) -> None:
    thread = f"<before@x> {number}"
    raw = letter(identity(b"s", "r", "k", OWN), OWN, "a@unit.test", subject, 0, [saying("x")], [], (number, thread))
    read = email.message_from_bytes(raw)
    assert [name for name in read if name not in ("MIME-Version", "Content-Type")] == [
        *("Subject", "In-Reply-To", "References", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "Precedence"),
    ]
    assert read["In-Reply-To"] == number
    assert read["References"].split() == thread.split()
    assert str(make_header(decode_header(read["Subject"]))) == subject
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_what_comes_after_this_hours_note_is_noted_in_the_next(
    set_up: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = set_up._replace(policy=set_up.policy._replace(staff="staff@bureau.test"))
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    monkeypatch.setattr(time, "time", lambda: 3600 * 1000 + 5.0)
    for _ in range(3):
        note(settings, journal, spool)
    assert sorted(due for _, due, _ in journal.open_letters()) == [0, 3600 * 1001]
    first = journal.due(time.time(), 0)
    assert first
    journal.sent(first.id, "250")
    assert journal.due(3600 * 1001 - 1.0, 0) is None
    assert journal.due(3600 * 1001, 0)
    journal.close()


def test_what_the_staff_is_not_told_by_a_letter_stands_in_the_status(set_up: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "100%决算 #1?"
    journal = Journal(str(folder))
    journal.write(Letter("<m@x>", "reminder", None, "gone@unit.test", ""))
    journal.undeliverable("<m@x>", "对方服务器退信")
    assert "提醒送不到：gone@unit.test（对方服务器退信）" in status_as_text(status(str(folder), 5))
    journal.close()
    assert status(str(folder), 5).undelivered == (("reminder", "gone@unit.test", "对方服务器退信"),)


def test_a_clock_that_was_wrong_keeps_nothing_waiting_and_gives_nothing_up(set_up: Settings) -> None:
    """The machine's clock was a year ahead, and is put right."""
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    now = time.time()
    wrong = now + 365 * 86400
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time", lambda: wrong)
        for name in ("ready", "unproven"):
            journal.write(Letter(f"<{name}@x>", "reply", name, "a@unit.test", spool.put(b"x"), due=wrong))
        journal.sending("<unproven@x>")
        journal.receive(job("admitted", received=wrong))
    assert journal.due(now + 7200, now + 7200) is None
    assert journal.admitted_since("a@unit.test", now + 3600) == 1
    journal.believe(now)
    assert journal.due(now + 3600, 0)
    assert {letter.id for letter in (journal.due(0, now), journal.due(now + 3600, 0)) if letter} == {
        "<ready@x>",
        "<unproven@x>",
    }
    assert journal.admitted_since("a@unit.test", now + 1) == 0
    journal.close()


def test_a_letter_is_given_up_after_days_and_many_refusals(set_up: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that was off for a week offers it again, and is not put off by the first «try later»."""
    journal, spool = Journal(set_up.state), Spool(f"{set_up.state}/spool")
    journal.write(Letter("<a@x>", "reply", "a", "a@unit.test", spool.put(b"x")))
    sending = Sending(set_up, journal, spool, lambda: 0.0)
    start, tries = time.time(), 0

    def refuse(*_: object) -> None:
        raise Refused(451, "try later", lasting=False)

    monkeypatch.setattr(sending._post, "send", refuse)
    while journal.open_letters():
        tries += 1
        now = start + 7 * 86400 + tries * 3600
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert sending.step()
    assert tries == LEAST_TRIES + 1
    journal.close()


def test_a_unit_is_reminded_once_in_seven_days_whatever_the_calendar(
    set_up: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2025, 8, 1)
    unit = Unit("1", "市林业局", email="a@unit.test")
    due = reminders(set_up, standings([(None, "a@unit.test", "unjudged")], [unit], today), today)
    assert "没有能判完" in due[0][2]
    for day, new in ((0, 1), (1, 0), (6, 0), (7, 1), (8, 0), (14, 1)):
        monkeypatch.setattr(time, "time", lambda day=day: 86400.0 * (20_000 + day))
        assert remind(set_up, due) == new, day


def test_last_years_book_is_not_this_years() -> None:
    latest = (("甲", "a@x", "pass", 2024), ("乙", "b@x", "fail", 2025), (None, "c@x", "unjudged", None))
    now = Status({}, {}, (), (), latest)
    assert [name for name, _, _ in now.books(None)] == ["甲", "乙", None]
    assert [name for name, _, _ in now.books(2025)] == ["乙", None]


def test_who_is_late_is_told() -> None:
    units = [
        Unit("1", "市林业局", email="a@unit.test", deadline=date(2025, 7, 31)),
        Unit("2", "市水利局", email="b@unit.test", deadline=date(2025, 7, 31)),
        Unit("3", "市档案馆", email="c@unit.test"),
        Unit("4", "市图书馆"),
    ]
    books = [("市林业局", "a@unit.test", "fail"), ("市林业局", "a@unit.test", "warn"), (None, "b@unit.test", "fail")]
    found = standings(books, units, date(2025, 8, 1))
    assert [(item.verdict, item.owed, item.overdue) for item in found] == [
        ("warn", False, False),
        ("fail", True, True),
        (None, True, False),
        (None, True, False),
    ]
    assert "名单 4 个单位：未报 2，待改 1，其余 1；已过截止日的 1" in as_text(found)
    on_time = standings(books, units, date(2025, 7, 31))
    assert not any(item.overdue for item in on_time)


def test_a_book_is_that_of_the_unit_it_names_whoever_sends_it() -> None:
    units = [Unit("1", "市林业局", email="a@unit.test; b@unit.test"), Unit("2", "市水利局", email="c@unit.test")]

    def verdicts(*books: tuple[str | None, str, str]) -> list[str | None]:
        return [item.verdict for item in standings(books, units, date(2025, 8, 1))]

    assert verdicts(("市水利局", "a@unit.test", "pass")) == [None, "pass"]
    assert verdicts((None, "b@unit.test", "fail"), (None, "a@unit.test", "pass")) == ["pass", None]
    assert verdicts(("市林业局", "a@unit.test", "fail"), ("市林业 局机关", "a@unit.test", "pass")) == ["pass", None]
    assert verdicts((None, "d@unit.test", "pass")) == [None, None]
