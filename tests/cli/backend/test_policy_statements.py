"""Statements in policies that hold others too."""

import json

from cli.backend.policy_statements import compared, completed

ONE = {"Sid": "One", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["b", "a"]}
TWO = {"Sid": "Two", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "a"}
FOREIGN = {"Sid": "Foreign", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "a"}


def test_where_there_is_no_policy_all_of_it_is_missing() -> None:
    found = compared("", [ONE, TWO])

    assert ([ONE, TWO], []) == (found.missing, found.other)
    assert "without One, Two" == found.text


def test_what_aws_writes_otherwise_is_the_same() -> None:
    """S3 and KMS give back a list of one as text, another order, and everybody as a map."""
    stored = {**ONE, "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": ["a", "b"]}

    assert "" == compared(json.dumps({"Statement": [stored]}), [ONE]).text
    assert "" == compared(json.dumps({"Statement": stored}), [ONE]).text


def test_what_others_have_written_stays() -> None:
    changed = {**ONE, "Action": "s3:ListBucket"}
    policy = completed(json.dumps({"Statement": [FOREIGN, changed]}), [ONE, TWO], replace=False)
    replaced = completed(policy, [ONE, TWO], replace=True)

    assert [FOREIGN, changed, TWO] == json.loads(policy)["Statement"]
    assert "One otherwise than in docs/iam" == compared(policy, [ONE, TWO]).text
    assert [FOREIGN, ONE, TWO] == json.loads(replaced)["Statement"]
