"""A launch that fails is named in the stack's outputs all the same."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi import ErrorHookArgs

from spoke.resources import failed_launch
from spoke.resources.failed_launch import FailureReport

KNOWN: Mapping[str, Any] = {"product": "scorer", "version": "1.1.0", "region": "eu-central-1"}
REASON = (
    "1 error occurred:\n\t* waiting for Service Catalog Provisioned Product (pp-1) create: User x is not\n authorized\n"
)


class Hook:
    """Stands for Pulumi's, which an engine has to take."""

    def __init__(self, name: str, callback: Any) -> None:  # noqa: ANN401 - as Pulumi has it
        self.name = name
        self.callback = callback


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Give the outputs that are registered before the engine ends."""
    found: list[Mapping[str, Any]] = []

    async def register(outputs: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        found.append(outputs)

    monkeypatch.setattr(failed_launch, "ErrorHook", Hook)
    monkeypatch.setattr(failed_launch, "_register", register)
    return found


def happens(hook: Any, operation: str, *errors: str) -> bool:  # noqa: ANN401 - stands for Pulumi's
    """Let a step fail, and say whether it is to be tried again."""
    args = ErrorHookArgs("urn", "", "scoring", "type", failed_operation=operation, errors=list(errors))
    return asyncio.run(hook.callback(args))


def test_a_launch_that_failed_is_named_with_awss_reason_beside_those_that_are_well(
    registered: list[Mapping[str, Any]],
) -> None:
    report = FailureReport({"contract": {"hub": "hub"}})
    hook, _ = report.expect("scoring", KNOWN), report.expect("search", KNOWN)
    well = {**KNOWN, "provisioned_product": "pp-2", "status": "AVAILABLE", "outputs": {"EndpointName": "e"}}
    assert well == report.settle("search", well)

    again = happens(hook, "create", REASON)

    [outputs] = registered
    assert not again
    assert {"hub": "hub"} == outputs["contract"]
    assert {
        "scoring": {
            **KNOWN,
            "provisioned_product": "pp-1",
            "status": "ERROR",
            "reason": "User x is not authorized",
            "outputs": {},
        },
        "search": well,
    } == outputs["launches"]


def test_what_aws_refused_at_once_is_not_there(registered: list[Mapping[str, Any]]) -> None:
    happens(FailureReport({}).expect("scoring", KNOWN), "create", "provisioning: InvalidParametersException")

    [outputs] = registered
    assert ("not launched", "") == tuple(
        outputs["launches"]["scoring"][key] for key in ("status", "provisioned_product")
    )


def test_a_failed_update_leaves_the_outputs_of_the_run_before(registered: list[Mapping[str, Any]]) -> None:
    assert not happens(FailureReport({}).expect("scoring", KNOWN), "update", REASON)
    assert [] == registered


def test_what_cannot_be_registered_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        raise RuntimeError

    monkeypatch.setattr(failed_launch, "ErrorHook", Hook)
    monkeypatch.setattr(failed_launch, "_register", fail)

    assert not happens(FailureReport({}).expect("scoring", KNOWN), "create", REASON)


def test_launches_that_fail_at_once_do_not_wait_for_an_engine_that_takes_no_outputs_any_more(
    registered: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def register(outputs: Mapping[str, Any]) -> None:
        if registered:
            await asyncio.Event().wait()
        registered.append(outputs)

    monkeypatch.setattr(failed_launch, "_register", register)
    monkeypatch.setattr(failed_launch, "_PATIENCE_AFTER_A_FAILURE", 0.01)
    report = FailureReport({})
    hooks: list[Any] = [report.expect(name, KNOWN) for name in ("scoring", "search", "vision")]
    args = ErrorHookArgs("urn", "", "any", "type", failed_operation="create", errors=["refused"])

    async def all_fail() -> list[bool]:
        return await asyncio.wait_for(asyncio.gather(*(hook.callback(args) for hook in hooks)), 5)

    assert [False] * len(hooks) == asyncio.run(all_fail())
    assert "not launched" == registered[0]["launches"]["scoring"]["status"]
