"""A mail draft with the annotated copy, as a file that mail programs open unsent. Nothing is ever sent from here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from email.message import EmailMessage
from email.policy import SMTP

from juesuan.errors import JuesuanError, why
from juesuan.given import content_of
from juesuan.written import save

_KIND = ("application", "octet-stream")


def write_draft(path: str, subject: str, text: str) -> str:
    """Write a draft about the marked workbook at `path`; where it lies. Raises JuesuanError when it cannot be."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["Subject"] = " ".join(subject.split())
    message.set_content(
        f"{text}\n\n附件是标注过的工作簿：红底是错误，黄底是核实，蓝底是尾差，首页“核对结果”列出全部问题。\n"
    )
    name, ending = os.path.splitext(os.path.basename(path))
    attached = f"{name.removesuffix('-核对')}-核对{ending}"
    message.add_attachment(content_of(path), maintype=_KIND[0], subtype=_KIND[1], filename=attached)
    folder = tempfile.mkdtemp(prefix="juesuan-")
    draft = os.path.join(folder, "邮件草稿.eml")
    save(message.as_bytes(), draft)
    return draft


def open_draft(draft: str) -> None:
    """Show the draft in the mail program of the machine. Raises JuesuanError when there is none."""
    try:
        if sys.platform == "win32":
            os.startfile(draft)
        else:
            subprocess.Popen(["xdg-open", draft], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise JuesuanError(f"没有打开邮件程序（{why(error)}）。草稿在“{draft}”，请用邮件程序打开它。") from error
