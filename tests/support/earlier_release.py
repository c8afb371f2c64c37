"""A catalog as an earlier release deployed it, and what is recorded of that deployment.

The record is a file of `tests/engine/deployed/`, named after the commit, beside the settings that it was made with.
It says what each resource is called, which id it got and what it would be replaced for. Ids that AWS gives depend on
the order of calls, so the record has the resource's name in place of them, as in
`port(online-inference-eu-central-1)`. A `*` stands for characters that the engine draws at random. No release changes
the record.
"""

import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from tests.support.catalog_copy import CatalogCopy
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.stage import HUB, PRODUCTION, RESEARCH, Stage
from tests.support.warm.python import environment

COMMIT: Final = "5b9c3d81bcc3cf10145a35529a1ce3310f3e33de"
HUBS: Final = ("hub", "hub-batch")
SPOKES: Final = ("spoke-research", "spoke-production")
STACKS: Final = ("organization", *HUBS, *SPOKES)

RECORDED: Final = ROOT / "tests" / "engine" / "deployed"
_PROGRAMS: Final = (
    *("hub", "spoke", "organization", "shared", "fleet", "tools"),
    *("Makefile", "fleet.yaml", "pyproject.toml", "requirements.lock"),
)
"""What that commit's commands consist of. Not its sandbox, which stands for AWS and is no part of a release."""

_GIVEN_BY_AWS: Final = re.compile(r"\b(port|prod|pa|cons|tag|pp)-[a-z2-7]{13}\b")
_DRAWN: Final = re.compile(r"(?<=-)[0-9a-f]{7}\b(?!-)|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")

Resources = Mapping[str, Mapping[str, Any]]
"""What is known of each resource, by stack and URN, without what all URNs of a stack have in common."""


def recorded() -> dict[str, Resources]:
    """Read what is recorded, by stack."""
    stacks = yaml.safe_load((RECORDED / f"{COMMIT[:7]}.yaml").read_text())
    return {
        stack: {f"{kind}::{name}": known or {} for kind, named in kinds.items() for name, known in named.items()}
        for stack, kinds in stacks.items()
    }


def found(stage: Stage) -> dict[str, Resources]:
    """Read from the states what the record is about, and no more than it has of each resource."""
    states = {stack: _state(stage, stack) for stack in STACKS}
    plain = _namer([resource for resources in states.values() for resource in resources])
    known = recorded()
    return {
        stack: {
            _short(resource["urn"]): {
                key: plain(value)
                for key, value in {**resource, **resource.get("inputs", {})}.items()
                if key in known[stack].get(_short(resource["urn"]), {"id": ...})
            }
            for resource in resources
        }
        for stack, resources in states.items()
    }


def history() -> bytes:
    """Take that commit's programs, as a tar file; nothing where this checkout does not have the commit."""
    try:
        command = ["git", "-C", str(ROOT), "archive", COMMIT, *_PROGRAMS]
        archive = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return b""
    return archive.stdout if archive.returncode == 0 else b""


def unpack(programs: bytes, folder: Path) -> Path:
    """Make a checkout of an earlier release, in which its commands run."""
    with tarfile.open(fileobj=io.BytesIO(programs)) as files:
        files.extractall(folder, filter="data")
    for source in (environment(), ROOT / ".tools"):
        if source.exists():
            (folder / source.name).symlink_to(source)
    return folder


_TELLS: Final = {
    "Sid": "Topics",
    "Effect": "Allow",
    "Action": "sns:Publish",
    "Resource": [f"arn:aws:sns:*:{account}:models" for account in (HUB, PRODUCTION)],
}
"""What that release left to the product's own policy, and without which AWS refuses launches that tell topics."""


