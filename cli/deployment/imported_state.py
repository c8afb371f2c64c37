"""Completes in a state what `pulumi import` cannot read, so that nothing that was taken over is made anew or changed.

The provider's reads leave out what AWS does not tell. Where it has defaults for that, an import leaves them out too,
and a preview shows a change, of a version a replacement (source: terraform-provider-aws, provisioning_artifact.go,
product.go, portfolio_share.go and provisioned_product.go, and the ImportStateVerifyIgnore lists of their tests).
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from cli.stacks import engine
from fleet.recover.reconcile import plain
from shared.aws.arn import Arn
from shared.aws.session import AccountSession
from shared.files import write_file
from shared.stack.import_file import LAUNCH, VERSION
from shared.stack.settings import AccountSettings

Resource = dict[str, Any]

_DEFAULTED: Final = "__defaults"
"""Where the provider's bridge notes which of the inputs are its own defaults."""
_MASKED: Final = "*"
"""How CloudFormation shows a parameter with NoEcho (source: CloudFormation API reference, DescribeStacks)."""


def complete_imported(project: str, stack: str, settings: AccountSettings) -> int:
    """Write into a stack's state what an import left out, and say of how many resources.

    Raises:
        CatalogError: the state cannot be read or written, or the account is out of reach.
    """
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    completed = _rewrite(project, stack, lambda resources: _templates(account, settings.region, resources))
    planned = {
        each["urn"]: each["inputs"] for each in engine().creations(project, stack, others=True) if each.get("inputs")
    }
    return len(
        completed | _rewrite(project, stack, lambda resources: _rest(account, settings.region, resources, planned))
    )


def add_components(project: str, stack: str) -> None:
    """Put the components that have nothing in the account into the state, so that a preview has none to make.

    Raises:
        CatalogError: the state cannot be read or written.
    """
    missing = [each for each in engine().creations(project, stack) if not each.get("custom")]

    def add(resources: list[Resource]) -> set[str]:
        urns = {each["urn"] for each in resources}
        added: set[str] = set()
        for each in missing:
            if each.get("parent") in urns | added:
                resources.append({**each, "outputs": {}})
                added.add(each["urn"])
        return added

    _rewrite(project, stack, add)


def _rewrite(project: str, stack: str, complete: Callable[[list[Resource]], set[str]]) -> set[str]:
    """Change a stack's resources; gives the URNs of those that were changed, as `complete` does."""
    state = engine().exported(project, stack)
    deployment: dict[str, Any] = state.get("deployment") or {}
    completed = complete(deployment.setdefault("resources", []))
    if completed:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            write_file(path, json.dumps(state))
            engine().replace_state(project, stack, path)
    return completed


def _templates(account: AccountSession, region: str, resources: Sequence[Resource]) -> set[str]:
    """Say where each version's template is: AWS answers with another name for it than the provider looks for."""
    versions = [each for each in resources if each["type"] == VERSION and "templateUrl" not in each["inputs"]]
    for version in versions:
        artifact, _, product = version["id"].partition(":")
        client = account.client("servicecatalog", version["outputs"].get("region") or region)
        described = client.describe_provisioning_artifact(ProductId=product, ProvisioningArtifactId=artifact)
        version["inputs"]["templateUrl"] = version["outputs"]["templateUrl"] = described["Info"]["TemplateUrl"]
    return {each["urn"] for each in versions}


def _rest(
    account: AccountSession, region: str, resources: Sequence[Resource], planned: Mapping[str, Resource]
) -> set[str]:
    """Add the provider's defaults, and to launches what their stacks of CloudFormation tell."""
    completed: set[str] = set()
    for each in resources:
        wanted, outputs = planned.get(each["urn"]), each.get("outputs")
        if not wanted or outputs is None:
            continue
        added = {key: wanted[key] for key in wanted.get(_DEFAULTED, ()) if key not in outputs and key in wanted}
        defaulted = sorted({*each["inputs"].get(_DEFAULTED, ()), *added})
        if each["type"] == LAUNCH:
            added |= _of_launch(account, outputs.get("region") or region, each, wanted)
        if added:
            each["inputs"] |= {**added, _DEFAULTED: defaulted}
            outputs |= plain(added)
            completed.add(each["urn"])
    return completed


def _of_launch(account: AccountSession, region: str, launch: Resource, wanted: Resource) -> Resource:
    """Give a launch's parameters and topics as its stack has them, which Service Catalog itself never tells.

    A parameter that nobody may read is not made up: the next run sends all of them.
    """
    asked = [key for key in ("provisioningParameters", "notificationArns") if key not in launch["outputs"]]
    if not any(key in wanted for key in asked):
        return {}
    catalog = account.client("servicecatalog", region)
    found = catalog.search_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"}, Filters={"SearchQuery": [f"id:{launch['id']}"]}
    )["ProvisionedProducts"]
    physical = next((str(each.get("PhysicalId", "")) for each in found if each["Id"] == launch["id"]), "")
    if not physical.startswith("arn:"):
        return {}
    client = account.client("cloudformation", Arn.parse(physical).region)
    [stack] = client.describe_stacks(StackName=physical)["Stacks"]
    values = {each["ParameterKey"]: str(each["ParameterValue"]) for each in stack.get("Parameters", [])}
    given = wanted.get("provisioningParameters")
    known: Resource = {}
    if "provisioningParameters" in asked and isinstance(given, list):  # else it is secret, and stays so
        keys = [str(each["key"]) for each in cast("list[Resource]", given)]
        if all(key in values and not values[key].startswith(_MASKED) for key in keys):
            known["provisioningParameters"] = [{_DEFAULTED: [], "key": key, "value": values[key]} for key in keys]
    if "notificationArns" in asked and (topics := wanted.get("notificationArns")):
        there = [str(each) for each in stack.get("NotificationARNs", [])]
        known["notificationArns"] = topics if sorted(topics) == sorted(there) else there
    return known
