"""The tests' own mocks: what they would let pass in silence."""

import pulumi
import pulumi_aws as aws
import pytest

from tests.support.recorder import Mocks, UnawaitedError, recording


def test_a_test_that_is_not_decorated_fails_when_it_makes_a_resource() -> None:
    with pytest.raises(
        UnawaitedError, match=r"left without their values. Decorate the test with @pulumi\.runtime\.test"
    ):
        forgotten()


def test_a_test_that_is_not_decorated_fails_when_it_makes_an_output() -> None:
    with (
        pytest.raises(UnawaitedError, match="1 outputs were left"),
        recording("project", "stack", {}),
    ):
        pulumi.Output.from_input("value")


def test_a_failure_is_not_hidden_by_the_outputs_that_it_left() -> None:
    with pytest.raises(AssertionError, match="the test's own"):
        failing()


@pulumi.runtime.test  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK
def test_a_decorated_test_is_awaited(mocks: Mocks) -> pulumi.Output[None]:
    def check(name: str) -> None:
        assert "some-bucket" == name
        assert 1 == len(mocks.all(aws.s3.Bucket))

    return aws.s3.Bucket("some", bucket="some-bucket").bucket.apply(check)


@pulumi.runtime.test  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK
async def test_a_decorated_test_can_be_a_coroutine() -> None:
    assert "some-id" == await aws.s3.Bucket("some").id.future()


def test_an_assertion_inside_an_output_fails_the_program(mocks: Mocks) -> None:
    with pytest.raises(AssertionError, match="inside an output"):
        mocks.deploy(lambda: pulumi.export("any", pulumi.Output.from_input("value").apply(fail)))


def test_what_one_program_exported_is_unknown_to_the_next_test(mocks: Mocks) -> None:
    assert ({}, [], []) == (mocks.exports, mocks.resources, mocks.calls)
    with pytest.raises(pulumi.ConfigMissingError, match="model-catalog-hub:accountId"):
        pulumi.Config().require("accountId")


def forgotten() -> None:
    """Do as a test does that somebody forgot to decorate: the assertion never runs."""
    with recording("project", "stack", {}) as mocks:
        bucket = aws.s3.Bucket("some")
        bucket.id.apply(fail)
        assert [] == mocks.resources


def failing() -> None:
    """Fail as a test does that has outputs under way."""
    with recording("project", "stack", {}):
        pulumi.Output.from_input("value")
        raise AssertionError("the test's own failure")


def fail(_: object) -> None:
    """Be an assertion about an output's value that does not hold."""
    raise AssertionError("inside an output")
