"""Whether a policy lets somebody in, judged by statements as people write them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.aws.iam import Access, Answer, Request, evaluate, parse

BUCKET = "arn:aws:s3:::models"
OBJECT = f"{BUCKET}/scorer/1/model.tar.gz"
ROLE = "ModelCatalogExecution-scorer"
UNIT_PATH = "o-abc/r-1/ou-1-work/"


def caller(*, account: str = "", organization: str = "", path: str = "") -> Request:
    """A role of an account, or of any account, that wants to read an object; of a unit, if a path is given."""
    known = {
        "aws:principalaccount": account,
        "kms:calleraccount": account,
        "aws:principalarn": account and f"arn:aws:iam::{account}:role/{ROLE}",
        "aws:principalorgid": organization,
        "aws:principalorgpaths": path and f"{path}*",
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        "kms:viaservice": "s3.eu-central-1.amazonaws.com",
    }
    return Request(
        principal=f"arn:aws:iam::{account or '*'}:role/{ROLE}",
        actions=("s3:GetObject",),
        resource=OBJECT,
        context={key: value for key, value in known.items() if value},
    )


GUESTS = {
    "account": caller(account="333344445555", organization="o-abc", path=f"{UNIT_PATH}ou-1-lab/"),
    "unit": caller(organization="o-abc", path=UNIT_PATH),
    "organization": caller(organization="o-abc", path="o-abc/"),
    "stranger": caller(account="333344445555"),
}
MEMBERS = ("account", "unit", "organization")
WITHIN = {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}


def statement(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """A statement that lets everybody read every object, but for what is changed."""
    whole = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
        **changed,
    }
    return {key: value for key, value in whole.items() if value is not None}


def ask(guest: str, *statements: dict[str, Any], actions: tuple[str, ...] = ("s3:GetObject",)) -> Access:
    return evaluate(parse({"Statement": list(statements)}), replace(GUESTS[guest], actions=actions))


@pytest.mark.parametrize("guest", GUESTS)
def test_without_a_statement_nobody_is_let_in(guest: str) -> None:
    assert not ask(guest).granted
    assert ask(guest).unclear == []


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["arn:aws:iam::999900001111:root", "*"]}},
        {"Action": ["s3:PutObject", "s3:Get*"]},
        {"Action": "S3:GETOBJECT"},
        {"Action": None, "NotAction": "s3:PutObject"},
        {"Resource": [OBJECT]},
        {"Resource": None, "NotResource": f"{BUCKET}/other/*"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": True}}},
        {"Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}},
        {"Condition": WITHIN},
        {"Condition": {"StringEquals": {"AWS:PRINCIPALORGID": ["o-else", "o-abc"]}}},
        {"Condition": {"StringLikeIfExists": {"aws:PrincipalOrgID": "o-a*"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-else"}}},
        {"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-else/*", "o-abc/*"]}}},
    ],
)
@pytest.mark.parametrize("guest", MEMBERS)
def test_what_lets_every_member_of_the_organization_in(guest: str, changed: dict[str, Any]) -> None:
    assert ask(guest, statement(**changed)).granted


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "Deny"},
        {"Action": "s3:PutObject"},
        {"Action": None, "NotAction": "s3:Get*"},
        {"Resource": BUCKET},
        {"Resource": f"{BUCKET}/other/*"},
        {"Resource": None, "NotResource": f"{BUCKET}/*"},
        {"Principal": {"Service": "sagemaker.amazonaws.com"}},
        {"Principal": {"Federated": "accounts.example.com"}},
        {"Principal": {"AWS": "AROA1234567890EXAMPLE"}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-else"}}},
        {"Condition": {"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}},
        {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc", "kms:ViaService": "ec2.amazonaws.com"}}},
    ],
)
@pytest.mark.parametrize("guest", MEMBERS)
def test_what_lets_nobody_in(guest: str, changed: dict[str, Any]) -> None:
    verdict = ask(guest, statement(**changed))

    assert not verdict.granted
    assert verdict.unclear == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, "its condition StringEquals aws:SourceVpce"),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "its condition IpAddress aws:SourceIp"),
        ({"Condition": {"StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}}, "StringLike aws:PrincipalOrgPaths"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}}, "aws:PrincipalOrgID"),
        ({"Resource": f"{BUCKET}/${{aws:PrincipalAccount}}/*"}, "its resource has a variable"),
        ({"Principal": None, "NotPrincipal": {"AWS": "999900001111"}}, "its principal"),
        ({"Principal": {"CanonicalUser": "79a5"}}, "its principal"),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_cannot_be_judged_grants_nothing_and_is_said(changed: dict[str, Any], reason: str, effect: str) -> None:
    """A Deny that may hold counts as one that does, even beside a plain Allow."""
    statements = [statement(Effect=effect, **changed), *([statement(Sid="Plain")] if effect == "Deny" else [])]
    verdict = ask("account", *statements)

    assert not verdict.granted
    assert len(verdict.unclear) == 1
    assert verdict.unclear[0].startswith(f"{effect} Read: ")
    assert reason in verdict.unclear[0]


@pytest.mark.parametrize(
    "principal",
    [
        "333344445555",
        "arn:aws:iam::333344445555:root",
        f"arn:aws:iam::333344445555:role/{ROLE}",
    ],
)
def test_an_account_can_be_named_and_its_execution_role_too(principal: str) -> None:
    verdicts = {guest: ask(guest, statement(Principal={"AWS": principal})) for guest in GUESTS}

    assert {name for name, verdict in verdicts.items() if verdict.granted} == {"account", "stranger"}
    assert "its principal" in verdicts["unit"].unclear[0]


@pytest.mark.parametrize(
    "principal", ["444455556666", "arn:aws:iam::333344445555:role/other", "arn:aws:iam::333344445555:user/a"]
)
def test_naming_another_account_or_role_lets_nobody_else_in(principal: str) -> None:
    assert not ask("account", statement(Principal={"AWS": principal})).granted


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalAccount", "333344445555"),
        ("StringEquals", "kms:CallerAccount", "333344445555"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ModelCatalogExecution-*"),
        ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::333344445555:role/{ROLE}"),
    ],
)
def test_a_condition_on_the_account_lets_that_account_in_and_not_a_whole_unit(
    operator: str, key: str, value: str
) -> None:
    """Accounts join units, and the share reaches them at once."""
    condition = {operator: {key: value}}

    assert ask("account", statement(Condition=condition)).granted
    assert not ask("unit", statement(Condition=condition)).granted


@pytest.mark.parametrize(
    ("path", "reached"),
    [
        ("o-abc/*", {"account", "unit", "organization"}),
        ("o-abc/r-1/*", {"account", "unit"}),
        (f"{UNIT_PATH}*", {"account", "unit"}),
        (UNIT_PATH, set[str]()),
        (f"{UNIT_PATH}ou-1-lab/*", {"account"}),
        (f"{UNIT_PATH}ou-1-else/*", set[str]()),
    ],
)
def test_a_path_has_to_reach_all_of_a_unit(path: str, reached: set[str]) -> None:
    paths = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path}}

    assert {guest for guest in MEMBERS if ask(guest, statement(Condition=paths)).granted} == reached


def test_a_grant_to_the_organization_is_none_for_whom_may_be_outside() -> None:
    verdict = ask("stranger", statement(Condition=WITHIN))

    assert not verdict.granted
    assert verdict.unclear == ["Allow Read: its condition StringEquals aws:PrincipalOrgID"]


@pytest.mark.parametrize(
    ("denial", "kept_out"),
    [
        ({}, {"account", "unit", "organization"}),
        ({"Principal": {"AWS": "333344445555"}}, {"account", "unit", "organization"}),
        ({"Principal": {"AWS": "444455556666"}}, {"unit", "organization"}),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, set[str]()),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}}, set[str]()),
        ({"Action": "s3:PutObject"}, set[str]()),
    ],
)
def test_a_denial_wins_over_every_grant(denial: dict[str, Any], kept_out: set[str]) -> None:
    refusal = statement(**{"Effect": "Deny", "Action": "s3:*", **denial})

    assert {guest for guest in MEMBERS if not ask(guest, statement(), refusal).granted} == kept_out


def test_all_of_the_actions_are_needed() -> None:
    pull = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    one = {"Effect": "Allow", "Principal": "*", "Action": pull[0]}
    other = {"Effect": "Allow", "Principal": "*", "Action": pull[1]}

    assert not ask("account", one, actions=pull).granted
    assert not ask("account", other, actions=pull).granted
    assert ask("account", one, other, actions=pull).granted


@pytest.mark.parametrize("write", [dict, json.dumps])
def test_a_lone_statement_stands_for_a_list_of_one(write: Any) -> None:  # noqa: ANN401
    assert evaluate(parse(write({"Statement": statement()})), GUESTS["account"]).granted


@pytest.mark.parametrize("document", [None, "", "{", "[]", [], {}, {"Statement": []}, {"Statement": "it"}, 1])
def test_what_is_no_policy_has_no_statements(document: object) -> None:
    assert [] == parse(document)


SERVICE = Request(actions=("sts:AssumeRole",), principal="sagemaker.amazonaws.com", kind="Service")


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ({"Service": ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]}, Answer.YES),
        ({"Service": "ec2.amazonaws.com"}, Answer.NO),
        ({"AWS": "*"}, Answer.NO),
        ({"CanonicalUser": "79a5"}, Answer.NO),
    ],
)
def test_a_service_is_let_in_by_its_name(principal: dict[str, str], answer: Answer) -> None:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}

    assert answer is evaluate(parse({"Statement": trust}), SERVICE).answer


@pytest.mark.parametrize(
    "name",
    ["arn:aws:iam::333344445555:role/*", f"arn:aws:iam::*:role/{ROLE}", "arn:aws:iam::3333444455550:root"],
)
def test_the_name_of_a_principal_has_no_wildcards(name: str) -> None:
    assert not ask("account", statement(Principal={"AWS": name})).granted


def test_what_an_action_is_named_by_is_told_as_it_is_written() -> None:
    [found] = parse(
        {"Statement": statement(Action=["s3:*", "IAM:PassRol?", "ia?:Pass*", "iam:Passing", "iam:**", "*"])}
    )

    assert ["IAM:PassRol?", "ia?:Pass*", "iam:**", "*"] == found.naming("iam:PassRole")
    assert ["s3:*", "iam:**", "*"] == found.whole_services


def test_what_a_statement_says_by_exclusion_is_told() -> None:
    [found] = parse({"Statement": statement(Action=None, NotAction="iam:*", NotResource=OBJECT, Condition=WITHIN)})

    assert ("NotAction", "NotResource") == found.negations
    assert ([], []) == (found.naming("iam:PassRole"), found.whole_services)
    assert {"aws:principalorgid"} == found.condition_keys
