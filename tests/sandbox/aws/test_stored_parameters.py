"""What docs/iam/spoke-parameters.json lets launches take of an account's parameters, and what it does not."""

import json
from typing import Any

import pytest

from shared.aws.parameter_store import UnreadableParametersError, read_parameters
from shared.aws.policies import render
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.setup import Setup


def test_parameters_below_the_path_are_read_and_no_others(setup: Setup) -> None:
    document = (ROOT / "docs/iam/spoke-parameters.json").read_text().replace("${ParameterPath}", setup.name)
    statements: list[dict[str, Any]] = json.loads(
        render(json.loads(document), partition="aws", account=ACCOUNTS.research)
    )["Statement"]
    arn = setup.make_role(ACCOUNTS.research, f"{setup.name}-parameters", trusting_research(), statements)
    store = setup.client("ssm", ACCOUNTS.research)
    plain, secret, other = (f"/{setup.name}/subnets", f"/{setup.name}/token", f"/other-{setup.name}")
    for name, kind, value in ((plain, "StringList", "a,b"), (secret, "SecureString", "hush"), (other, "String", "x")):
        store.put_parameter(Name=name, Type=kind, Value=value)
    store.put_parameter(Name=plain, Type="StringList", Value="a,b,c", Overwrite=True)
    credentials = setup.sandbox.assume(arn, ACCOUNTS.research, "test")
    reading = setup.sandbox.client_with("ssm", credentials, setup.region)

    found = read_parameters(reading, [plain, f"{plain}:1", secret, f"/{setup.name}/none"], decrypted=True)
    sealed = read_parameters(reading, [secret], decrypted=False)[secret]

    assert {plain: "a,b,c", f"{plain}:1": "a,b", secret: "hush"} == {name: each.value for name, each in found.items()}
    assert (True, found[secret].mark) == (sealed.is_secret, sealed.mark)
    assert found[plain].mark != found[f"{plain}:1"].mark
    with pytest.raises(UnreadableParametersError, match="not authorized"):
        read_parameters(reading, [other], decrypted=True)
