"""What stands encrypted in settings is told to nobody, and goes on as a secret."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from shared.errors import ConfigError
from shared.secret_value import (
    OtherSettingsError,
    Secret,
    SecretValue,
    decrypted,
    marked,
    redacted,
    refers_to_secret,
    secrets_in,
)
from shared.stack.settings import AccountSettings, check_settings
from spoke.config import SpokeSettings
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH

WRITTEN: Any = {"launches": [{"name": "a", "parameters": {"Key": {"secure": "v1:x"}, "Size": 2}}]}
GIVEN: Any = {"launches": [{"name": "a", "parameters": {"Key": "hush", "Size": 2}}]}


class Holder(BaseModel):
    """A model with a secret in it."""

    value: str | SecretValue


def test_a_secret_shows_neither_in_words_nor_where_it_is_written_down() -> None:
    secret = Secret("v1:x", "hush")

    assert "hush" not in f"{secret} {secret!r} {[secret]}"
    assert '{"value":{"secure":"v1:x"}}' == Holder(value=secret).model_dump_json()


def test_only_what_is_secret_in_the_file_is_secret_of_what_the_engine_decrypted() -> None:
    found: Any = decrypted(marked(WRITTEN), GIVEN)

    assert [("launches[0].parameters.Key", "hush")] == [(path, each.plain) for path, each in secrets_in(found)]
    assert 2 == found["launches"][0]["parameters"]["Size"]


@pytest.mark.parametrize(
    "given", [{"launches": []}, {"launches": "x"}, {}, {"launches": [{"name": "a", "parameters": {"Key": "hush"}}]}]
)
def test_what_another_file_holds_is_not_taken_for_this_one(given: object) -> None:
    with pytest.raises(OtherSettingsError):
        decrypted(marked(WRITTEN), given)


@pytest.mark.parametrize(
    ("value", "refers"),
    [
        ("{{resolve:secretsmanager:scoring:SecretString:key}}", True),
        ("{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:1:secret:a-b1}}", True),
        ("{{resolve:ssm-secure:/scoring/key:3}}", True),
        ("{{resolve:ssm:/scoring/key}}", True),
        ("hush{{resolve:ssm:/scoring/key}}", False),
        ("{{resolve:ssm:/a}}{{resolve:ssm:/b}}", False),
        ("{{resolve:vault:a}}", False),
        ("{{resolve:ssm:}}", False),
        ("hush", False),
    ],
)
def test_a_reference_is_one_whole_reference(value: str, refers: bool) -> None:  # noqa: FBT001 - a case
    assert refers is refers_to_secret(value)


def test_the_longest_secret_is_taken_out_of_a_text_first() -> None:
    assert "(hidden) and (hidden)" == redacted("hush-hush and hush", [Secret("", "hush"), Secret("", "hush-hush")])


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"assumeRole": {"secure": "v1:x"}}, "assumeRole"),
        ({"accountId": {"secure": "v1:x"}}, "accountId"),
        ({"hubStack": {"secure": "v1:x"}}, "hubStack"),
        ({"launches": {"secure": "v1:x"}}, "launches"),
        ({"launches": [{"secure": "v1:x"}]}, "launches[0]"),
        ({"launches": [{**LAUNCH, "parameters": {"secure": "v1:x"}}]}, "launches[0].parameters"),
        ({"launches": [{**LAUNCH, "tags": {"team": {"secure": "v1:x"}}}]}, "launches[0].tags.team"),
        ({"launches": [{**LAUNCH, "name": {"secure": "v1:x"}}]}, "launches[0].name"),
        ({"principals": [{"portfolio": "a", "arn": {"secure": "v1:x"}}]}, "principals[0].arn"),
    ],
)
def test_only_a_value_of_a_parameter_can_be_encrypted(changed: dict[str, object], place: str) -> None:
    with refused(ConfigError, "setting-encrypted", f"Pulumi.spoke-x.yaml: {place}") as found:
        check(SpokeSettings, {"accountId": "333344445555", **changed})

    command = f"pulumi -C spoke -s spoke-x config set --path 'model-catalog-spoke:{place}' VALUE"
    assert str(found.value).endswith(command)


def test_no_setting_of_another_stack_can_be_encrypted() -> None:
    with refused(ConfigError, "setting-encrypted", "accountId"):
        check(AccountSettings, {"accountId": {"secure": "v1:x"}})


def test_a_list_with_a_secret_in_it_is_a_secret() -> None:
    launch = {**LAUNCH, "parameters": {"Subnets": ["a", {"secure": "v1:x"}]}}

    found = check(SpokeSettings, {"accountId": "333344445555", "launches": [launch]})

    assert Secret("a,v1:x") == found.launches[0].parameters["Subnets"]


def check(model: type[Any], values: dict[str, object]) -> Any:  # noqa: ANN401 - any settings
    """Check settings as a file has them."""
    project = "model-catalog-spoke"
    given = {
        f"{project}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }
    return check_settings(model, {"aws:region": "eu-central-1", **given}, project=project, where="Pulumi.spoke-x.yaml")
