"""The sandbox as a process: listens, says when it is ready, and ends on a signal."""

import io
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final, cast

from moto.moto_server.werkzeug_app import MotoRequestHandler  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.serving import ThreadedWSGIServer

from sandbox.aws.app import Sandbox
from sandbox.aws.backend import Identifiers
from sandbox.aws.faults import Faults
from sandbox.aws.organization import Organization, OrganizationFile
from sandbox.aws.retention import forbid_calls_out, give_memory_back, let_moto_forget, let_moto_wait_for_nothing
from sandbox.clock import IAM_SECONDS, Clock
from sandbox.files import write_whole


class PortInUseError(Exception):
    """Something else listens there."""


_IDLE_SECONDS: Final = 300
"""As long a connection is kept that nobody uses."""
_REQUEST_SECONDS: Final = 60
"""As long a request may take to arrive, once its first byte is there; an answer may take as long to be taken."""
_MOST_CONNECTIONS: Final = 512
"""Each has a thread. Clients have pools of 10, and a fleet runs 64 spokes at most."""


class _Patience(io.RawIOBase):
    """What a client sends, for as long as one waits for it: a byte now and then would keep a thread for ever."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._until: float | None = None

    def begin(self) -> None:
        """Wait for the next request."""
        self._until = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - a buffer, whose type is of a later Python
        left = _IDLE_SECONDS if self._until is None else self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(_REQUEST_SECONDS)
            self._until = self._until or time.monotonic() + _REQUEST_SECONDS


class _Handler(MotoRequestHandler):
    """Answers without logging each call."""

    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client's acknowledgement

    def setup(self) -> None:
        super().setup()
        self._patience = _Patience(self.connection)
        self.rfile = io.BufferedReader(self._patience, 64 * 1024)

    def handle_one_request(self) -> None:
        self._patience.begin()
        super().handle_one_request()

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:  # noqa: ARG002 - werkzeug's
        self.close_connection = True  # or a client whose answer was dropped by a fault would wait for it

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Date":  # an answer's own stands over the server's
            sent = cast("list[bytes]", getattr(self, "_headers_buffer"))  # noqa: B009 - its type is unknown
            sent[:] = [line for line in sent if not line.startswith(b"Date:")]
        super().send_header(keyword, value)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - werkzeug's
        super().__init__(*arguments, **options)
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        pass


def build(file: OrganizationFile, seed: int, speed: float, iam_seconds: float = IAM_SECONDS) -> Sandbox:
    """Make a sandbox without serving it."""
    let_moto_forget()
    let_moto_wait_for_nothing()
    give_memory_back()
    clock = Clock(speed)
    clock.iam_seconds = iam_seconds
    return Sandbox(Organization(file, seed), clock, Identifiers(seed), Faults(clock, seed))


def serve(sandbox: Sandbox, host: str, port: int, ready_file: Path | None = None) -> None:
    """Serve until SIGINT or SIGTERM; prints `ready <url>` once calls are accepted.

    Raises:
        PortInUseError: another process has the port.
    """
    try:
        listener = socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise PortInUseError(
            f"cannot listen on {host}:{port}: {error.strerror}; stop what uses it, or choose another port "
            "with --port (0 picks a free one)"
        ) from error
    server = _Server(host, port, sandbox, _Handler, fd=listener.fileno())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for the loop that this very thread runs, so another thread has to ask for it.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    url = f"http://{host}:{listener.getsockname()[1]}"
    if ready_file:
        write_whole(ready_file, f"{url}\n")
    forbid_calls_out()
    sys.stdout.write(f"ready {url}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
