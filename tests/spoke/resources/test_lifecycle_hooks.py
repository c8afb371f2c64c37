"""What is said and refused about a launch whose version comes to its end."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import ResourceHookArgs

from shared.catalog import contract
from shared.catalog.contract import Contract
from shared.errors import LaunchError
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch, resolve_launches
from spoke.resources.lifecycle_hooks import lifecycle_hooks
from tests.support.catalog_copy import DAY
from tests.support.recorder import Mocks
from tests.support.spoke_stack import SETTINGS

STEPS = ("before_create", "before_update")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is told to the person who runs the program."""
    lines: list[str] = []

    def record(line: str, *_: object, **__: object) -> None:
        lines.append(line)

    for place, name in ((pulumi.log, "info"), (pulumi.log, "warn"), (pulumi, "warn")):
        monkeypatch.setattr(place, name, record)
    return lines


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
    ("state", "refused"),
    [("active", ()), ("deprecated", ("before_create",)), ("retired", ("before_create", "before_update"))],
)
@pytest.mark.parametrize("step", STEPS)
def test_a_deprecated_version_takes_no_launch_and_a_retired_one_no_update_either(
    offer: dict[str, Any], published_now: Callable[[], Contract], state: str, refused: tuple[str, ...], step: str
) -> None:
    end(offer, state=state)
    resolved = ordered(published_now())

    if step not in refused:
        act(resolved, step)
        return
    with pytest.raises(LaunchError, match=rf"launches\[0\] \(scoring\): an? .* is refused: 1\.1\.0 is {state}"):
        act(resolved, step)


def test_a_move_to_another_version_is_told_with_both_numbers(published: Contract, said: list[str]) -> None:
    act(ordered(published, version="~1"), "before_update", artifact="pa-scorer-100")

    assert ["scoring moves from 1.0.0 to 1.1.0, the newest of ~1"] == said


def test_an_update_that_stays_with_its_version_is_no_move(published: Contract, said: list[str]) -> None:
    act(ordered(published), "before_update", artifact="pa-scorer-110")

    assert [] == said


@pytest.fixture
def published_now(offer: dict[str, Any]) -> Callable[[], Contract]:
    """Read the offer as it is when the test asks for it."""
    return lambda: contract.parse(contract.publish("222233334444", offer), source="hub")


def ordered(published: Contract, **changed: object) -> ResolvedLaunch:
    """Match the usual launch, changed in the given keys."""
    [launch] = cast("list[dict[str, object]]", SETTINGS["launches"])
    settings = SpokeSettings.model_validate(
        {"accountId": SETTINGS["accountId"], "aws:region": "eu-central-1", "launches": [{**launch, **changed}]}
    )
    return resolve_launches(settings, published, DAY, where="Pulumi.spoke-research.yaml")[0]


def act(resolved: ResolvedLaunch, step: str, *, artifact: str = "pa-scorer-110") -> None:
    """Let the engine come to a step."""
    [hook] = getattr(lifecycle_hooks(resolved), step)
    args = ResourceHookArgs("urn", "pp-1", "scoring", "type", old_inputs={"provisioningArtifactId": artifact})
    hook(args)


def end(offer: dict[str, Any], **life: str) -> None:
    """Let the newest version come to its end."""
    offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"].update(life)
