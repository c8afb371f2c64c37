"""Whether AWS offers an account the template that the hub says it published."""

import re
from collections.abc import Iterator
from typing import Any, Final

from shared.aws.preflight import Finding, failed
from shared.aws.session import AccountSession
from spoke.inspection.scope import PreflightScope
from spoke.launches.resolution import ResolvedLaunch

_IN_ADDRESS: Final = re.compile(r"/([0-9a-f]{64})\.template(\?|$)")


class TemplateChecks:
    """Checks of the versions that are launched.

    DescribeProvisioningArtifact of a shared product tells a recipient what it tells its owner, and `Info.TemplateUrl`
    the template's address (sources: AWS CLI, example of describe-provisioning-artifact; aws-service-catalog-puppet,
    which calls it in spoke accounts). The hub puts templates below their hash. A recipient may not read the object
    itself; the hub's preview does. The template of a launch's stack is no evidence, because Service Catalog adds the
    rules of a template constraint to it (source: Administrator Guide, "Template constraint rules").
    """

    def __init__(self, scope: PreflightScope, account: AccountSession) -> None:
        self._scope = scope
        self._account = account

    def templates(self) -> Iterator[Finding]:
        """Templates of the versions."""
        versions = {
            (each.region, each.product.id, each.choice.version.id): each for each in self._scope.resolved_launches
        }
        for resolved in versions.values():
            yield from self._template(resolved)

    def _template(self, resolved: ResolvedLaunch) -> Iterator[Finding]:
        catalog = self._account.client("servicecatalog", resolved.region)
        version = resolved.choice.version
        subject = f"template of {resolved.key} {resolved.choice.number}"
        try:
            described: dict[str, Any] = catalog.describe_provisioning_artifact(
                ProductId=resolved.product.id, ProvisioningArtifactId=version.id
            )
        except catalog.exceptions.ResourceNotFoundException:
            return  # what is not shared yet, or not there, other checks tell
        address: str = described.get("Info", {}).get("TemplateUrl", "")
        found = _IN_ADDRESS.search(address)
        if found is None:
            why = f"{address} does not tell its hash" if address else "AWS names no address of it"
            yield Finding(subject, f"not compared here, but by the hub's preview: {why}")
        elif found[1] != version.template_sha256:
            yield failed(
                subject,
                f"AWS offers another one (sha256 {found[1][:12]}…) than the hub says it published "
                f"({version.template_sha256[:12]}…). Ask the platform team; "
                f"model-catalog stack preview hub compares the two",
            )
        else:
            yield Finding(subject, f"as the hub published it (sha256 {found[1][:12]}…)")