def arrange(stage: Stage, checkout: Path) -> None:
    """Write settings and catalog as that deployment had them, and make in the accounts what they refer to.

    The catalog is that of the checkout, with keys that were changed, tag options, a budget and constraints.
    """
    copy_settings(RECORDED, checkout)
    catalog = CatalogCopy(checkout / "hub" / "catalog")
    products = catalog.folder / "products"
    _ = (products / "text-embedder-serverless").rename(products / "embedder")
    embedder = "key: embedder\nfirst_key: text-embedder-serverless\n"
    _ = catalog.replace("products/embedder/product.yaml", "key: text-embedder-serverless\n", embedder)
    _ = catalog.replace("portfolios.yaml", "key: online-inference\n", "key: online\n    first_key: online-inference\n")
    for product in ("embedder", "fraud-detector-realtime"):
        file = f"products/{product}/product.yaml"
        _ = catalog.replace(file, "portfolio: online-inference", "portfolio: online")
    governed = {
        "tag_options": {"team": ["search", "risk"]},
        "budgets": ["models"],
        "constraints": [
            {"type": "NOTIFICATION", "topics": [f"arn:aws:sns:eu-central-1:{HUB}:models"]},
            {"type": "RESOURCE_UPDATE", "tag_updates": "NOT_ALLOWED"},
        ],
    }
    with (products / "embedder" / "product.yaml").open("a") as file:
        yaml.safe_dump(governed, file)

    for product in ("embedder", "fraud-detector-realtime"):
        policy = products / product / "launch-policy.json"
        _ = policy.write_text(json.dumps([*json.loads(policy.read_text()), _TELLS]))

    stage.client("cloudformation", MANAGEMENT).activate_organizations_access()
    nobody = json.dumps({"Version": "2012-10-17", "Statement": []})
    for account, role in ((HUB, "Curator"), (RESEARCH, "Analyst")):
        stage.client("iam", account).create_role(RoleName=role, AssumeRolePolicyDocument=nobody)
    for account in (HUB, PRODUCTION):
        topics = stage.client("sns", account)
        topic = topics.create_topic(Name="models")["TopicArn"]
        heard = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": topic}
        document = json.dumps({"Version": "2012-10-17", "Statement": [heard]})
        topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    budget = {"BudgetName": "models", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    limit = {"BudgetLimit": {"Amount": "100", "Unit": "USD"}}
    stage.client("budgets", HUB).create_budget(AccountId=HUB, Budget={**budget, **limit})


def move_in(stage: Stage, checkout: Path) -> None:
    """Bring settings and catalog of another checkout into the stage's own, as whoever takes a new release does."""
    copy_settings(checkout, stage.project)
    _ = shutil.copyfile(checkout / "fleet.yaml", stage.project / "fleet.yaml")
    catalog = stage.project / "hub" / "catalog"
    shutil.rmtree(catalog)
    _ = shutil.copytree(checkout / "hub" / "catalog", catalog)


def bring_models(catalog: Path) -> None:
    """Say which parameter takes the model, as a release that wants it said tells to."""
    for file in catalog.glob("products/*/product.yaml"):
        _ = file.write_text(file.read_text().replace("\ncost:", "\nmodel: {archive: ModelDataUrl}\ncost:", 1))


def keep_own_models(project: Path) -> None:
    """Let every launch run the archive that its settings named until now, as one of the account's own."""
    own = r"      ownModel: {archive: \1, acknowledgeNotTheCatalogs: true}\n      parameters:\n"
    for file in project.glob("Pulumi.spoke-*.yaml"):
        _ = file.write_text(re.sub(r"      parameters:\n        ModelDataUrl: (\S+)\n", own, file.read_text()))


def take_the_catalogs_models(project: Path, stack: str) -> None:
    """Let every launch of a spoke run the model of its version."""
    file = project / f"Pulumi.{stack}.yaml"
    _ = file.write_text(re.sub(r"      ownModel: .*\n", "", file.read_text()))


def copy_settings(source: Path, target: Path) -> None:
    """Copy the settings of all stacks."""
    for file in source.glob("Pulumi.*.yaml"):
        _ = shutil.copyfile(file, target / file.name)


def _state(stage: Stage, stack: str) -> list[dict[str, Any]]:
    backend = Path(urlsplit(stage.environment()["PULUMI_BACKEND_URL"]).path)
    file = backend / ".pulumi" / "stacks" / f"model-catalog-{stack.partition('-')[0]}" / f"{stack}.json"
    return json.loads(file.read_text())["checkpoint"]["latest"]["resources"]


def _short(urn: str) -> str:
    return urn.split("::", 2)[2]


def _namer(resources: list[dict[str, Any]]) -> Callable[[Any], Any]:
    """Give the function that writes names in place of what AWS or the engine drew."""
    names: dict[str, str] = {}
    for resource in resources:
        if own := _GIVEN_BY_AWS.match(resource.get("id", "")):
            _ = names.setdefault(own[0], f"{own[1]}({resource['urn'].rpartition('::')[2]})")

    def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
        match value:
            case str():
                return _DRAWN.sub("*", _GIVEN_BY_AWS.sub(lambda given: names.get(given[0], given[0]), value))
            case list():
                return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType] - JSON
            case dict():
                return {key: plain(item) for key, item in value.items() if key != "__defaults"}  # pyright: ignore[reportUnknownVariableType] - JSON
            case _:
                return value

    return plain
