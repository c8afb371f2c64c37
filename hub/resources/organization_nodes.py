"""Finds the ids of units and of the organization, so that nobody copies them by hand."""

from collections.abc import Mapping
from functools import cached_property

import pulumi
import pulumi_aws as aws

from hub.config import ShareSetting
from shared.aws.arn import partition_of
from shared.aws.unit_path import unit_ids
from shared.errors import ConfigError


class OrganizationNodes:
    """Looks up what shares, and the rollout of roles, are made with. AWS is asked once for each thing in a run.

    It asks before anything is declared, so that a wrong path stops the run while nothing is changed yet. It goes
    through the engine's plug-in, unlike `shared.aws.organization`, because a run that changes something loads no other
    client of AWS, and signs in once. A delegated administrator may read the organization (source: AWS Organizations
    API reference, ListRoots).
    """

    def __init__(self, opts: pulumi.InvokeOptions, *, where: str) -> None:
        """Take the options of the invokes, and the name of the settings file."""
        self._opts = opts
        self._where = where
        self._known: dict[str, Mapping[str, str]] = {}

    def target_of(self, share: ShareSetting) -> str:
        """Find the id that a share is made with.

        Raises:
            ConfigError: no unit has that path, or the organization cannot be read.
        """
        if share.target is None or share.type == "ORGANIZATIONAL_UNIT":
            return self.find(share.target, setting="shares")
        return share.target

    def principal_of(self, share: ShareSetting, target: str, *, region: str) -> str:
        """Name the recipient of a share in the form that every provider since 5.x takes: a node by its ARN.

        Plain ids are younger there, and what is deployed stays: the provider compares the last part alone (source:
        terraform-provider-aws, portfolio_share.go). Outside the partition `aws` Service Catalog takes no ARN of a node
        (source: Service Catalog API reference, OrganizationNode, the pattern of Value).

        Args:
            share: The share.
            target: The id that it is made with.
            region: Of the hub's account.

        Raises:
            ConfigError: the organization cannot be read.
        """
        if share.type not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT") or partition_of(region) != "aws":
            return target
        account, _, organization = self._own_arn.partition(":organization/")
        if share.type == "ORGANIZATION":
            return f"{account}:organization/{target}"
        return f"{account}:ou/{organization}/{target}"

    def find(self, path: str | None, *, setting: str) -> str:
        """Find the id of a unit by its path of names, or of the organization itself.

        Raises:
            ConfigError: no unit has that path, or the organization cannot be read.
        """
        if path and path.startswith("ou-"):
            return path
        where = f"{self._where}: {setting}"
        try:
            organization = self._organization
            if path is None:
                return organization.id
            # An account that may not read the units gets no error here, but an organization without roots.
            root = next((root.id for root in organization.roots), "")
            return unit_ids(path, root, self._units, where=where)[-1]
        except ConfigError:
            raise
        except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed invoke
            raise _unreadable(problem, where) from None

    @cached_property
    def _own_arn(self) -> str:
        """The organization's ARN; every account of it may ask for that, and accounts are not listed for it."""
        if "_organization" in self.__dict__:
            return self._organization.arn
        try:
            return aws.organizations.get_organization(return_organization_only=True, opts=self._opts).arn
        except Exception as problem:  # noqa: BLE001 - as above
            raise _unreadable(problem, f"{self._where}: shares") from None

    @cached_property
    def _organization(self) -> aws.organizations.GetOrganizationResult:
        """It comes with a list of every account, over as many pages as that takes."""
        return aws.organizations.get_organization(opts=self._opts)

    def _units(self, parent: str) -> Mapping[str, str]:
        if parent not in self._known:
            found = aws.organizations.get_organizational_units(parent_id=parent, opts=self._opts).children
            self._known[parent] = {unit.name: unit.id for unit in found}
        return self._known[parent]


def _unreadable(problem: Exception, where: str) -> ConfigError:
    return ConfigError(
        f"the organization cannot be read, which only a delegated administrator may. Run make up-organization "
        f"first. AWS says: {' '.join(str(problem).split())}",
        code="organization-unreadable",
        place=where,
    )
