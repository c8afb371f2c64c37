"""The fixtures of the tests that run the real Pulumi CLI."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.fleet.stage import Fleet
from tests.support.pipelines.company import Company
from tests.support.pipelines.machine import Machine
from tests.support.sandbox.process import Sandbox
from tests.support.stage import ALL_STACKS, Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An empty organization and an empty backend, for one module of tests."""
    with Stage(tmp_path_factory.mktemp("stage") / "rehearsal") as rehearsal:
        yield rehearsal


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage on which organization, hub and both spokes are deployed; each test leaves it so."""
    with Stage(tmp_path_factory.mktemp("catalog") / "rehearsal") as rehearsal:
        for stack in ALL_STACKS:
            _ = rehearsal.up(stack)
        yield rehearsal


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet of four spokes that have all been rolled out once; each test leaves it so."""
    with Fleet(tmp_path_factory.mktemp("fleet") / "stage", spokes=4) as stage:
        stage.prepare()
        first = stage.roll_out()
        assert {each["ending"] for each in first["spokes"]} == {"succeeded"}
        yield stage


@pytest.fixture
def edit(catalog: Stage) -> Iterator[Callable[[str, str, str], None]]:
    """Replace text in files of the copied project for one test."""
    undo: list[Callable[[], None]] = []

    def replace(file: str, old: str, new: str) -> None:
        undo.append(catalog.edit(file, old, new))

    yield replace
    for back in reversed(undo):
        back()


@pytest.fixture(scope="module")
def machine(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine, and a company whose roles and state are as docs/iam says, on the module's own sandbox."""
    found = Machine(tmp_path_factory.mktemp("machine") / "machine", sandbox)
    Company(found, sandbox)
    found.commit("What there is")
    return found
