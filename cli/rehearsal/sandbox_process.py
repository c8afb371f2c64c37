"""A sandbox of a command's own, for as long as the command takes."""

import json
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from cli.rehearsal.starting import started, stop

_SPEED: Final = 20_000
"""Virtual seconds per second: nobody waits for what takes a minute on AWS."""
_PATIENCE_SECONDS: Final = 30


class SandboxProcess:
    """Runs as long as the `with` block does.

    Attributes:
        url: Where it listens.
    """

    def __init__(self, folder: Path, answers: Path | None = None) -> None:
        """Prepare one that logs into a folder; `answers` says what macros and custom resources answer."""
        self._folder = folder
        self._answers = ["--answers", str(answers.absolute())] if answers else []
        self.url = ""

    def __enter__(self) -> Self:
        """Start it; returns when it accepts calls."""
        command = [sys.executable, "-m", "sandbox", "serve", "--speed", str(_SPEED), *self._answers]
        self._process, self.url = started(command, self._folder / "sandbox.log")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        stop(self._process)

    def client(self, service: str, account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Make a client of an account's administrator."""
        return boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportUnknownMemberType] - any service
            service,  # pyright: ignore[reportArgumentType] - any service
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )

    def ask(self, topic: str) -> Any:  # noqa: ANN401 - another program's JSON
        """Read from the sandbox's own endpoint."""
        with urlopen(f"{self.url}/_sandbox/{topic}", timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - http
            return json.load(answer)

    def tell(self, topic: str, content: object) -> None:
        """Change something at the sandbox's own endpoint."""
        request = Request(f"{self.url}/_sandbox/{topic}", data=json.dumps(content).encode())  # noqa: S310 - http
        urlopen(request, timeout=_PATIENCE_SECONDS).close()  # noqa: S310
