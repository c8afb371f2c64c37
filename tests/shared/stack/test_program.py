"""What a program refuses is told once, and the engine is given to know that it was."""

from collections.abc import Callable

import pulumi
import pytest

from shared.catalog.lifecycle import AS_OF
from shared.errors import ContractError
from shared.stack.program import SDK_DEBUG, start
from tests.support.recorder import recording

TOLD = 32
"""After it the engine adds no error of its own; test_refusals.py shows that, on the real one."""


def refuse(_: object = None) -> None:
    raise ContractError("publishes no catalog", code="catalog-missing", place="hub")


def refuse_later() -> None:
    pulumi.export("never", pulumi.Output.from_input(1).apply(refuse))


async def refuse_waiting() -> None:
    _ = await pulumi.Output.from_input(1).future()
    refuse()


def wait_and_refuse() -> None:
    pulumi.run(refuse_waiting)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the errors that the engine is told."""
    found: list[str] = []
    monkeypatch.setattr("pulumi.log.error", found.append)
    return found


@pytest.mark.parametrize(("asked", "told"), [("", []), ("true", ["detail"])])
def test_the_sdk_tells_its_details_only_when_it_is_asked_to(
    asked: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    monkeypatch.setattr("pulumi.log.debug", found.append)
    monkeypatch.setenv(SDK_DEBUG, asked)
    with recording("project", "stack", {}) as mocks:
        mocks.deploy(lambda: start(lambda: pulumi.log.debug("detail")))

    assert told == [each for each in found if each == "detail"]


@pytest.mark.parametrize("program", [refuse, refuse_later, wait_and_refuse])
def test_what_is_refused_at_once_or_later_is_told_and_ends_the_program(
    program: Callable[[], None], said: list[str]
) -> None:
    with recording("project", "stack", {}) as mocks, pytest.raises(SystemExit) as exit_:
        mocks.deploy(lambda: start(program))

    assert (TOLD, ["hub: publishes no catalog"]) == (exit_.value.code, said)


def test_a_mistake_of_ours_is_left_to_the_language_host(said: list[str]) -> None:
    with recording("project", "stack", {}) as mocks, pytest.raises(ZeroDivisionError):
        mocks.deploy(lambda: start(lambda: pulumi.export("never", 1 // 0)))

    assert [] == said


def test_a_program_that_refuses_nothing_ends_as_ever(said: list[str]) -> None:
    with recording("project", "stack", {}) as mocks:
        mocks.deploy(lambda: start(lambda: pulumi.export("good", "yes")))

    assert ({"good": "yes"}, []) == (mocks.exports, said)


def test_a_program_deploys_nothing_with_a_day_that_has_not_come(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started Pulumi past the front door, or set the day where no command looks, is refused too."""
    monkeypatch.setenv(AS_OF, "2999-01-01")
    with recording("project", "stack", {}) as mocks, pytest.raises(SystemExit):
        mocks.deploy(lambda: start(lambda: pulumi.export("never", 1)))

    assert "never" not in mocks.exports
    assert said[0].startswith("MODEL_CATALOG_AS_OF: 2999-01-01 has not come.")
