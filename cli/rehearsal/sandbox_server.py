"""Runs the sandbox in the foreground with an empty backend, and tells other terminals where it is."""

import shutil
import socket
import sys
import urllib.parse
from pathlib import Path
from typing import Final

from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from sandbox.__main__ import main as sandbox
from sandbox.environment import exports

FOLDER: Final = Path(".sandbox")
ADDRESS: Final = FOLDER / "url"
_LOOPBACK: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 2


def serve(port: int, answers: Path | None = None) -> int:
    """Empty the backend, since what it describes ended with the last sandbox, and serve until it is stopped."""
    if _is_free(port):
        shutil.rmtree(FOLDER / "backend", ignore_errors=True)
    said = ["--answers", str(answers)] if answers else []
    sys.argv = ["sandbox", "serve", "--port", str(port), "--ready-file", str(ADDRESS), *said]
    try:
        code = sandbox()
    finally:
        if port == 0 or _is_free(port):  # not that of another one, which has the port that we were refused
            ADDRESS.unlink(missing_ok=True)
    return ExitCode.NOT_REACHED if code else ExitCode.DONE


def print_exports(account: str, port: int | None) -> int:
    """Print the environment that points a shell at a sandbox: at the one of this folder, or at a port.

    Raises:
        NotReachedError: none runs here.
    """
    url = f"http://{_LOOPBACK}:{port}" if port else _running()
    sys.stdout.write(exports(url, FOLDER, account or None))
    return ExitCode.DONE


def _running() -> str:
    try:
        url = ADDRESS.read_text().strip()
    except OSError:
        raise NotReachedError(
            "no sandbox runs here. Start one in another terminal: model-catalog sandbox serve (make sandbox)",
            code="no-sandbox",
        ) from None
    address = urllib.parse.urlsplit(url)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), _PATIENCE_SECONDS).close()
    except OSError:
        raise NotReachedError(
            f"the sandbox at {url} no longer answers. Start one in another terminal: model-catalog sandbox serve (make "
            f"sandbox)",
            code="sandbox-unreachable",
        ) from None
    return url


def _is_free(port: int) -> bool:
    """Say whether a port can be had; where another sandbox has it, the backend is that one's and stays."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True
