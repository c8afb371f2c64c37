"""Whether a resource policy lets somebody in, judged by statements as people write them."""

from typing import Any

import pytest

from hub.inspection.registry.consumers import Consumer
from hub.inspection.registry.grants import Access, AccessRequirement, evaluate, like

BUCKET = "arn:aws:s3:::models"
OBJECT = f"{BUCKET}/scorer/1/model.tar.gz"
ROLE = "ModelCatalogExecution-scorer"
UNIT_PATH = "o-abc/r-1/ou-1-work/"
ACCOUNT = Consumer(name="account", account="333344445555", organization="o-abc", path="o-abc/r-1/ou-1-work/ou-1-lab/")
STRANGER = Consumer(name="stranger", account="333344445555")
UNIT = Consumer(name="unit", organization="o-abc", path=UNIT_PATH)
ORGANIZATION = Consumer(name="organization", organization="o-abc", path="o-abc/")
MEMBERS = (ACCOUNT, UNIT, ORGANIZATION)
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


def ask(guest: Consumer, *statements: dict[str, Any], actions: tuple[str, ...] = ("s3:GetObject",)) -> Access:
    demand = AccessRequirement(
        guest=guest, role=ROLE, actions=actions, target=OBJECT, via="s3.eu-central-1.amazonaws.com"
    )
    return evaluate({"Statement": list(statements)}, demand)


@pytest.mark.parametrize("guest", [*MEMBERS, STRANGER], ids=lambda guest: guest.name)
def test_without_a_statement_nobody_is_let_in(guest: Consumer) -> None:
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
@pytest.mark.parametrize("guest", MEMBERS, ids=lambda guest: guest.name)
def test_what_lets_every_member_of_the_organization_in(guest: Consumer, changed: dict[str, Any]) -> None:
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
@pytest.mark.parametrize("guest", MEMBERS, ids=lambda guest: guest.name)
def test_what_lets_nobody_in(guest: Consumer, changed: dict[str, Any]) -> None:
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
    verdict = ask(ACCOUNT, *statements)

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
    verdicts = {guest.name: ask(guest, statement(Principal={"AWS": principal})) for guest in (*MEMBERS, STRANGER)}

    assert {name for name, verdict in verdicts.items() if verdict.granted} == {"account", "stranger"}
    assert "its principal" in verdicts["unit"].unclear[0]


@pytest.mark.parametrize(
    "principal", ["444455556666", "arn:aws:iam::333344445555:role/other", "arn:aws:iam::333344445555:user/a"]
)
def test_naming_another_account_or_role_lets_nobody_else_in(principal: str) -> None:
    assert not ask(ACCOUNT, statement(Principal={"AWS": principal})).granted


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

    assert ask(ACCOUNT, statement(Condition=condition)).granted
    assert not ask(UNIT, statement(Condition=condition)).granted


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

    assert {guest.name for guest in MEMBERS if ask(guest, statement(Condition=paths)).granted} == reached


def test_a_grant_to_the_organization_is_none_for_whom_may_be_outside() -> None:
    verdict = ask(STRANGER, statement(Condition=WITHIN))

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

    assert {guest.name for guest in MEMBERS if not ask(guest, statement(), refusal).granted} == kept_out


def test_all_of_the_actions_are_needed() -> None:
    pull = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    one = {"Effect": "Allow", "Principal": "*", "Action": pull[0]}
    other = {"Effect": "Allow", "Principal": "*", "Action": pull[1]}

    assert not ask(ACCOUNT, one, actions=pull).granted
    assert not ask(ACCOUNT, other, actions=pull).granted
    assert ask(ACCOUNT, one, other, actions=pull).granted


def test_a_lone_statement_stands_for_a_list_of_one() -> None:
    demand = AccessRequirement(guest=ACCOUNT, role=ROLE, actions=("s3:GetObject",), target=OBJECT)

    assert evaluate({"Statement": statement()}, demand).granted


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("*", "anything", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a[b]c", "abc", False),
        ("a*c", "a/b\nc", True),
        ("a.c", "abc", False),
    ],
)
def test_wildcards_are_iams_two(pattern: str, value: str, *, expected: bool) -> None:
    assert like(pattern, value) is expected
