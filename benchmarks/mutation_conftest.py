"""What mutmut has to be told of the tests; benchmarks/mutation.py puts it beside them.

mutmut notes which functions a test calls, and runs no other test for a change in them. A fixture that tests share calls
its functions in the first of them only: they count for the others, too. The quickest tests come first.
"""

import os

import pytest
from mutmut.state import state

_first_users: set[tuple[str, str]] = set()
"""Shared fixtures, each with the test that made it."""


def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """Note who is the first to use a shared fixture."""
    if fixturedef.scope != "function":
        test, _, _ = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")
        _first_users.add((fixturedef.argname, test))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let what the first user called count as called by every user."""
    for fixture, first in _first_users:
        users = {item.nodeid for item in session.items if fixture in getattr(item, "fixturenames", ())}
        for tests in state().tests_by_mangled_function_name.values():
            if first in tests:
                tests.update(users)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the quickest first: most changes are found by several tests."""
    items.sort(key=lambda item: state().duration_by_test.get(item.nodeid, 0))
