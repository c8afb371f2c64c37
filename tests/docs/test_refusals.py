"""The table of refusals says what is so."""

from typing import Any

import botocore.session
import pytest

from tests.support.refusals import DOCUMENT, Refusal, render, sections

ROWS = [each for refusals in sections().values() for each in refusals]


def test_the_document_is_as_the_tests_say() -> None:
    """Written by: python -m tests.support.refusals."""
    assert render() == DOCUMENT.read_text()


@pytest.mark.parametrize("refusal", ROWS, ids=lambda each: f"{each.operation}-{each.code}-{each.cause[:20]}")
def test_a_refusal_is_one_that_aws_has_and_that_a_test_shows(refusal: Refusal) -> None:
    service, _, operation = refusal.operation.partition(".")
    model: Any = botocore.session.get_session().get_service_model(service)
    errors = {shape.name for shape in model.operation_model(operation).error_shapes}
    # AWS's models leave out what every operation can answer, such as missing access.
    assert refusal.code.startswith("(") or refusal.code in errors | {"AccessDenied"}

    file, _, test = refusal.test.partition(": ")
    assert bool(file) == bool(refusal.first)
    if test:
        assert f"def {test}(" in (DOCUMENT.parent.parent / file).read_text()
    elif file:
        assert (DOCUMENT.parent.parent / file).exists()
