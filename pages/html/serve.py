"""Shows a folder of pages on this machine, and to nobody else."""

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

_NAMES: Final = ("127.0.0.1", "localhost")


class _Pages(SimpleHTTPRequestHandler):
    """Serves files, and only to those who ask for this machine by its own name.

    A page of somebody else's could otherwise read them in a visitor's browser, by a name that leads here.
    """

    def do_GET(self) -> None:
        """Answer with a file."""
        if self._is_for_here():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer as to GET, without the file."""
        if self._is_for_here():
            super().do_HEAD()

    def list_directory(self, path: Any) -> None:  # noqa: ANN401, ARG002 - as the library has it
        """List nothing: a folder without a page of its own is no address."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Say what a server can and a page's own policy cannot."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as the library has it
        """Say nothing of each request."""

    def _is_for_here(self) -> bool:
        asked = self.headers.get("Host", "").partition(":")[0]
        if asked in _NAMES:
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        return False


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Make the server, which listens at once; port 0 takes a free one. Raises OSError where the port is taken."""
    return ThreadingHTTPServer((_NAMES[0], port), partial(_Pages, directory=str(folder)))
