"""The property tables against the SDK that programs are written with."""

import importlib
import inspect
import re
from typing import Any

import pytest

from sandbox.plugin.functions import FUNCTIONS
from sandbox.plugin.registry import RESOURCES
from sandbox.plugin.schema import snake

_OF_PULUMI = {"self", "resource_name", "opts", "__props__", "async_"}


def sdk(token: str) -> Any:  # noqa: ANN401 - a class or function of the SDK
    """What the SDK has for a token."""
    module, _, name = token.removeprefix("aws:").partition("/")
    return getattr(importlib.import_module(f"pulumi_aws.{module}".replace(".index", "")), name.partition(":")[2])


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_property_is_one_of_the_sdk_s(kind: str) -> None:
    resource, real = RESOURCES[kind], sdk(kind)
    inputs = set(inspect.signature(real._internal_init).parameters)
    outputs = {name for name in dir(real) if isinstance(getattr(real, name), property)}
    mine = {snake(key) for key, prop in resource.properties.items() if prop.input}
    assert mine <= inputs - _OF_PULUMI
    assert {snake(key) for key in resource.properties} - mine <= outputs


@pytest.mark.parametrize("kind", RESOURCES)
def test_the_same_properties_are_required_as_in_the_sdk(kind: str) -> None:
    source = inspect.getsource(sdk(kind)._internal_init)
    needed = set(re.findall(r"Missing required property '(\w+)'", source))
    assert {snake(key) for key, prop in RESOURCES[kind].properties.items() if prop.required} == needed


@pytest.mark.parametrize("token", FUNCTIONS)
def test_every_argument_is_one_of_the_sdk_s(token: str) -> None:
    name = token.rpartition(":")[2]
    arguments = set(inspect.signature(sdk(f"{token.rpartition(':')[0]}:{snake(name)}")).parameters)
    assert {snake(key) for key in FUNCTIONS[token].arguments} <= arguments - _OF_PULUMI
