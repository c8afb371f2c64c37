"""The part of GitLab's API by which a merge request is commented on (GitLab Docs, "Notes API", merge requests)."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs


class Notes:
    """Serves it on loopback, to whoever has the token."""

    token: Final = "glpat-of-a-reporter"

    def __init__(self, file: Path) -> None:
        notes, token = self, self.token

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                allowed = self.headers.get("PRIVATE-TOKEN") == token
                answer = notes.take(self.command, self.path, body) if allowed else None
                self.send_response(200 if answer is not None else 401)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as the server calls them

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's
                pass

        self._file = file
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self._server.server_port}/api/v4"

    def take(self, method: str, path: str, body: str) -> object:
        """List, add or change the notes of a merge request."""
        there: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        place = path.partition("?")[0].partition("/merge_requests/7/notes")[2].strip("/")
        if method == "GET":
            return [{"id": int(each), "body": text} for each, text in there.items()]
        number = place if method == "PUT" else str(len(there) + 1)
        self._file.write_text(json.dumps({**there, number: parse_qs(body)["body"][0]}))
        return {"id": int(number)}
