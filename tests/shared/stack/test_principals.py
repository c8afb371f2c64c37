"""Who may launch: looked up before anything is declared."""

from typing import Any

import pulumi
import pytest

from shared.errors import ConfigError
from shared.stack.principals import Grant, find_principal
from tests.support.recorder import Mocks, refusing
from tests.support.refused import refused

SSO = "/aws-reserved/sso.amazonaws.com/"


@pytest.mark.parametrize(
    ("arn", "identity"),
    [
        ("arn:aws:iam::333344445555:role/teams/Analyst", "AROA-Analyst"),
        ("arn:aws:iam::333344445555:user/ada", "AIDA-ada"),
        ("arn:aws:iam::333344445555:group/science", "AGPA-science"),
    ],
)
def test_an_exact_principal_has_the_identity_that_aws_gave_it(mocks: Mocks, arn: str, identity: str) -> None:
    mocks.answers |= {
        "getRole": lambda asked: {"uniqueId": f"AROA-{asked['name']}"},
        "getUser": lambda asked: {"userId": f"AIDA-{asked['userName']}"},
        "getGroup": lambda asked: {"groupId": f"AGPA-{asked['groupName']}"},
    }

    found = find(arn=arn)

    assert (arn, "IAM", identity) == (found.arn, found.type, found.identity)


@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_a_principal_that_is_not_there_is_refused(mocks: Mocks, kind: str) -> None:
    answer = refusing("NoSuchEntity: it cannot be found")
    mocks.answers |= dict.fromkeys(("getRole", "getUser", "getGroup"), answer)

    with refused(ConfigError, "principal-unknown", "here.arn") as found:
        find(arn=f"arn:aws:iam::333344445555:{kind}/It")
    assert "AWS says: " in str(found.value)
    assert "NoSuchEntity" in str(found.value)


def test_a_permission_set_is_the_one_role_that_identity_center_made_of_it(mocks: Mocks) -> None:
    role = f"arn:aws:iam::333344445555:role{SSO}eu-central-1/AWSReservedSSO_Scientist_0123456789abcdef"
    mocks.answers |= {
        "getRoles": lambda asked: {"arns": [role], "names": []} if asked["pathPrefix"] == SSO else {},
        "getRole": lambda asked: {"uniqueId": f"AROA-{asked['name'][-4:]}"},
    }

    found = find(permission_set="Scientist")

    assert (role, "AROA-cdef", "permission-set-Scientist") == (found.arn, found.identity, found.name)
    assert "^AWSReservedSSO_Scientist_[0-9a-f]{16}$" == mocks.called("getRoles")[0]["nameRegex"]


def test_a_permission_set_that_the_account_does_not_have_is_refused(mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"arns": [], "names": []}

    with refused(ConfigError, "permission-set-not-assigned", "here.permissionSet"):
        find(permission_set="Scientist")


def find(**named: str) -> Any:  # noqa: ANN401 - a principal whose identity is plain here
    """Look a principal up."""
    grant = Grant.model_validate({"portfolio": "online", **named})
    return find_principal(grant, where="here", opts=pulumi.InvokeOptions())
