"""Turns what a rule finds into what the engine is told."""

from collections.abc import Callable, Iterator

from pulumi_policy import ReportViolation, ResourceValidationArgs, StackValidationArgs

Violation = tuple[str, str]
"""What is wrong, and the URN of what it is about."""


def each(
    find: Callable[[ResourceValidationArgs], Iterator[str]],
) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    """Report everything that a rule finds about a resource."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for text in find(args):
            report(text, None)

    return validate


def each_of_stack(
    find: Callable[[StackValidationArgs], Iterator[Violation]],
) -> Callable[[StackValidationArgs, ReportViolation], None]:
    """Report everything that a rule finds about a stack."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for text, urn in find(args):
            report(text, urn)

    return validate
