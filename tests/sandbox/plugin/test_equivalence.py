"""Texts that differ and mean the same."""

import json
from typing import Any

import pytest

from sandbox.plugin.properties import same_json, same_policy, stored_policy


def policy(**statement: Any) -> str:  # noqa: ANN401 - JSON
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (policy(Action="a"), policy(Action=["a"])),
        (policy(Action=["a", "b"]), policy(Action=["b", "a"])),
        (policy(Effect="allow"), policy(Effect="Allow")),
        (policy(Principal={"AWS": "111122223333"}), policy(Principal={"AWS": ["arn:aws:iam::111122223333:root"]})),
        (policy(Condition={"Bool": {"x": True}}), policy(Condition={"Bool": {"x": ["true"]}})),
        ("", "{}"),
        ('{"Statement": [{"Sid": "a"}, {"Sid": "b"}]}', '{"Statement": [{"Sid": "b"}, {"Sid": "a"}]}'),
    ],
)
def test_policies_mean_the_same(one: str, other: str) -> None:
    assert same_policy(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (policy(Action="a"), policy(Action="b")),
        (policy(Sid="a"), policy(Sid="A")),
        (policy(Action="a"), json.dumps({"Statement": [{"Effect": "Allow", "Resource": "*", "Action": "a"}]})),
        ('{"Statement": [{"Sid": "a"}, {"Sid": "a"}]}', '{"Statement": [{"Sid": "a"}]}'),
    ],
)
def test_policies_differ(one: str, other: str) -> None:
    assert not same_policy(one, other)


def test_the_program_s_text_is_stored_while_it_means_what_aws_has() -> None:
    mine = policy(Action=["b", "a"])
    assert json.loads(stored_policy(policy(Action=["a", "b"]), mine)) == json.loads(mine)
    assert json.loads(stored_policy(policy(Action=["c"]), mine)) == json.loads(policy(Action=["c"]))


def test_json_ignores_spaces_and_the_order_of_keys() -> None:
    assert same_json('{"a": 1, "b": 2}', '{"b":2,"a":1}')
    assert not same_json('{"a": 1}', '{"a": 2}')
