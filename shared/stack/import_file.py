"""The file that `pulumi import` takes: what is to be imported, under the names that the programs give it."""

from dataclasses import dataclass, field
from typing import Any, Final

PROVIDER: Final = "account"
PORTFOLIO: Final = "aws:servicecatalog/portfolio:Portfolio"
PRODUCT: Final = "aws:servicecatalog/product:Product"
VERSION: Final = "aws:servicecatalog/provisioningArtifact:ProvisioningArtifact"
ASSOCIATION: Final = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
CONSTRAINT: Final = "aws:servicecatalog/constraint:Constraint"
LAUNCH: Final = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
ROLE: Final = "aws:iam/role:Role"
ACCESS: Final = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
ACCEPTING: Final = "aws:cloudformation/stack:Stack"
ADMINISTRATOR: Final = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
SERVICE_ACCESS: Final = "aws:organizations/awsServiceAccess:AwsServiceAccess"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A component of a program, by type and logical name."""

    type: str
    name: str
    parent: "Component | None" = None

    @property
    def label(self) -> str:
        """Name it within the file, where components of several types may have one name."""
        return f"{self.type.rpartition(':')[2]} {self.name}"


@dataclass
class ImportFile:
    """Collects resources with all the components above them."""

    provider_urn: str
    resources: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    found: list[str] = field(default_factory=list[str])

    def add(self, kind: str, name: str, identity: str, *, parent: Component | None, what: str) -> None:
        """Import a resource, which is told to people as `what`."""
        above = {"parent": self._declared(parent)} if parent else {}
        self.resources.append(
            {"type": kind, "name": f"{kind} {name}", "logicalName": name, "id": identity, "provider": PROVIDER, **above}
        )
        self.found.append(f"{what}: {identity}")

    def document(self) -> dict[str, Any]:
        """Write it."""
        return {"nameTable": {PROVIDER: self.provider_urn}, "resources": self.resources}

    def _declared(self, component: Component) -> str:
        above = {"parent": self._declared(component.parent)} if component.parent else {}
        entry = {
            "type": component.type,
            "name": component.label,
            "logicalName": component.name,
            "component": True,
            **above,
        }
        if entry not in self.resources:
            self.resources.append(entry)
        return component.label
