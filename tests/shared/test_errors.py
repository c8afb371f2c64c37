"""Every error that a person can cause ends a program without a traceback."""

import inspect

import pulumi
import pytest

from shared import errors

ERRORS = [error for _, error in inspect.getmembers(errors, inspect.isclass) if issubclass(error, errors.CatalogError)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_is_one_that_pulumi_shows_in_plain_words(error: type[Exception]) -> None:
    assert issubclass(error, pulumi.RunError)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_the_drawn_tree_shows_every_error(error: type[Exception]) -> None:
    assert error.__name__ in str(errors.__doc__)


def test_an_error_tells_its_place_first() -> None:
    found = errors.ConfigError("is missing.", code="missing-key", place="Pulumi.hub.yaml: accountId")

    assert "Pulumi.hub.yaml: accountId: is missing." == str(found)
