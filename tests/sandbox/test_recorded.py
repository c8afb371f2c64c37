"""What the sandbox answers is what AWS has been recorded to answer: the table is recorded.yaml."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("recorded.yaml").read_text(encoding="utf-8"))
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {KeyName: {Type: String}}
Resources: {Topic: {Type: "AWS::SNS::Topic", Properties: {DisplayName: !Ref KeyName}}}
"""
EXPORTING = """
AWSTemplateFormatVersion: "2010-09-09"
Description: a topic
Parameters: {Name: {Type: String, Default: it}}
Resources: {Topic: {Type: "AWS::SNS::Topic", Properties: {DisplayName: !Ref Name}}}
Outputs: {Topic: {Value: !Ref Topic, Description: its ARN, Export: {Name: NAME}}}
"""
Json = dict[str, Any]


def filled(value: Any, known: dict[str, str]) -> Any:  # noqa: ANN401 - any part of the table
    """Put what is known in the place of its names."""
    if isinstance(value, dict):
        return {key: filled(each, known) for key, each in cast("Json", value).items()}
    if isinstance(value, list):
        return [filled(each, known) for each in cast("list[Any]", value)]
    if isinstance(value, str):
        return re.sub(r"\$([a-z0-9_]+)", lambda found: known[found[1]], value)
    return value


def at(answer: Any, path: str) -> Any:  # noqa: ANN401 - any member
    return reduce(lambda part, name: part[int(name)] if name.isdigit() else part[name], path.split("."), answer)


def faults(expected: Any, found: Any, path: str = "", *, least: bool = False) -> list[str]:  # noqa: ANN401 - any part of an answer
    """Name what is missing, too much, or not of the form that was recorded."""
    if expected == "any":
        return []
    if isinstance(expected, dict):
        return _object_faults(cast("Json", expected), found, path, least=least)
    if isinstance(expected, list):
        return _list_faults(cast("list[Any]", expected), found, path, least=least)
    if expected == "time":
        return [] if isinstance(found, datetime) else [f"{path} is no time: {found!r}"]
    if not isinstance(expected, str):
        return [] if found == expected else [f"{path} is {found!r}, not {expected!r}"]
    pattern = re.sub(r"\b[A-Z]+\b", lambda word: TABLE["formats"].get(word[0], word[0]), expected)
    return [] if re.fullmatch(pattern, str(found)) else [f"{path} is {found!r}, not {pattern}"]


def _object_faults(expected: Json, found: Json, path: str, *, least: bool) -> list[str]:
    missing = [f"{path}.{name} is missing" for name in expected.keys() - found.keys()]
    more = [f"{path}.{name} is too much" for name in found.keys() - expected.keys() - set(TABLE["later"]) if not least]
    both = expected.keys() & found.keys()
    inner = [faults(expected[name], found[name], f"{path}.{name}", least=least) for name in both]
    return [*missing, *more, *(fault for each in inner for fault in each)]


def _list_faults(expected: list[Any], found: list[Any], path: str, *, least: bool) -> list[str]:
    if len(expected) == 1 and found:
        expected = expected * len(found)
    if len(expected) != len(found):
        return [f"{path} has {len(found)} items, not {len(expected)}"]
    pairs = enumerate(zip(expected, found, strict=True))
    return [fault for number, (one, other) in pairs for fault in faults(one, other, f"{path}[{number}]", least=least)]


def ask(client: Client, call: Json, known: dict[str, str]) -> Json:
    """Make a call of the table, more than once where it says so."""
    operation = call.get("operation") or call["source"].split(";")[0].split()[1]
    method, given = getattr(client, operation.replace("-", "_")), filled(call["ask"], known)

    def look() -> Json | None:
        try:
            whole = (
                client.get_paginator(method.__name__).paginate(**given).build_full_result if "only" in call else None
            )
            found: Json = whole() if whole else method(**given)
            answer = {key: each for key, each in found.items() if key != "ResponseMetadata"}
        except ClientError as error:
            if "patient" in call and error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return None
            raise
        return answer if all(at(answer, path) == value for path, value in call.get("until", {}).items()) else None

    answer = ACCOUNTS.until(look, call["source"])
    for path, wanted in call.get("only", {}).items():
        key, _, member = path.partition(".")
        answer[key] = [each for each in answer[key] if each[member] == filled(wanted, known)]
    return answer


def differing(calls: list[Json], clients: Mapping[str, Client], known: dict[str, str]) -> Iterator[str]:
    """Make the calls in turn, and name what is not as it was recorded."""
    for call in calls:
        if "prelude" in call:
            node = {"Type": "ORGANIZATIONAL_UNIT", "Value": known["workloads"]}
            made = clients["hub"].create_portfolio_share(PortfolioId=known["portfolio"], OrganizationNode=node)
            known["share"] = made["PortfolioShareToken"]
        client = clients[call.get("service") or call.get("by", "hub")]
        answer = ask(client, call, known)
        wrong = faults(filled(call["answer"], known), answer, least="service" in call)
        yield from (f"{call['source']}: {each}" for each in wrong)
        for name, path in call.get("remember", {}).items():
            known[name] = at(answer, path)
        if "portfolio" in known:
            known["path"] = known["portfolio"].replace("port-", "lpv3-")


@pytest.mark.sandbox_only
def test_answers_are_as_recorded(setup: Setup) -> None:
    """AWS CLI's examples of all operations of Service Catalog; cloud-custodian's recordings."""
    role = f"launch-{setup.name}"
    for account in (ACCOUNTS.hub, ACCOUNTS.research):
        _ = setup.role(account, role)
    user = ACCOUNTS.administrator(ACCOUNTS.research)
    url = setup.info(TEMPLATE)["LoadTemplateFromURL"]
    known = {"name": setup.name, "url": url, "user": user, "role": role, "research": ACCOUNTS.research}
    known |= {f"name{number}": f"{setup.name}-{number}" for number in (2, 3, 4)}
    known["workloads"] = setup.workloads()["Value"]
    known["empty"] = setup.hub.create_portfolio(DisplayName="empty", ProviderName="x")["PortfolioDetail"]["Id"]
    found = list(differing(TABLE["calls"], {"hub": setup.hub, "research": setup.research}, known))

    assert not found, "\n".join(found)


@pytest.mark.sandbox_only
def test_organizations_and_cloudformation_answer_what_was_recorded(setup: Setup) -> None:
    """AWS CLI's examples and cloud-custodian's recordings: each member that AWS gave is there, in its form."""
    template = EXPORTING.replace("NAME", setup.name)
    changed = template.replace("!Ref Name", "other")
    known = {"name": setup.name, "template": template, "changed": changed, "research": ACCOUNTS.research}
    clients = {
        "organizations": setup.client("organizations", ACCOUNTS.management),
        "cloudformation": setup.client("cloudformation", ACCOUNTS.hub),
    }
    found = list(differing(TABLE["others"], clients, known))

    assert not found, "\n".join(found)


def test_the_table_has_every_example_of_the_aws_cli() -> None:
    """awscli/examples/servicecatalog has one file for each of 56 operations."""
    named = {part.split()[1] for call in TABLE["calls"] for part in call["source"].split(";") if "aws-cli" in part}

    assert len(named) == 56, sorted(named)
