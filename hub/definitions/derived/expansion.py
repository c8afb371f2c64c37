"""A template as CloudFormation builds it: serverless resources replaced by what they stand for.

Other macros are their authors' programs, and what they make is not known here.
"""

import copy
import logging
import os
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from hub.definitions.template_loops import Body, macros_of
from hub.definitions.template_values import map_in
from shared.errors import ContentError

_SERVERLESS: Final = "AWS::Serverless-2016-10-31"
_APPLICATION: Final = "AWS::Serverless::Application"
_ARTIFACTS: Final = ("CodeUri", "ContentUri", "DefinitionUri", "Location", "ImageUri")
"""Properties of serverless resources that are files beside the template until these are packaged."""
_TRUTHS: Final[Mapping[str, bool]] = {
    word: truth for truth, name in ((True, "true"), (False, "false")) for word in (name, name.title(), name.upper())
}
"""As YAML writes them; a template is read as text here."""
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,9}")
_REGION: Final = "us-east-1"


def expanded(body: Mapping[str, Any], where: str) -> Body:
    """Replace the macros whose meaning is known.

    Raises:
        ContentError: the template is not one that they can work with.
    """
    return _serverless(dict(body), where) if _SERVERLESS in macros_of(body) else dict(body)


def _serverless(body: Body, where: str) -> Body:
    # Half a second, which nobody waits for whose templates have no such transform.
    from samtranslator.public import exceptions  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
    from samtranslator.translator.transform import transform  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it tells of metrics that nobody collects
    os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)  # it asks for one, to know the partition
    refused: Any = None
    for numbers in (False, True):  # which properties are to be numbers, the translator says by refusing their text
        prepared = cast("Body", _packaged(_with_stacks(copy.deepcopy(body)), numbers=numbers))
        try:
            return {**body, **cast("Any", transform)(prepared, {}, _ManagedPolicies())}
        except exceptions.InvalidDocumentException as problem:
            refused = refused or problem
    causes = "; ".join(str(each.message) for each in refused.causes) or refused.message
    raise ContentError(
        f"the transform {_SERVERLESS} cannot work with the template: {causes} Correct it.",
        code="template-not-transformed",
        place=where,
    )


def _with_stacks(body: Body) -> Body:
    """Put stacks in the place of applications, be they of a template beside this one or of AWS's repository."""
    for each in body["Resources"].values():
        if each.get("Type") == _APPLICATION:
            location = map_in(each, "Properties").get("Location")
            known = {"TemplateURL": location} if isinstance(location, str) else {}
            each |= {"Type": "AWS::CloudFormation::Stack", "Properties": known}
    return body


def _packaged(node: Any, *, numbers: bool) -> object:  # noqa: ANN401 - any part of a template
    """Put addresses in the place of files that are still to be packaged, and values in that of their texts."""
    if isinstance(node, str) and node in _TRUTHS:
        return _TRUTHS[node]
    if isinstance(node, str) and numbers and _NUMBER.fullmatch(node):
        return int(node)
    if isinstance(node, list):
        return [_packaged(item, numbers=numbers) for item in cast("list[object]", node)]
    if isinstance(node, dict):
        return {
            key: "s3://packaged/file"
            if key in _ARTIFACTS and isinstance(value, str) and "://" not in value
            else _packaged(value, numbers=numbers)
            for key, value in cast("Body", node).items()
        }
    return node


class _ManagedPolicies:
    """Tells the translator the ARNs of AWS's managed policies, of which any will do here."""

    def load(self) -> "_AnyPolicy":
        return _AnyPolicy()


class _AnyPolicy(dict[str, str]):
    def get(self, key: str, default: object = None) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        del default
        return f"arn:aws:iam::aws:policy/{key}"
