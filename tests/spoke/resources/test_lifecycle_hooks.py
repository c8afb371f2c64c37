"""What is said and refused about a launch whose version comes to its end."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import ResourceHookArgs

from shared.errors import LaunchError
from spoke.launches.resolution import ResolvedLaunch
from spoke.resources.lifecycle_hooks import lifecycle_hooks
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import resolved

STEPS = ("before_create", "before_update")


def test_a_launch_of_a_version_at_its_end_is_warned_of(
    deploy: Callable[..., Mocks], offer: dict[str, Any], said: list[str]
) -> None:
    end(offer, state="deprecated", replacement="1.0.0", reason="Too slow.")

    mocks = deploy()

    warning = "(scoring): 1.1.0 is deprecated (Too slow). Use 1.0.0 instead."
    assert [warning] == [line.partition("launches[0] ")[2] for line in said if "1.1.0" in line]
    assert 1 == len(mocks.all(aws.servicecatalog.ProvisionedProduct))


def test_nothing_is_said_of_an_active_version(deploy: Callable[..., Mocks], said: list[str]) -> None:
    deploy()

    assert [] == [line for line in said if "1.1.0" in line]


@pytest.mark.parametrize(
    ("state", "closed"),
    [("active", ()), ("deprecated", ("before_create",)), ("retired", ("before_create", "before_update"))],
)
@pytest.mark.parametrize("step", STEPS)
def test_a_deprecated_version_takes_no_launch_and_a_retired_one_no_update_either(
    offer: dict[str, Any], state: str, closed: tuple[str, ...], step: str
) -> None:
    end(offer, state=state)
    launch = resolved(offer)

    if step not in closed:
        act(launch, step)
        return
    code = "version-not-launched" if step == "before_create" else "version-retired"
    with refused(LaunchError, code, "launches[0] (scoring)") as found:
        act(launch, step)
    assert f"is refused: 1.1.0 is {state}" in str(found.value)


def test_a_move_to_another_version_is_told_with_both_numbers(offer: dict[str, Any], said: list[str]) -> None:
    act(resolved(offer, version="~1"), "before_update", artifact="pa-scorer-100")

    assert ["scoring moves from 1.0.0 to 1.1.0, the newest of ~1"] == said


def test_an_update_that_stays_with_its_version_is_no_move(offer: dict[str, Any], said: list[str]) -> None:
    act(resolved(offer), "before_update", artifact="pa-scorer-110")

    assert [] == said


def act(launch: ResolvedLaunch, step: str, *, artifact: str = "pa-scorer-110") -> None:
    """Let the engine come to a step."""
    [hook] = getattr(lifecycle_hooks(launch), step)
    args = ResourceHookArgs("urn", "pp-1", "scoring", "type", old_inputs={"provisioningArtifactId": artifact})
    hook(args)


def end(offer: dict[str, Any], **life: str) -> None:
    """Let the newest version come to its end."""
    offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"].update(life)
