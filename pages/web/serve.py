"""Shows a folder of pages on this machine, and to nobody else."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

Fresh = Callable[[str], str | None]

_NAMES: Final = ("127.0.0.1", "localhost")


class _Pages(SimpleHTTPRequestHandler):
    """Serves files, and only to those who ask for this machine by its own name.

    A page of somebody else's could otherwise read them in a visitor's browser, by a name that leads here.
    """

    def __init__(self, *arguments: Any, fresh: Fresh | None, **named: Any) -> None:  # noqa: ANN401 - as the library has it
        self._fresh = fresh
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """Answer with what is made anew, or else with a file."""
        if not self._is_for_here():
            return
        address = unquote(urlsplit(self.path).path).removeprefix("/")
        text = self._fresh(address) if self._fresh else None
        if text is None:
            super().do_GET()
            return
        content = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{self.guess_type(address)}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        _ = self.wfile.write(content)

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


def server(folder: Path, port: int, fresh: Fresh | None = None) -> ThreadingHTTPServer:
    """Make the server, which listens at once; port 0 takes a free one. Raises OSError where the port is taken.

    Args:
        folder: The pages.
        port: Where to listen.
        fresh: Makes a page anew, by its address; None for one that is as it was built.
    """
    return ThreadingHTTPServer((_NAMES[0], port), partial(_Pages, directory=str(folder), fresh=fresh))
