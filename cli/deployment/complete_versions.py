"""Completes what `pulumi import` cannot read: where the template of a version is."""

import json
import tempfile
from pathlib import Path
from typing import Any

from cli.stacks import engine
from hub.config import HubSettings
from shared.aws.session import AccountSession
from shared.files import write_file
from shared.stack.import_file import VERSION
from shared.stack.stack_file import settings_of


def complete_versions(stack: str) -> int:
    """Write the templates' addresses into a hub's state, and say how many.

    AWS answers with another name for it than the provider looks for, so an import leaves it out, and the version would
    have to be made anew (source: terraform-provider-aws, provisioning_artifact.go).

    Raises:
        CatalogError: the state cannot be read or written.
    """
    settings = settings_of(HubSettings, stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    state = engine().exported("hub", stack)
    deployment: dict[str, Any] = state.get("deployment") or {}
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    versions = [
        resource for resource in resources if resource["type"] == VERSION and "templateUrl" not in resource["inputs"]
    ]
    for resource in versions:
        artifact, _, product = resource["id"].partition(":")
        client = account.client("servicecatalog", resource["outputs"].get("region") or settings.region)
        described = client.describe_provisioning_artifact(ProductId=product, ProvisioningArtifactId=artifact)
        resource["inputs"]["templateUrl"] = resource["outputs"]["templateUrl"] = described["Info"]["TemplateUrl"]
    if versions:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            write_file(path, json.dumps(state))
            engine().replace_state("hub", stack, path)
    return len(versions)
