"""An IMAP server that misbehaves: before a real one, it refuses commands and connections, is slow, or falls silent."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping


class FaultyImap:
    """`refused`: what stands in a command → the answer to it, which the server never sees. `connections`: how many are

    taken at a time. `slow`: seconds before each piece of an answer. `deaf`: who is in IDLE hears nothing any more.
    All of it may be changed while mail goes through. Use it in a ``with``.
    """

    def __init__(self, server: int, connections: int = 99, slow: float = 0, *, deaf: bool = False) -> None:
        self.server = server
        self.connections = connections
        self.slow = slow
        self.deaf = deaf
        self.refused: Mapping[str, str] = {}
        self.commands: list[str] = []
        self.turned_away = 0
        self._open = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> FaultyImap:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self._open >= self.connections:
                    self.turned_away += 1
                    client.close()
                else:
                    self._open += 1
                    threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        idle = threading.Event()
        with (
            contextlib.suppress(OSError),
            client,
            socket.create_connection(("127.0.0.1", self.server)) as server,
        ):
            back = threading.Thread(target=self._answers, args=(server, client, idle), daemon=True)
            back.start()
            for line in client.makefile("rb"):
                command = line.decode(errors="replace").strip()
                self.commands.append(command)
                answer = next((said for what, said in self.refused.items() if what in command), None)
                if command.endswith(" IDLE"):
                    idle.set()
                if answer is None:
                    server.sendall(line)
                else:
                    client.sendall(f"{command.split()[0]} {answer}\r\n".encode())
        self._open -= 1

    def _answers(self, server: socket.socket, client: socket.socket, idle: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(65536):
                time.sleep(self.slow)
                if not (self.deaf and idle.is_set() and not piece.startswith(b"+")):
                    client.sendall(piece)
            client.shutdown(socket.SHUT_RDWR)
