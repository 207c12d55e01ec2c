"""A relay before a real SMTP server that fails where it hurts: at the end of DATA."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections import Counter
from io import BufferedRWPair


class FaultyRelay:
    """Each fault happens to a share of the letters: the connection breaks after the server has accepted; it breaks
    before the dot reaches the server; the relay answers 451 and the server hears nothing."""

    def __init__(self, server: int, after_accept: float, before_dot: float, deferred: float, seed: int) -> None:
        self.server = server
        self.shares = {"after_accept": after_accept, "before_dot": before_dot, "deferred": deferred}
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, EOFError),
            client,
            socket.create_connection(("127.0.0.1", self.server)) as server,
        ):
            self._talk(client.makefile("rwb"), server.makefile("rwb"))

    def _talk(self, client: BufferedRWPair, server: BufferedRWPair) -> None:
        _answer(server, client)
        while line := client.readline():
            server.write(line)
            server.flush()
            answer = _answer(server, client)
            if line.upper().startswith(b"DATA") and answer.startswith(b"354") and not self._content(client, server):
                return

    def _content(self, client: BufferedRWPair, server: BufferedRWPair) -> bool:
        """Whether the connection goes on."""
        lines = []
        while (line := client.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        what = self._drawn()
        self.counts[what] += 1
        if what == "before_dot":
            return False
        if what == "deferred":
            client.write(b"451 4.3.0 try later\r\n")
            client.flush()
            return False
        server.write(b"".join([*lines, b".\r\n"]))
        server.flush()
        if what == "after_accept":
            server.readline()
            return False
        _answer(server, client)
        return True

    def _drawn(self) -> str:
        number = self.chance.random()
        for name, share in self.shares.items():
            number -= share
            if number < 0:
                return name
        return "passed"


def _answer(server: BufferedRWPair, client: BufferedRWPair) -> bytes:
    """Pass on one answer of the server, of however many lines; the last of them."""
    while line := server.readline():
        client.write(line)
        if line[3:4] != b"-":
            client.flush()
            return line
    raise EOFError
