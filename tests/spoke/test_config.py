"""Settings that a spoke refuses, and how it says so."""

from collections.abc import Callable

import pytest

from shared.errors import ConfigError
from spoke.config import Launch, SpokeSettings
from tests.support.recorder import Mocks

LAUNCH = {"name": "embeddings", "product": "embedder", "version": "1.0.0"}
PRINCIPAL = {"portfolio": "online", "arn": "arn:aws:iam::333344445555:role/DataScientist"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"launches": [LAUNCH, LAUNCH]},
            r"launches\[1\]\.name: found 'embeddings' a second time. .* is unique in its account: rename one of them",
        ),
        (
            {"launches": [{**LAUNCH, "name": "my embeddings"}]},
            r"launches\[0\]\.name: found 'my embeddings'. Expected lett",
        ),
        (
            {"launches": [{**LAUNCH, "version": "latest"}]},
            r"launches\[0\]\.version: found 'latest'. Expected one version, or a range .* ~1\.2",
        ),
        (
            {"launches": [{**LAUNCH, "version": 1.0}]},
            r"launches\[0\]\.version: found 1.0 \(a number .* without quotes\)",
        ),
        ({"launches": [{"name": "a", "version": "1.0.0"}]}, r"launches\[0\]\.product is missing. Expected lower-case"),
        (
            {"launches": [{**LAUNCH, "timeout": "1h"}]},
            r"launches\[0\]\.timeout: found '1h'. Expected a number of minutes",
        ),
        ({"launches": [{**LAUNCH, "timeout": 45}]}, r"launches\[0\]\.timeout: found 45 \(a number.* for example 45m"),
        ({"launches": [{**LAUNCH, "parameter": "x"}]}, r"launches\[0\]\.parameter is not a known key. Remove it, or"),
        (
            {"launches": [{**LAUNCH, "region": "Ireland"}]},
            r"launches\[0\]\.region: found 'Ireland'. Expected the name of",
        ),
        (
            {"launches": [{**LAUNCH, "tags": {"cost": 7}}]},
            r"launches\[0\]\.tags\.cost: found 7 \(a number or truth value",
        ),
        (
            {"launches": [{**LAUNCH, "parameters": {"Size": {"of": "it"}}}]},
            r"launches\[0\]\.parameters\.Size: found a dict. Expected a text, a number, a truth value or a list",
        ),
        ({"launches": "embeddings"}, r"launches: found 'embeddings'"),
        (
            {"principals": [{**PRINCIPAL, "arn": "arn:aws:iam::444455556666:role/DataScientist"}]},
            r"principals\[0\]\.arn: found 'arn:.*444455556666.*', which is not of the account 333344445555. Grant",
        ),
        (
            {"principals": [{**PRINCIPAL, "arn": "DataScientist"}]},
            r"principals\[0\]\.arn: found 'DataScientist'. Expected the full ARN of an IAM role, user or group",
        ),
        (
            {"principals": [{**PRINCIPAL, "arn": "arn:aws:iam::333344445555:role/Data*"}]},
            r"principals\[0\]\.arn: found 'arn:.*Data\*'. Expected .*without wildcards",
        ),
        (
            {"principals": [{"portfolio": "online"}]},
            r"principals\[0\]: found nobody. A grant names exactly one principal, by arn or permissionSet",
        ),
        (
            {"principals": [{**PRINCIPAL, "permissionSet": "DataScientist"}]},
            r"principals\[0\]: found arn and permissionSet. A grant names exactly one principal",
        ),
        (
            {"launches": [{**LAUNCH, "notifications": ["models"]}]},
            r"launches\[0\]\.notifications\[0\]: found 'models'. Expected the ARN of an SNS topic",
        ),
        ({"launchRoles": "make"}, r"launchRoles: found 'make'. Expected create or existing, for example create"),
        (
            {"permissionsBoundary": "Boundary"},
            r"permissionsBoundary: found 'Boundary'. Expected the ARN of an IAM policy",
        ),
        (
            {"hubStack": "a/b/c/d"},
            r"hubStack\[0\]: found .a/b/c/d.\. Expected the name of the hub",
        ),
        ({"launch": [LAUNCH]}, r"launch is not a known key. Remove it, or correct its spelling"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_before_the_hub_is_read(
    deploy: Callable[..., Mocks], mocks: Mocks, changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^Pulumi\.spoke-research\.yaml: {message}"):
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


def test_a_tag_that_aws_keeps_to_itself_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Tags that begin with aws: are reserved: use another key"):
        Launch.model_validate({"name": "a", "product": "b", "version": "1.0.0", "tags": {"aws:team": "risk"}})
