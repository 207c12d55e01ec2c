"""What keeps a part of the robot from working, in one Chinese sentence for the staff."""

from __future__ import annotations

import smtplib
import socket
import sqlite3
import ssl
from imaplib import IMAP4

from juesuan.errors import JuesuanError, why
from juesuan.mailbox.config import Server

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Trouble(JuesuanError):
    """A part cannot work now and tries again later; nothing is lost meanwhile."""


def trouble_of(error: Exception, what: str, server: Server | None = None) -> str:
    """`what` was being done, with which `server`. Never says a password."""
    where = f"{server.host}:{server.port}" if server else ""
    match error:
        case JuesuanError():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"{what}：{where} 的证书没有通过验证（{error.verify_message}）。请核对服务器名，或请管理员更新证书。"
        case ssl.SSLError():
            return f"{what}：与 {where} 的加密连接建立不起来。请核对端口和 tls 的写法（ssl、starttls）。"
        case smtplib.SMTPAuthenticationError():
            return (
                f"{what}：{where} 不接受用户名或密码（SMTP {error.smtp_code}）。QQ、163 邮箱要用授权码，不是登录密码。"
            )
        case smtplib.SMTPServerDisconnected() | IMAP4.abort() | ConnectionResetError() | BrokenPipeError() | EOFError():
            return f"{what}：{where} 中断了连接。"
        case smtplib.SMTPResponseException():
            return f"{what}：{where} 回答 {error.smtp_code} {said_by(error.smtp_error)}。"
        case IMAP4.error():
            return f"{what}：{where} 回答 {said_by(str(error))}。"
        case sqlite3.DatabaseError() if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return (
                f"{what}：记录 journal.db 损坏（{error}）。请停下机器人，把记录所在的文件夹改名留存，从备份恢复；"
                "没有备份就用空文件夹重新开始，还在收件箱里的邮件会再答复一次。"
            )
        case sqlite3.Error():
            return f"{what}：读写不了记录 journal.db（{error}）。请核对磁盘空间和权限。"
        case TimeoutError():
            return f"{what}：{where} 没有按时回答。"
        case ConnectionRefusedError():
            return f"{what}：{where} 拒绝连接。请核对地址、端口，服务器是否在运行。"
        case socket.gaierror():
            return f"{what}：找不到服务器 {where}。请核对地址和网络。"
        case OSError():
            return f"{what}：{why(error)}。"
    return f"{what}：{type(error).__name__}（{str(error)[:200]}）。"


def said_by(text: bytes | str) -> str:
    """What a server said, as a line that is not too long."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(said.split())[:200]
