"""Writes the settings file of a new spoke."""

from pathlib import Path
from typing import Final, cast

from cli.exit_codes import ExitCode
from organization.deployer_settings import DeployersSetting
from organization.deployer_template import BOUNDARY
from organization.settings import OrganizationSettings
from shared.aws.arn import AccountId, partition_of
from shared.errors import ConfigError
from shared.files import write_new
from shared.stack.names import HUB_PROJECT
from shared.stack.settings import structured
from shared.stack.stack_file import StackFile, stack_files
from shared.validation import Document, Key, Region, validate

_TEMPLATE: Final = """\
# The {name} account. Add launches, then: model-catalog stack up spoke-{name}
{secrets}config:
  aws:region: {region}
  model-catalog-spoke:accountId: "{account}"
  model-catalog-spoke:assumeRole: arn:{partition}:iam::{account}:role/ModelCatalogDeployer
{roles}{hub}{beside}  model-catalog-spoke:launches: []
"""
_BESIDE: Final = """\
  model-catalog-spoke:portfolios: []  # those that this stack sets up itself; the others another stack has set up
  model-catalog-spoke:namePrefix: {name}-
"""


class NewSpoke(Document):
    """What a new spoke's settings start from."""

    name: Key
    account: AccountId
    region: Region


def new_spoke(name: str, account: str, region: str, *, beside: bool = False) -> int:
    """Write `Pulumi.spoke-<name>.yaml`, and never over one that is there; without a region, for the hub's own.

    Args:
        name: The spoke's.
        account: Its account.
        region: Where it works.
        beside: Another stack sets the account up; this one only launches.

    Raises:
        ConfigError: a value is not fit, or there is such a spoke, or another spoke has that account.
    """
    path = write_settings(name, account, region or hub_region(Path()), folder=Path(), beside=beside)
    print(f"wrote {path}. Next: model-catalog spoke new-launch {name} PRODUCT, and stack preview spoke-{name}")
    return ExitCode.DONE


def write_settings(name: str, account: str, region: str, *, folder: Path, beside: bool = False) -> Path:
    """Write the settings file and give its path.

    Raises:
        ConfigError: a value is not fit, or there is such a spoke, or another spoke has that account.
    """
    values = {"name": name, "account": account, "region": region}
    spoke = validate(NewSpoke, values, where="spoke new", error=ConfigError)
    if not beside:
        _refuse_second_stack(spoke.account, own=settings_path(spoke.name, folder).name, folder=folder)
    return Surroundings(folder).write(spoke, beside=beside)


def settings_path(name: str, folder: Path) -> Path:
    """Name the settings file of a spoke."""
    return folder / f"Pulumi.spoke-{name}.yaml"


class Surroundings:
    """What new spokes have from the settings beside them, read once for all of them."""

    def __init__(self, folder: Path) -> None:
        """Read them. Raises ConfigError."""
        self._folder = folder
        self._hub = _pin(folder)
        self._deployers = _deployers(folder)
        self._secrets = StackFile(folder / "Pulumi.hub.yaml").secrets_provider

    def write(self, spoke: NewSpoke, *, beside: bool = False) -> Path:
        """Write a spoke's settings file where there is none, and give its path. Raises ConfigError."""
        path = settings_path(spoke.name, self._folder)
        if not write_new(path, self.text(spoke, beside=beside)):
            raise ConfigError("exists already. Edit it, or choose another NAME.", code="spoke-exists", place=str(path))
        return path

    def text(self, spoke: NewSpoke, *, beside: bool) -> str:
        """Give what stands in a spoke's settings file."""
        partition = partition_of(spoke.region)
        roles = ""
        if self._deployers and spoke.account not in self._deployers.leave_out:
            boundary = f"permissionsBoundary: arn:{partition}:iam::{spoke.account}:policy/{BOUNDARY}"
            # The deployer makes roles with it alone, or none.
            roles = f"  model-catalog-spoke:{boundary if self._deployers.make_roles else 'launchRoles: existing'}\n"
        written = {
            **spoke.model_dump(),
            "partition": partition,
            "hub": self._hub,
            "secrets": f"secretsprovider: {self._secrets}\n" if "://" in self._secrets else "",
            "roles": roles,
            "beside": _BESIDE.format(name=spoke.name) if beside else "",
        }
        return _TEMPLATE.format_map(written)


def _deployers(folder: Path) -> DeployersSetting | None:
    """Read whether the organization's stack gives accounts their deployers. Raises ConfigError."""
    organization = StackFile(folder / "Pulumi.organization.yaml")
    return organization.settings(OrganizationSettings).deployers if organization.path.exists() else None


def _refuse_second_stack(account: str, *, own: str, folder: Path) -> None:
    """Refuse an account that is another stack's here: most likely its id is a mistake."""
    for other in stack_files(folder, "spoke"):
        if other.path.name != own and other.account == account:
            raise ConfigError(
                f"the account {account} is that of {other.path.name} already. Correct the id, or put the launches "
                f"there. For another team's stack in the same account, run it again with --beside "
                f"(docs/operations/teams.md).",
                code="second-stack",
                place=own,
            )


def _pin(folder: Path) -> str:
    """Write which hub the spoke trusts, as far as the hub's own settings beside it tell."""
    hub = StackFile(folder / "Pulumi.hub.yaml")
    if not hub.path.exists() or not hub.account:
        return ""
    signing = structured(hub.given.get(f"{HUB_PROJECT}:signing", ""))
    key = cast("dict[str, object]", signing).get("publicKey") if isinstance(signing, dict) else None
    keys = f", contractKeys: [{key}]" if key else ""
    return f'  model-catalog-spoke:hub: {{accountId: "{hub.account}"{keys}}}\n'


def hub_region(folder: Path) -> str:
    """Read the hub's own region from its settings; empty where it has none. Raises ConfigError."""
    hub = StackFile(folder / "Pulumi.hub.yaml")
    return hub.given.get("aws:region", "") if hub.path.exists() else ""
