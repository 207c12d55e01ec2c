"""Raw messages as the mail programs used in China write them: 34 styles of headers, containers and damage."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from urllib.parse import quote

FILE = "2024年度部门决算报表（市林业局）附件.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SENDER = "unit1@unit.test"


def word(text: str, charset: str) -> str:
    """An encoded word in base64."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def quoted_word(text: str, charset: str) -> str:
    return f"=?{charset}?Q?{''.join(f'={byte:02X}' for byte in text.encode(charset))}?="


def split_words(text: str, charset: str, size: int) -> str:
    """Encoded words of `size` bytes each, as old Foxmail cut them: in the middle of a character."""
    raw = text.encode(charset)
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    return "\r\n\t".join(f"=?{charset}?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def head(message_id: str | None, sender: str, charset: str, extra: str, subject: str) -> bytes:
    lines = [
        f"From: {word('市林业局财务科', 'gb18030')} <{sender}>",
        "To: bureau@bureau.test",
        f"Subject: {word(subject, charset)}",
        "Date: Mon, 10 Mar 2025 09:30:00 +0800",
        "MIME-Version: 1.0",
        *([f"Message-ID: <{message_id}>"] if message_id else []),
    ]
    return ("\r\n".join(lines) + "\r\n" + extra).encode()


def mixed(
    message_id: str | None,
    parts: Sequence[bytes],
    body: str = "附件为我单位决算报表，请审核。",
    charset: str = "gb18030",
    extra: str = "",
    sender: str = SENDER,
    subject: str = "报送2024年度部门决算",
) -> bytes:
    """A multipart message of a text and `parts`."""
    boundary = f"BB{zlib.crc32(repr(message_id).encode()):08x}".encode()
    text = f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
    pieces = [text + _base64(body.encode(charset)), *parts]
    content = b"".join(b"--" + boundary + b"\r\n" + piece for piece in pieces)
    kind = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return head(message_id, sender, charset, extra, subject) + kind + content + b"--" + boundary + b"--\r\n"


def attached(data: bytes, kind: str | bytes, disposition: str | bytes | None) -> bytes:
    """A part that holds `data` in base64."""
    fields = ((b"Content-Type", kind), (b"Content-Transfer-Encoding", b"base64"), (b"Content-Disposition", disposition))
    lines = [
        name + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        for name, value in fields
        if value
    ]
    return b"".join(lines) + b"\r\n" + _base64(data)


def submission(
    data: bytes,
    message_id: str | None = "1@unit.test",
    sender: str = SENDER,
    name: str = FILE,
    extra: str = "",
    subject: str = "报送2024年度部门决算",
) -> bytes:
    """An ordinary submission with one attachment."""
    part = attached(data, XLSX, f'attachment; filename="{word(name, "utf-8")}"')
    return mixed(message_id, [part], charset="utf-8", sender=sender, extra=extra, subject=subject)


def winmail(data: bytes, name: str) -> bytes:
    """A minimal winmail.dat: one attachment, its short name in GBK, its long name in UTF-16."""

    def attribute(level: int, kind: int, body: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)

    wide = name.encode("utf-16-le") + b"\0\0"
    long_name = struct.pack("<IHHII", 1, 0x001F, 0x3707, 1, len(wide)) + wide + b"\0" * (-len(wide) % 4)
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        (
            attribute(1, 0x00089006, struct.pack("<I", 0x00010000)),
            attribute(1, 0x00069007, struct.pack("<II", 936, 0)),
            attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0)),
            attribute(2, 0x00018010, name.encode("gbk") + b"\0"),
            attribute(2, 0x0006800F, data),
            attribute(2, 0x00069005, long_name),
        )
    )


def zip_with_gbk_name(data: bytes, name: str) -> bytes:
    """A zip that does not say that its name is GBK: every program writes its own code page."""
    raw = name.encode("gbk")
    placeholder = "P" * len(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(placeholder), data)
    return packed.getvalue().replace(placeholder.encode(), raw)


