"""Jobs of CI sign in by a token, and use a key of another account.

Sources: STS API reference, AssumeRoleWithWebIdentity; IAM User Guide, "Update the maximum session duration for a role"
and "Role chaining"; KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
"""

import base64
import json
import time
from typing import Any, Final

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from shared.aws.session import code_of
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION, RESEARCH, connect
from tests.support.sandbox.process import Client, Sandbox

pytestmark = pytest.mark.sandbox_only  # no token of AWS's making is at hand

HOST: Final = "token.actions.githubusercontent.com"
ROLE: Final = f"arn:aws:iam::{RESEARCH}:role/ModelCatalogCi"
SUBJECT: Final = "repo:group/models:environment:research"


def token(**claims: object) -> str:
    """Make a token as a job gets it."""
    whole = {"iss": f"https://{HOST}", "aud": "sts.amazonaws.com", "sub": SUBJECT, "exp": time.time() + 300} | claims
    return f"e30.{base64.urlsafe_b64encode(json.dumps(whole).encode()).decode().rstrip('=')}.c2ln"


def trust() -> str:
    """Give the trust policy of docs/iam, filled in."""
    text = (ROOT / "docs/iam/trust-github.json").read_text()
    for name, value in {
        "Partition": "aws",
        "AccountId": RESEARCH,
        "Repository": "group/models",
        "Environment": "research",
    }.items():
        text = text.replace(f"${{{name}}}", value)
    return text


@pytest.fixture(scope="module")
def role(sandbox: Sandbox) -> Client:
    """A role that a job may assume, and STS without credentials."""
    iam = sandbox.client("iam", RESEARCH)
    iam.create_open_id_connect_provider(Url=f"https://{HOST}", ClientIDList=["sts.amazonaws.com"])
    iam.create_role(RoleName="ModelCatalogCi", AssumeRolePolicyDocument=trust(), MaxSessionDuration=7200)
    unsigned = Config(signature_version=UNSIGNED)
    return connect(boto3.Session(region_name=REGION), "sts", endpoint_url=sandbox.url, config=unsigned)


def assume(sts: Any, of: str, **options: object) -> Any:  # noqa: ANN401 - as above
    return sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="job", WebIdentityToken=of, **options)[
        "Credentials"
    ]


def test_a_job_of_the_environment_that_the_trust_policy_names_works_as_the_role(sandbox: Sandbox, role: Client) -> None:
    given = assume(role, token(), DurationSeconds=7200)
    caller = sandbox.client_with("sts", given).get_caller_identity()

    assert f"arn:aws:sts::{RESEARCH}:assumed-role/ModelCatalogCi/job" == caller["Arn"]


@pytest.mark.parametrize(
    ("claims", "options", "code"),
    [
        ({"sub": "repo:group/models:pull_request"}, {}, "AccessDenied"),
        ({"sub": "repo:other/models:environment:research"}, {}, "AccessDenied"),
        ({"aud": "https://github.com/group"}, {}, "InvalidIdentityToken"),
        ({"iss": "https://gitlab.example.com"}, {}, "InvalidIdentityToken"),
        ({"exp": 1}, {}, "ExpiredTokenException"),
        ({}, {"DurationSeconds": 7201}, "ValidationError"),
    ],
)
def test_any_other_job_is_refused(
    role: Client, claims: dict[str, object], options: dict[str, object], code: str
) -> None:
    with pytest.raises(ClientError) as refusal:
        assume(role, token(**claims), **options)

    assert code == code_of(refusal.value)


def test_what_is_no_token_is_refused_and_every_other_call_is_still_signed(role: Client) -> None:
    with pytest.raises(ClientError, match="not a valid JWT"):
        assume(role, "not.a-token")
    with pytest.raises(ClientError, match="Missing"):
        role.get_caller_identity()


def test_a_role_that_another_role_assumes_lasts_an_hour_at_most(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", HUB)
    document = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "sts:AssumeRole"}]})
    iam.create_role(RoleName="Long", AssumeRolePolicyDocument=document, MaxSessionDuration=43200)
    wanted = {"RoleArn": f"arn:aws:iam::{HUB}:role/Long", "RoleSessionName": "job", "DurationSeconds": 7200}
    chained = sandbox.assume(f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole", MANAGEMENT)
    session = sandbox.client_with("sts", chained)

    assert sandbox.client("sts", HUB).assume_role(**wanted)["Credentials"]
    with pytest.raises(ClientError, match="role chaining"):
        session.assume_role(**wanted)


def test_a_key_opens_for_another_account_where_both_policies_say_so(sandbox: Sandbox) -> None:
    key = sandbox.client("kms", HUB).create_key()["KeyMetadata"]["Arn"]
    theirs = sandbox.client("kms", RESEARCH)
    with pytest.raises(ClientError, match="no resource-based policy"):
        theirs.encrypt(KeyId=key, Plaintext=b"x")
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}, "Action": "kms:*", "Resource": "*"}
    others = {"Effect": "Allow", "Principal": "*", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"}
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/administrator"}}
    document = json.dumps({"Statement": [root, {**others, "Condition": condition}]})
    sandbox.client("kms", HUB).put_key_policy(KeyId=key, PolicyName="default", Policy=document)

    sealed = theirs.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]

    assert b"x" == theirs.decrypt(CiphertextBlob=sealed)["Plaintext"]
    assert b"x" == sandbox.client("kms", HUB).decrypt(CiphertextBlob=sealed)["Plaintext"]
    with pytest.raises(ClientError, match="no resource-based policy"):
        theirs.describe_key(KeyId=key)
