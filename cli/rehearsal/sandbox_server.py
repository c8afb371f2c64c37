"""Runs the sandbox in the foreground with an empty backend: make sandbox."""

import argparse
import shutil
import socket
import sys
from pathlib import Path
from typing import Final

from sandbox.__main__ import main as sandbox

FOLDER: Final = Path(".sandbox")
HIGHEST_PORT: Final = 65535


def main() -> int:
    """Empty the backend, since what it describes ended with the last sandbox, and serve."""
    parser = argparse.ArgumentParser(prog="python -m cli.rehearsal.sandbox_server", description=__doc__)
    parser.add_argument("--port", type=port_number, required=True)
    port: int = parser.parse_args().port
    if _is_free(port):
        shutil.rmtree(FOLDER / "backend", ignore_errors=True)
    sys.argv = ["sandbox", "serve", "--port", str(port)]
    return sandbox()


def port_number(text: str) -> int:
    """Read a port.

    Raises:
        argparse.ArgumentTypeError: it is no port.
    """
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number from 0 to {HIGHEST_PORT}, such as 5005")
    return int(text)


def _is_free(port: int) -> bool:
    """Say whether a port can be had; where another sandbox has it, the backend is that one's and stays."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
