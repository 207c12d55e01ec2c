"""Sending over SMTP, verb by verb, so that what may have been accepted is told from what surely was not."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable

from juesuan.mailbox.config import Server
from juesuan.mailbox.trouble import said_by

SECONDS = 120
_TOO_LARGE = 552
"""RFC 1870: the letter is larger than the server ever takes."""


class Refused(Exception):
    """The server surely did not accept the letter; `lasting` if it will not accept it later either."""

    def __init__(self, code: int, said: bytes | str, *, lasting: bool, whose: str = "") -> None:
        self.lasting = lasting
        self.sentence = f"{whose}{code} {said_by(said)}"
        super().__init__(self.sentence)


class Unproven(Exception):
    """The connection broke when the letter was under way: it may have been accepted."""


class Post:
    """A connection to the sending server, opened when it is needed."""

    def __init__(self, server: Server, own: str) -> None:
        self.server = server
        self.own = own
        self._open: smtplib.SMTP | None = None

    def send(self, recipient: str, content: bytes, before_data: Callable[[], None]) -> None:
        """Deliver to `recipient` and, in the same transaction, to ourselves: both or neither is accepted.

        `before_data` is called at the last moment at which the letter surely is not accepted. Raises Refused;
        Unproven; OSError or SMTPException where the server could not be spoken to and the letter is untouched.
        """
        connection = self._connection()
        try:
            size = [f"size={len(content)}"] if connection.has_extn("size") else []
            answer = connection.mail(self.own, size)
            self._require(answer, "" if answer[0] == _TOO_LARGE else "服务器不许用本邮箱的名义发信：")
            self._require(connection.rcpt(recipient))
            if recipient != self.own:
                # Without the copy there would be no proof.
                self._require(connection.rcpt(self.own), "服务器不收发给本邮箱自己的副本：")
        except Refused:
            self._start_over()
            raise
        except (OSError, smtplib.SMTPException):
            self.close()
            raise
        before_data()
        try:
            answer = connection.data(content)
        except smtplib.SMTPDataError as error:
            self._start_over()
            raise Refused(error.smtp_code, error.smtp_error, lasting=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unproven from error
        self._require(answer)

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.close()

    def _start_over(self) -> None:
        try:
            if self._open:
                self._open.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _require(self, answer: tuple[int, bytes], ours: str = "") -> None:
        """`ours`: what is wrong on our side if this is refused; the letter then waits for the staff to put it right."""
        code, said = answer
        if code == 421:
            self.close()
        if code not in (250, 251):
            raise Refused(code, said, lasting=code >= 500 and not ours, whose=ours)

    def _connection(self) -> smtplib.SMTP:
        """The open connection if it still lives, else a new one."""
        if self._open:
            try:
                if self._open.noop()[0] == 250:
                    return self._open
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        server = self.server
        context = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
            if server.tls == "ssl"
            else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        )
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            if server.user and server.password:
                connection.login(server.user, server.password.reveal())
        except BaseException:
            connection.close()
            raise
        self._open = connection
        return connection
