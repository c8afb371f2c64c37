"""Whether a template holds only what is allowed: known resource types, the version's images, nothing from elsewhere."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from hub.definitions.artifacts import image_parts
from hub.definitions.template_values import Undecided, Values, as_text, function_of, parts_of
from shared.aws.allowed import TYPES
from shared.aws.rights import Excess

_IMAGES: Final = ("Image", "ImageUri", "ImageURI", "TrainingImage")
"""Keys under which resource types have the URI of a container's image."""

_LOOKS_LIKE_AN_IMAGE: Final = re.compile(r"[\w.${}:-]+\.dkr\.ecr[\w.-]*\.[^\s\"']+|public\.ecr\.aws/[^\s\"']+")
_UNKNOWN: Final = "\0"
_REFERENCE: Final = re.compile(r"\{\0*\{|resolve:(ssm|secretsmanager)")
"""The beginning of a dynamic reference, or what could become one; JSON has none."""

_Node = tuple[Any, str]
"""A value of a template, and where it is."""

_PROSE: Final = ("Description", "ConstraintDescription", "AllowedPattern", "AssertDescription")


def template_excesses(
    body: Mapping[str, Any],
    *,
    images: Sequence[str],
    image_parameter: str | None = None,
    packaged: Collection[object] = (),
) -> Iterator[Excess]:
    """Find in a template what goes beyond the list.

    Args:
        body: The template, with intrinsic functions in their long form.
        images: Those that the version declares.
        image_parameter: The parameter that takes one of them.
        packaged: Where it names files of the product's folder; a template among these is looked at itself.
    """
    nodes: list[_Node] = []
    _list_nodes(body, "", nodes)
    yield from _types(body, packaged)
    yield from _transforms(body, nodes)
    yield from _references(nodes)
    yield from _images(body, nodes, images, image_parameter)


def _types(body: Mapping[str, Any], packaged: Collection[object]) -> Iterator[Excess]:
    for name, resource in body["Resources"].items():
        kind, place = str(resource.get("Type")), f"Resources.{name}"
        nested = kind == "AWS::CloudFormation::Stack"
        if nested and ("Resources", name, "Properties", "TemplateURL") in packaged:
            continue
        if kind not in TYPES:
            yield Excess(
                f"a template may not hold resources of the type {kind}. Remove it.",
                code="type-not-allowed",
                place=place,
                token=kind,
            )
        found: object = resource.get("Properties")
        properties = cast("Mapping[str, object]", found if isinstance(found, Mapping) else {})
        token = properties.get("ServiceToken")
        if token is not None and not _is_of_the_template(token, body):
            yield _from_elsewhere("the ServiceToken", token, place)
        if nested:
            yield _from_elsewhere("the TemplateURL", properties.get("TemplateURL"), place)


def _is_of_the_template(token: object, body: Mapping[str, Any]) -> bool:
    """Whether a resource of the same template is meant, which has to be let in itself."""
    name, argument = function_of(token)
    return name in ("Ref", "Fn::GetAtt") and str(parts_of(argument)[0]).partition(".")[0] in body["Resources"]


def _from_elsewhere(what: str, node: object, place: str) -> Excess:
    text = as_text(node)
    return Excess(
        f"{what} {text} is none of the version's. Remove it.",
        code="template-from-elsewhere",
        place=place,
        token=text,
    )


def _transforms(body: Mapping[str, Any], nodes: Sequence[_Node]) -> Iterator[Excess]:
    found: list[_Node] = [(each, "Transform") for each in parts_of(body.get("Transform") or [])]
    found += [(node, place) for node, place in nodes if place.endswith(".Fn::Transform")]
    for each, place in found:
        text = as_text(cast("Mapping[str, object]", each).get("Name") if isinstance(each, Mapping) else each)
        yield Excess(
            f"the macro {text} rewrites the template when it is launched. Publish what it makes of it.",
            code="template-rewritten",
            place=place,
            token=text,
        )


def _references(nodes: Sequence[_Node]) -> Iterator[Excess]:
    for node, place in nodes:
        if isinstance(node, list) or (isinstance(node, dict) and len(cast("dict[str, object]", node)) != 1):
            continue  # neither text nor a function
        text = _joined(cast("Any", node))
        if _REFERENCE.search(text) and not place.startswith("Metadata") and place.rpartition(".")[2] not in _PROSE:
            shown = as_text(cast("Any", node))
            yield Excess(
                f"{shown} reads a secret or a parameter of the account. Take it as a parameter of the template.",
                code="template-reads-secrets",
                place=place,
                token=shown,
            )


def _joined(node: object) -> str:
    """Put the texts of a node together as CloudFormation would, with a mark for what a launch decides."""
    if isinstance(node, str):
        return node
    name, argument = function_of(node)
    parts = parts_of(argument)
    if name == "Fn::Sub":
        return re.sub(r"\$\{[^!}][^}]*\}", _UNKNOWN, str(parts[0]))
    if name == "Fn::Join":
        return str(parts[0]).join(_joined(part) or _UNKNOWN for part in parts_of(parts[-1]))
    return ""


def _images(
    body: Mapping[str, Any], nodes: Sequence[_Node], images: Sequence[str], parameter: str | None
) -> Iterator[Excess]:
    declared = set(images)
    regions = sorted({image_parts(image)["region"] for image in images})
    for node, place in nodes:
        if not place.startswith("Resources."):
            continue
        if place.rpartition(".")[2] in _IMAGES:
            for region in regions:
                here = [image for image in images if image_parts(image)["region"] == region]
                values = Values(body=body, region=region, brought={parameter: here} if parameter else {})
                excess = _image(node, values, declared, place)
                if excess:
                    yield excess
                    break
        elif isinstance(node, str) and (uris := _LOOKS_LIKE_AN_IMAGE.findall(node)):
            if any(f".{each}." in f"{place}." for each in _IMAGES):
                continue
            for uri in uris:
                if uri not in declared:
                    yield _undeclared(uri, place)


def _image(node: object, values: Values, declared: set[str], place: str) -> Excess | None:
    try:
        found = sorted(values.of(node) - declared)
    except Undecided:
        text = as_text(node)
        return Excess(
            f"{text} may be any image in {values.region}. Name the one of artifacts.images, or take it by "
            f"the parameter that model.image names.",
            code="image-undecided",
            place=place,
            token=text,
        )
    return _undeclared(found[0], place) if found else None


def _undeclared(uri: str, place: str) -> Excess:
    return Excess(
        f"the image {uri} is none of the version's. Add it to artifacts.images, or remove it.",
        code="image-not-declared",
        place=place,
        token=uri,
    )


def _list_nodes(node: object, place: str, found: list[_Node]) -> None:
    """List a node and all below it. A generator of generators would take three times as long."""
    found.append((node, place))
    if isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            _list_nodes(value, f"{place}.{key}" if place else str(key), found)
    elif isinstance(node, list):
        for index, value in enumerate(cast("list[object]", node)):
            _list_nodes(value, f"{place}[{index}]", found)