def styles(data: bytes) -> dict[str, bytes]:
    """Every style by its name, each with the workbook `data`; of `two_xlsx` the second workbook is damaged."""
    utf8, gb18030 = quote(FILE, safe=""), quote(FILE, safe="", encoding="gb18030")
    half = utf8[:60]
    octets, named = "application/octet-stream", 'attachment; filename="{}"'

    def both(name: str, kind: str = octets) -> bytes:
        return attached(data, f'{kind};\r\n\tname="{name}"', f'attachment;\r\n\tfilename="{name}"')

    raw_gbk, raw_utf8 = FILE.encode("gbk"), FILE.encode()
    inner = mixed("inner@unit.test", [attached(data, octets, named.format(word(FILE, "GBK")))])
    qq = mixed("tencent_ABC@qq.com", [both(word(FILE, "gb18030"))], extra="X-Mailer: QQMail 2.x\r\n")
    plain = [attached(data, XLSX, named.format("a.xlsx"))]
    forwarded = b'Content-Type: message/rfc822; name="fwd.eml"\r\n\r\n' + inner
    outlook_sizes = f'attachment;\r\n\tfilename="{word(FILE, "gb2312")}";\r\n\tsize={len(data)}'
    lie = f"=?gb2312?B?{base64.b64encode('镕基㙍决算.xlsx'.encode('gb18030')).decode()}?="
    long_id = "Message-ID:\r\n\t<very-long-outlook-0123456789@KL1PR01MB1234.apcprd01.prod.exchangelabs.com>\r\n"
    link = "从QQ邮箱发来的超大附件\r\n2024决算.xlsx (58.20M) 下载：http://mail.qq.com/cgi-bin/ftnExs_download?k=abc"
    parts: dict[str, bytes | list[bytes]] = {
        "163_gbk_q": both(quoted_word(FILE, "GBK")),
        "foxmail_gb2312_split": both(split_words(FILE, "GB2312", 15)),
        "outlook_gb2312": attached(data, f'{XLSX}; name="{word(FILE, "gb2312")}"', outlook_sizes),
        "outlook365_utf8": both(word(FILE, "utf-8"), XLSX),
        "rfc2231_utf8": attached(data, XLSX, f"attachment;\r\n\tfilename*=utf-8''{utf8}"),
        "rfc2231_continued": attached(
            data, XLSX, f"attachment;\r\n filename*0*=UTF-8''{half};\r\n filename*1*={utf8[len(half) :]}"
        ),
        "rfc2231_gb18030": attached(data, XLSX, f"attachment;\r\n filename*=GB18030''{gb18030}"),
        "rfc2231_and_2047": attached(
            data, XLSX, f"attachment;\r\n filename=\"{word(FILE, 'utf-8')}\";\r\n filename*=UTF-8''{utf8}"
        ),
        "raw_gbk": attached(
            data, octets.encode() + b'; name="' + raw_gbk + b'"', b'attachment; filename="' + raw_gbk + b'"'
        ),
        "raw_utf8": attached(data, octets, b'attachment; filename="' + raw_utf8 + b'"'),
        "unquoted_2047": attached(data, octets, f"attachment; filename={word(FILE, 'GBK')}"),
        "name_only": attached(data, f'{octets}; name="{word(FILE, "GBK")}"', None),
        "charset_x_gbk": attached(data, octets, named.format(word(FILE, "gbk").replace("gbk", "x-gbk"))),
        "charset_lies": attached(data, octets, named.format(lie)),
        "unquoted_apostrophe": attached(data, XLSX, "attachment; filename=O'Brien决算.xlsx"),
        "inline": attached(data, XLSX, f'inline; filename="{word(FILE, "utf-8")}"'),
        "path_traversal": attached(
            data, XLSX, named.format("../../..\\\\C:\\\\windows\\\\" + word("决算.xlsx", "utf-8"))
        ),
        "header_injection": attached(data, XLSX, "attachment; filename*=utf-8''a%0d%0aBcc%3A%20evil%40x.xlsx%00.exe"),
        "rtl_override": attached(data, XLSX, "attachment; filename*=utf-8''%E5%86%B3%E7%AE%97%E2%80%AExslx.exe"),
        "forwarded": forwarded,
        "forwarded_base64": attached(inner, "message/rfc822", named.format("fwd.eml")),
        "forwarded_as_octets": attached(inner, octets, named.format("fwd.eml")),
        "winmail_dat": attached(winmail(data, FILE), "application/ms-tnef", named.format("winmail.dat")),
        "zip_gbk": attached(
            zip_with_gbk_name(data, f"决算/{FILE}"), "application/zip", named.format(word("决算.zip", "GBK"))
        ),
        "two_xlsx": [*plain, attached(data[: len(data) // 2], XLSX, named.format("b.xlsx"))],
    }
    found = {
        name: mixed(f"{name}@x", part if isinstance(part, list) else [part], charset="utf-8")
        for name, part in parts.items()
    }
    whole = head("whole@x", SENDER, "gb18030", "", "报送") + attached(
        data, f'{XLSX}; name="{word(FILE, "GBK")}"', "attachment"
    )
    return {
        "qq_gb18030": qq,
        **found,
        "whole_message": whole,
        "no_message_id": mixed(None, plain),
        "folded_message_id": mixed(None, plain, extra=long_id),
        "broken_message_id": mixed(None, plain, extra="Message-ID: <[2025/3/10 foo bar>@x>\r\n"),
        "qq_big_file_link": mixed("ftn@qq.com", [], body=link),
        "no_end_boundary": qq[: qq.rindex(b"--BB")].replace(b"tencent_ABC", b"trunc1"),
        "truncated_base64": qq[: int(len(qq) * 0.8)].replace(b"tencent_ABC", b"trunc2"),
        "garbage_in_base64": qq.replace(b"tencent_ABC", b"garbage").replace(b"UEsD", b"UE!sD", 1),
    }


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")
