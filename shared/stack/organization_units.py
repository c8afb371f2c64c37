"""Finds the ids of units and of the organization, so that nobody copies them by hand."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import pulumi
import pulumi_aws as aws

from shared.aws.unit_path import unit_ids
from shared.errors import ConfigError

_NOT_DELEGATED: Final = "a delegated administrator may. Run model-catalog stack up organization first"


class OrganizationUnits:
    """Looks up what shares and stack sets are made with. AWS is asked once for each thing in a run.

    It asks before anything is declared, so that a wrong path stops the run while nothing is changed yet. It goes
    through the engine's plug-in, unlike `shared.aws.organization`, because a run that changes something loads no other
    client of AWS, and signs in once. The management account and a delegated administrator may read the organization
    (source: AWS Organizations API reference, ListRoots).
    """

    def __init__(self, opts: pulumi.InvokeOptions, *, where: str, remedy: str = _NOT_DELEGATED) -> None:
        """Take the options of the invokes, the name of the settings file, and what helps where nothing can be read."""
        self._opts = opts
        self._where = where
        self._remedy = remedy
        self._known: dict[str, Mapping[str, str]] = {}

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
            raise self._unreadable(problem, where) from None

    @cached_property
    def _own_arn(self) -> str:
        """The organization's ARN; every account of it may ask for that, and accounts are not listed for it."""
        if "_organization" in self.__dict__:
            return self._organization.arn
        try:
            return aws.organizations.get_organization(return_organization_only=True, opts=self._opts).arn
        except Exception as problem:  # noqa: BLE001 - as above
            raise self._unreadable(problem, f"{self._where}: shares") from None

    @cached_property
    def _organization(self) -> aws.organizations.GetOrganizationResult:
        """It comes with a list of every account, over as many pages as that takes."""
        return aws.organizations.get_organization(opts=self._opts)

    def _units(self, parent: str) -> Mapping[str, str]:
        if parent not in self._known:
            found = aws.organizations.get_organizational_units(parent_id=parent, opts=self._opts).children
            self._known[parent] = {unit.name: unit.id for unit in found}
        return self._known[parent]

    def _unreadable(self, problem: Exception, where: str) -> ConfigError:
        return ConfigError(
            f"the organization cannot be read, which only {self._remedy}. AWS says: {' '.join(str(problem).split())}",
            code="organization-unreadable",
            place=where,
        )
