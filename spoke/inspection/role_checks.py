"""Whether the roles of the products in use are there, and whose they are."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from shared.aws.iam import trusts_service_catalog
from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import AccountSession
from spoke.inspection.scope import PreflightScope
from spoke.launches.claims import Claim, claimed


class RoleChecks:
    """Checks of the products' roles. Their tags tell which stack made them."""

    def __init__(self, scope: PreflightScope, account: AccountSession) -> None:
        self._scope = scope
        self._account = account
        self._role = cache(self._asked)

    def roles(self) -> Iterator[Finding]:
        """Roles of the products."""
        taken: dict[str, list[str]] = {}
        for key, product in self._scope.roles.all.items():
            for role in (product.launch_role, product.execution_role):
                found = self._role(role.name)
                if found is None:
                    yield self._missing(role.name, key)
                elif other := self._taken_by(found, key):
                    taken.setdefault(other, []).append(role.name)
                else:
                    yield self._there(found, key, launches=role is product.launch_role)
        for other, names in taken.items():
            more = f" It has made {len(names) - 1} more of these roles." if len(names) > 1 else ""
            text = claimed(Claim("role", names[0]), other, where=self._scope.where)
            yield failed(f"role {names[0]}", f"{text}{more}")

    def neighbour(self, portfolio: str) -> str:
        """Name the other stack that made the roles of a portfolio's products; empty where none did."""
        roles = (each.launch_role.name for each in self._scope.roles.all.values() if portfolio in each.within)
        found = (self._scope.neighbour(_tags(role)) for name in roles if (role := self._role(name)))
        return next(filter(None, found), "")

    def _asked(self, name: str) -> dict[str, Any] | None:
        iam = self._account.client("iam")
        try:
            return iam.get_role(RoleName=name)["Role"]
        except iam.exceptions.NoSuchEntityException:
            return None

    def _taken_by(self, found: dict[str, Any], product: str) -> str:
        """Name the other stack that made a role which this one would make; empty where none did."""
        tags = _tags(found)
        mine = product not in self._scope.roles.made or self._scope.is_own(Claim("role", found["RoleName"]), tags)
        return "" if mine else self._scope.neighbour(tags)

    def _missing(self, name: str, product: str) -> Finding:
        if product in self._scope.roles.made:
            return Finding(f"role {name}", "will be made by this stack")
        if self._scope.settings.launch_roles == "create":
            remedy = "Deploy the stack that sets up its portfolio, or add the portfolio to portfolios"
        else:
            remedy = "Have it made by those who manage the account's roles, or set launchRoles to create"
        return failed(f"role {name}", f"does not exist, and {product} needs it. {remedy}")

    def _there(self, found: dict[str, Any], product: str, *, launches: bool) -> Finding:
        subject = f"role {found['RoleName']}"
        if launches and not trusts_service_catalog(found["AssumeRolePolicyDocument"], self._account.id):
            return failed(
                subject,
                f"does not let servicecatalog.amazonaws.com assume it on behalf of {self._account.id}, so no launch "
                f"works. Correct its trust policy, or delete the role so that this stack makes it",
            )
        tags = _tags(found)
        made_by = self._scope.neighbour(tags)
        if product in self._scope.roles.made and not self._scope.is_own(Claim("role", found["RoleName"]), tags):
            return failed(
                subject,
                "exists already, and this stack did not make it. Set launchRoles to existing, or import it "
                "(docs/operations/adopting.md), or delete it",
            )
        if product not in self._scope.roles.made and Claim("role", found["RoleName"]) in (self._scope.deployed or ()):
            return self._going(subject, product)
        whose = f", made by {made_by}" if made_by else ""
        return Finding(subject, f"there, and trusts Service Catalog{whose}" if launches else f"there{whose}")

    def _going(self, subject: str, product: str) -> Finding:
        """Tell what becomes of a role that the stack made, and would make no more."""
        if all(each.key != product for each in self._scope.resolved_launches):
            return warning(subject, "this stack made it, and deletes it now")
        return failed(
            subject,
            f"this stack made it, and would delete it under its own launches of {product}. Leave its portfolio in "
            f"portfolios, and the product out of existingRoles, until they have ended; likewise launchRoles: create",
        )


def _tags(role: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
