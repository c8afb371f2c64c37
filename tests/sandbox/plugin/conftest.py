"""A sandbox, and small Pulumi projects that run on it with the real CLI."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.sandbox.plugin_project import Project
from tests.support.warm.python import python

_READY_WITHIN = 60
"""Seconds; other tests may be using all cores."""


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a sandbox listens that runs a hundred times faster than AWS."""
    ready = tmp_path_factory.mktemp("sandbox") / "ready"
    command = [python(), "-m", "sandbox", "serve", "--speed", "100", "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            limit = time.monotonic() + _READY_WITHIN
            while not ready.exists() or not ready.read_text():
                assert server.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.05)
            yield ready.read_text().strip()
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def empty_project(sandbox_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty project to copy, because making a stack takes a second."""
    folder = tmp_path_factory.mktemp("empty")
    Project.begin(folder, sandbox_url)
    return folder


@pytest.fixture
def project(sandbox_url: str, empty_project: Path, tmp_path: Path) -> Project:
    """A project of the hub account's administrator."""
    shutil.copytree(empty_project, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, sandbox_url)


@pytest.fixture
def client(sandbox_url: str) -> Callable[[str], Any]:
    """Make clients of the hub account's administrator."""

    def make(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportUnknownMemberType] - any service
            service,  # pyright: ignore[reportArgumentType] - any service
            endpoint_url=sandbox_url,
            region_name="eu-central-1",
            aws_access_key_id="222233334444",
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        )

    return make
