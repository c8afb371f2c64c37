"""The sandbox as a process: listens, says when it is ready, and ends on a signal."""

import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from moto.moto_server.werkzeug_app import MotoRequestHandler  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.serving import ThreadedWSGIServer

from sandbox.aws.app import Sandbox
from sandbox.aws.faults import Faults
from sandbox.aws.identifiers import Identifiers
from sandbox.aws.organization import Organization, OrganizationFile
from sandbox.aws.retention import let_moto_forget
from sandbox.clock import Clock
from sandbox.files import write_whole


class PortInUseError(Exception):
    """Something else listens there."""


class _Handler(MotoRequestHandler):
    """Answers without logging each call."""

    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client's acknowledgement

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:  # noqa: ARG002 - werkzeug's
        self.close_connection = True  # or a client whose answer was dropped by a fault would wait for it

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        pass


def build(file: OrganizationFile, seed: int, speed: float) -> Sandbox:
    """Make a sandbox without serving it."""
    let_moto_forget()
    clock = Clock(speed)
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
    sys.stdout.write(f"ready {url}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
