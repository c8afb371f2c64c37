"""An offer in which everything is there that a hub can publish, and every change of one of its leaves."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from shared.catalog import contract
from tests.support.offers import ACCOUNT, OFFER, product, role, version

Way = tuple[str | int, ...]
"""The keys and positions that lead to a value in the offer."""

CENTRAL = "eu-central-1"
TOGETHER = 30
"""So many changes are made at the same time."""

RULE: Mapping[str, Any] = {
    "condition": {"Fn::Equals": [{"Ref": "Environment"}, "staging"]},
    "assertions": [{"demand": {"Fn::Contains": [["1", "2", "3"], {"Ref": "InstanceCount"}]}, "description": "Few."}],
}
COST: Mapping[str, Any] = {
    "kind": "instances",
    "currency": "USD",
    "date": "2026-10-01",
    "instance_type": "Environment",
    "count": "InstanceCount",
    "beside": "MostInstances",
    "most": "MostInstances",
    "scales": "Label",
    "hours": "730",
    "prices": {"staging": "0.1", "development": "0.01"},
}
OTHERS: Mapping[str, Sequence[str]] = {
    "state": ("deprecated", "retired"),
    "deprecated_on": ("2026-10-01", "2028-01-01"),
    "retires_on": ("2026-10-01", "2028-01-01"),
    "tag_updates": ("ALLOWED", "NOT_ALLOWED"),
    "Ref": ("Label",),
    "instance_type": ("Label",),
    "count": ("MostInstances",),
    "beside": ("InstanceCount",),
    "most": ("InstanceCount",),
    "scales": ("Environment",),
    "hours": ("100",),
    "released": ("2026-10-01",),
    "date": ("2026-11-01",),
    "prices": ("0.5",),
    "target": ("o-other", ACCOUNT),
    "type": ("ACCOUNT", "Number", "ORGANIZATION"),
    "min_value": ("2", "3"),
    "max_value": ("1", "20"),
    "min_length": ("0",),
    "max_length": ("7",),
    "pinned": ("digest",),
    "archive": ("Label", "s3://models/other.tar.gz"),
}
"""What else may stand under a key, or in a map of that name; elsewhere any other text may."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one leaf of the offer; without a value it is taken away."""

    way: Way
    value: str | None = None

    def __str__(self) -> str:
        return f"{'.'.join(str(part) for part in self.way)} -> {self.value or 'nothing'}"

    def made(self, offer: Mapping[str, Any]) -> dict[str, Any]:
        """Give an offer with this change, which leaves the one that is given as it is."""
        changed = dict(offer)
        parent: Any = changed
        for part in self.way[:-1]:  # the rest stays the offer's, since a thousand changes are made
            parent[part] = copy(parent[part])
            parent = parent[part]
        if self.value is None:
            del parent[self.way[-1]]
        else:
            parent[self.way[-1]] = self.value
        return changed


def rich() -> dict[str, Any]:
    """Give an offer in which everything is there that a hub can publish."""
    offer = deepcopy(dict(OFFER))
    central = offer[CENTRAL]
    central["portfolios"]["online"]["first_key"] = "live"
    central["portfolios"]["batch"]["shares"].append({"type": "ORGANIZATION", "target": "o-a1b2c3d4e5"})
    central["portfolios"]["spare"] = {"id": "port-spare", "name": "Spare models", "shares": []}
    scorer = central["products"]["scorer"]
    scorer |= {
        "first_key": "classifier",
        "launch_role": role("ModelCatalogLaunch-classifier", "servicecatalog.amazonaws.com"),
        "execution_role": role("ModelCatalogExecution-classifier", "sagemaker.amazonaws.com"),
        "rules": {"few": RULE},
        "tag_options": {"tier": ["gold", "silver"], "cost-center": ["4711"]},
        "tag_updates": "NOT_ALLOWED",
    }
    ends = {"deprecated_on": "2027-01-01", "retires_on": "2027-06-01", "replacement": "1.1.0", "reason": "Old."}
    for number, found in scorer["versions"].items():
        more = {"MostInstances": {"type": "Number", "default": "3"}, "Archive": {"type": "String"}}
        found["parameters"] = {**found["parameters"], **more}
        found |= {
            **ends,
            "model_package": f"arn:aws:sagemaker:{CENTRAL}:222233334444:model-package/scorer/{number}",
            "model": {
                "package": f"arn:aws:sagemaker:{CENTRAL}:222233334444:model-package/scorer/{number}",
                "archive": {"uri": f"s3://models/{number}.tar.gz", "version_id": "v", "etag": "e", "sha256": "s"},
                "images": {CENTRAL: {"uri": "scorer:1", "pinned": "tag"}},
                "code": "s3://models/code.tar.gz",
                "parameters": {"archive": "Archive"},
            },
            "card": {"task": "classification", "owner": "Risk", "risk": "high"},
            "cost": deepcopy(dict(COST)),
            "rules": {"fewer": deepcopy(dict(RULE))},
        }
    scorer["versions"]["2.0.0"] = version("pa-scorer-200", {})
    central["products"]["idle"] = product("idle", "spare", deepcopy(central["products"]["embedder"]["versions"]))
    return offer


def groups(some: Sequence[Change]) -> Iterator[list[Change]]:
    """Divide changes into groups in which each leaf changes once."""
    layers = defaultdict[int, list[Change]](list)
    seen = Counter[Way]()
    for change in some:
        layers[seen[change.way]].append(change)
        seen[change.way] += 1
    for layer in layers.values():
        yield from (layer[first : first + TOGETHER] for first in range(0, len(layer), TOGETHER))


def together(offer: Mapping[str, Any], some: Sequence[Change]) -> dict[str, Any] | None:
    """Make several changes, last ones first, so that positions in lists stay; None where they do not go together."""
    changed = dict(offer)
    try:
        for change in reversed(some):
            changed = change.made(changed)
    except (LookupError, TypeError):
        return None
    return changed if is_publishable(changed) else None


def changes(offer: Mapping[str, Any]) -> Iterator[Change]:
    """List a change or two of every leaf, as far as a hub could publish them."""
    for way, value in leaves(offer, ()):
        if way[-1] == "kind":
            continue  # it goes with other keys
        known = next((OTHERS[part] for part in reversed(way[-2:]) if isinstance(part, str) and part in OTHERS), ())
        for other in (*(known or (f"{value}-other",)), *(() if way[-1] == "count" else (None,))):
            change = Change(way, other)
            if other != value and is_publishable(change.made(offer)):
                yield change


def leaves(node: object, way: Way) -> Iterator[tuple[Way, str]]:
    """Walk through a document."""
    match node:
        case dict():
            for key, value in cast("dict[str, object]", node).items():
                yield from leaves(value, (*way, key))
        case list():
            for index, value in enumerate(cast("list[object]", node)):
                yield from leaves(value, (*way, index))
        case _:
            yield way, str(node)


def is_publishable(offer: Mapping[str, Any]) -> bool:
    """Say whether a hub could publish it."""
    try:
        contract.publish("222233334444", offer)
    except ValidationError:
        return False
    return all(
        product["portfolio"] in region["portfolios"]
        for region in offer.values()
        for product in region["products"].values()
    )


def put(offer: dict[str, Any], way: Way, value: object) -> None:
    """Set what is at the end of a way."""
    at(offer, way[:-1])[way[-1]] = value


def at(node: Any, way: Way) -> Any:  # noqa: ANN401 - any part of a document
    """Follow a way."""
    for part in way:
        node = node[part]
    return node
