"""Settings that a spoke refuses, and how it says so."""

from collections.abc import Callable

import pytest

from shared.errors import ConfigError
from spoke.config import SpokeSettings
from tests.support.recorder import Mocks
from tests.support.refused import refused

LAUNCH = {"name": "embeddings", "product": "embedder", "version": "1.0.0"}
PRINCIPAL = {"portfolio": "online", "arn": "arn:aws:iam::333344445555:role/DataScientist"}
OTHER = "arn:aws:iam::444455556666:role/DataScientist"


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"launches": [LAUNCH, LAUNCH]}, "launch-name-twice", "launches[1].name"),
        ({"launches": [{**LAUNCH, "name": "my embeddings"}]}, "invalid-value", "launches[0].name"),
        ({"launches": [{**LAUNCH, "version": "latest"}]}, "invalid-value", "launches[0].version"),
        ({"launches": [{**LAUNCH, "version": 1.0}]}, "invalid-value", "launches[0].version"),
        ({"launches": [{**LAUNCH, "version": "1.0.0+a"}]}, "invalid-value", "launches[0].version"),
        ({"launches": [{"name": "a", "version": "1.0.0"}]}, "missing-key", "launches[0].product"),
        ({"launches": [{**LAUNCH, "timeout": "1h"}]}, "invalid-value", "launches[0].timeout"),
        ({"launches": [{**LAUNCH, "timeout": 45}]}, "invalid-value", "launches[0].timeout"),
        ({"launches": [{**LAUNCH, "parameter": "x"}]}, "unknown-key", "launches[0].parameter"),
        ({"launches": [{**LAUNCH, "region": "Ireland"}]}, "invalid-value", "launches[0].region"),
        ({"launches": [{**LAUNCH, "tags": {"cost": 7}}]}, "invalid-value", "launches[0].tags.cost"),
        ({"launches": [{**LAUNCH, "tags": {"aws:team": "x"}}]}, "tag-reserved", "launches[0].tags.aws:team"),
        (
            {"launches": [{**LAUNCH, "parameters": {"Size": {"of": "it"}}}]},
            "invalid-value",
            "launches[0].parameters.Size",
        ),
        ({"launches": "embeddings"}, "invalid-value", "launches"),
        ({"principals": [{**PRINCIPAL, "arn": OTHER}]}, "principal-of-another-account", "principals[0].arn"),
        ({"principals": [{**PRINCIPAL, "arn": "DataScientist"}]}, "invalid-value", "principals[0].arn"),
        ({"principals": [{**PRINCIPAL, "arn": f"{PRINCIPAL['arn']}*"}]}, "invalid-value", "principals[0].arn"),
        ({"principals": [{"portfolio": "online"}]}, "grant-not-of-one-principal", "principals[0]"),
        (
            {"principals": [{**PRINCIPAL, "permissionSet": "DataScientist"}]},
            "grant-not-of-one-principal",
            "principals[0]",
        ),
        ({"launches": [{**LAUNCH, "notifications": ["models"]}]}, "invalid-value", "launches[0].notifications[0]"),
        ({"launchRoles": "make"}, "invalid-value", "launchRoles"),
        ({"permissionsBoundary": "Boundary"}, "invalid-value", "permissionsBoundary"),
        ({"hubStack": "a/b/c/d"}, "invalid-value", "hubStack"),
        ({"launch": [LAUNCH]}, "unknown-key", "launch"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_before_the_hub_is_read(
    deploy: Callable[..., Mocks], mocks: Mocks, changed: dict[str, object], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"Pulumi.spoke-research.yaml: {place}"):
        deploy(**changed)

    assert [] == mocks.resources
    assert [] == mocks.calls


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (3.0, "3"),
        (0.25, "0.25"),
        (1234567.5, "1234567.5"),
        (123456789012, "123456789012"),
        (["a", 1, True], "a,1,true"),
        ("text", "text"),
    ],
)
def test_a_parameter_is_written_as_cloudformation_takes_it(value: object, written: str) -> None:
    settings = SpokeSettings.model_validate(
        {
            "accountId": "333344445555",
            "region": "eu-central-1",
            "launches": [{**LAUNCH, "parameters": {"Any": value}}],
        }
    )

    assert written == settings.launches[0].parameters["Any"]


@pytest.mark.parametrize(
    ("hub_stack", "reference"),
    [
        ("hub", "organization/model-catalog-hub/hub"),
        ("hub-next", "organization/model-catalog-hub/hub-next"),
        ("platform/model-catalog-hub/hub", "platform/model-catalog-hub/hub"),
    ],
)
def test_the_hubs_stack_is_named_in_full(hub_stack: str, reference: str) -> None:
    settings = SpokeSettings.model_validate(
        {"accountId": "333344445555", "region": "eu-central-1", "hubStack": hub_stack}
    )

    assert [reference] == settings.hub_references("organization")


def test_the_stacks_of_a_divided_catalog_are_named_in_their_order() -> None:
    settings = SpokeSettings.model_validate(
        {"accountId": "333344445555", "region": "eu-central-1", "hubStack": ["hub-vision", "hub"]}
    )

    assert ["organization/model-catalog-hub/hub-vision", "organization/model-catalog-hub/hub"] == (
        settings.hub_references("organization")
    )
