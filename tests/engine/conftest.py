"""The fixtures of the tests that run the real Pulumi CLI."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.stage import ALL_STACKS, Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An empty organization and an empty backend, for one module of tests."""
    with Stage(tmp_path_factory.mktemp("stage") / "rehearsal") as rehearsal:
        yield rehearsal


@pytest.fixture(scope="module")
def catalog(stage: Stage) -> Stage:
    """A stage on which organization, hub and both spokes are deployed."""
    for stack in ALL_STACKS:
        _ = stage.up(stack)
    return stage


@pytest.fixture
def edit(catalog: Stage) -> Iterator[Callable[[str, str, str], None]]:
    """Replace text in files of the copied project for one test."""
    undo: list[Callable[[], None]] = []

    def replace(file: str, old: str, new: str) -> None:
        undo.append(catalog.edit(file, old, new))

    yield replace
    for back in reversed(undo):
        back()
