"""The part of GitLab's API by which merge requests are made, closed and commented on.

Source: GitLab Docs, "Notes API" and "Merge requests API".
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs


class Notes:
    """Serves it on loopback, to whoever has the token."""

    token: Final = "glpat-of-a-reporter"
    proposer: Final = "glpat-of-a-developer"

    def __init__(self, file: Path) -> None:
        notes, token, proposer = self, self.token, self.proposer

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                given = self.headers.get("PRIVATE-TOKEN")
                on_one = "/merge_requests/7/notes" in self.path
                allowed = given == (token if on_one else proposer)
                take = notes.take if on_one else notes.request
                answer = take(self.command, self.path, body) if allowed else None
                self.send_response(200 if answer is not None else 401)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as the server calls them

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's
                pass

        self._file, self.requests = file, list[dict[str, Any]]()
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

    def request(self, method: str, path: str, body: str) -> object:
        """List merge requests of a branch, make one, change one, or comment on one."""
        place, _, query = path.partition("?")
        number, _, what = place.partition("/merge_requests")[2].strip("/").partition("/")
        fields = {name: values[0] for name, values in parse_qs(body or query).items()}
        if method == "GET":
            return [each for each in self.requests if each["source_branch"] == fields["source_branch"]]
        if what == "notes":
            self.requests[int(number) - 1]["note"] = fields["body"]
        elif method == "POST":
            assert {"source_branch", "target_branch", "title", "description"} == fields.keys()
            self.requests.append({"iid": len(self.requests) + 1, "state": "opened", **fields})
        else:
            closing = {"state": "closed"} if fields.pop("state_event", "") == "close" else {}
            self.requests[int(number) - 1] |= {**fields, **closing}
        return {}
