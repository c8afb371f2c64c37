"""Runs `model-catalog` in this process, as a person would."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest

from cli.app import main
from shared.errors import CatalogError


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it said.

    Attributes:
        refusal: Code and place of the error that ended it; empty where none did.
    """

    code: int
    out: str
    err: str
    refusal: tuple[str, str] = ("", "")

    @property
    def words(self) -> str:
        """What it printed, without the white space that makes a table of it."""
        return " ".join(self.out.split())


Command = Callable[..., Ended]


def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a way to run a command by its words; whatever it changes in this process is put back."""

    def command(*words: str) -> Ended:
        before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        monkeypatch.setattr(sys, "argv", ["model-catalog", *words])
        try:
            with mock.patch.dict(os.environ), pytest.raises(SystemExit) as ended:
                main()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        out, err = capsys.readouterr()
        problem = ended.value.__context__
        refusal = (problem.code, problem.place) if isinstance(problem, CatalogError) else ("", "")
        return Ended(int(ended.value.code or 0), out, err, refusal)

    return command
