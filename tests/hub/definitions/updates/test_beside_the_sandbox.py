"""What is reckoned of an update, beside what the sandbox does: of each parameter of each sample product."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.definitions.templates import Template, read_template
from hub.definitions.updates.built import built
from hub.definitions.updates.changes import Fate, changes
from hub.definitions.updates.values import Place, Reckoning
from shared.catalog.parameters import Parameter, value_problem
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.stacks import Stacks

PRODUCTS = sorted((ROOT / "hub" / "catalog" / "products").iterdir())
LEAST = 3
"""Updates of a product that have to be compared, so that the test is about something."""


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda path: path.name)
def test_what_is_made_anew_made_and_removed_is_what_the_sandbox_does(product: Path, started: Sandbox) -> None:
    template = read_template(max(product.glob("[0-9]*.[0-9].yaml")))
    stacks, text = Stacks(started), template.path.read_text()
    given = {name: sample(each) for name, each in template.parameters.items() if each.default is None}
    name = stacks.create(text, **given)
    assert stacks.status(name) == "CREATE_COMPLETE"
    compared = 0
    for parameter, value in others(template):
        changed, before = {**given, parameter: value}, resources(stacks, name)
        if stacks.update(name, text, **changed) != "UPDATE_COMPLETE":
            continue  # the service refuses the value, which nobody reckons
        after = resources(stacks, name)
        found = dict.fromkeys(after.keys() - before.keys(), Fate.MADE)
        found |= dict.fromkeys(before.keys() - after.keys(), Fate.REMOVED)
        found |= {each: Fate.REPLACED for each in before.keys() & after.keys() if before[each] != after[each]}
        expected = reckoned(template, given, changed)
        assert found == {each: fate for each, fate in expected.items() if fate is not Fate.CHANGED}, parameter
        given = changed
        compared += 1
    stacks.delete(name)
    assert compared >= LEAST


def others(template: Template) -> Iterator[tuple[str, str]]:
    """Give another value for each parameter for which one can be made up."""
    for name, parameter in template.parameters.items():
        found = [each for each in _candidates(parameter) if value_problem(parameter, each) is None]
        yield from ((name, each) for each in found if each != parameter.default)


def _candidates(parameter: Parameter) -> list[str]:
    if parameter.allowed_values:
        return parameter.allowed_values[-1:]
    if parameter.type == "Number":
        return [str(int(parameter.default or 0) + 1)]
    return [found] if (found := sample(parameter)) else []


def sample(parameter: Parameter) -> str:
    """Give the value that the template names as an example; empty where it names none."""
    found = re.search(r"such as (\S+?)(,? or empty)?\.?$", parameter.constraint_description or "")
    return found[1] if found else ""


def reckoned(template: Template, before: dict[str, str], after: dict[str, str]) -> dict[str, Fate]:
    """Reckon an update of other values."""
    body, place = built(template), Place(account=ACCOUNTS.research, region=ACCOUNTS.region)
    old, new = (Reckoning(body=body, given=given, place=place).resources() for given in (before, after))
    return {each.logical_id: each.fate for each in changes(old, new)}


def resources(stacks: Stacks, name: str) -> dict[str, Any]:
    """Give the physical ids of a stack's resources."""
    listed = stacks.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
