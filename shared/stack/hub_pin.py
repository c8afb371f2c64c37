"""Which hub is trusted, as settings say it: a spoke's own, and fleet.yaml for all spokes of a checkout."""

from pathlib import Path
from typing import Annotated, Final, cast

import yaml
from pydantic import Field

from shared.aws.arn import AccountId
from shared.catalog.signature import PublicKey
from shared.catalog.trust import Trust
from shared.documents import reason_of
from shared.errors import ConfigError
from shared.stack.names import HUB_PROJECT
from shared.validation import SettingsDocument, validate
from shared.yaml_document import refuse_cut

FLEET_FILE: Final = "fleet.yaml"


class HubPin(SettingsDocument):
    """The hub whose contract is taken; any other is refused before anything of it is used.

    Attributes:
        account_id: The hub's account.
        project: The project of its stacks; of another organization of Pulumi's `<organization>/<project>`.
        contract_keys: Public keys of the platform team. With them, a contract is refused that none of them signed.
    """

    account_id: AccountId
    project: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?$",
            description="the name of a project",
            examples=[HUB_PROJECT],
        ),
    ] = HUB_PROJECT
    contract_keys: list[PublicKey] = Field(default=[], max_length=10, description="a list of public keys")

    def trust(self, where: str) -> Trust:
        """Give it for the door; `where` names its file."""
        return Trust(where=where, project=self.project, account=self.account_id, keys=tuple(self.contract_keys))


def trusts_of(pin: HubPin | None, *, where: str, folder: Path) -> tuple[Trust, ...]:
    """Give all that a contract has to satisfy.

    Whoever edits a spoke's settings can edit the pin in them too. fleet.yaml beside them is the platform team's, and
    holds for every spoke there.

    Args:
        pin: That of the settings.
        where: Their file.
        folder: Where fleet.yaml is, if there is one.

    Raises:
        ConfigError: the pin in fleet.yaml is wrong, or cannot be read.
    """
    return (own_trust(pin, where=where), *fleet_trusts(folder))


def own_trust(pin: HubPin | None, *, where: str) -> Trust:
    """Give what a stack's settings ask for; without a pin, the hub's project in the stack's own organization."""
    return pin.trust(where) if pin else Trust(where=where, project=HUB_PROJECT)


def fleet_trusts(folder: Path) -> tuple[Trust, ...]:
    """Give what fleet.yaml asks for; nothing where it has no pin. Raises ConfigError."""
    pin = fleet_pin(folder)
    return (pin.trust(FLEET_FILE),) if pin else ()


def fleet_pin(folder: Path) -> HubPin | None:
    """Read the pin of fleet.yaml; None where it has none. Raises ConfigError."""
    try:
        text = (folder / FLEET_FILE).read_bytes()
        refuse_cut(text, where=FLEET_FILE, error=ConfigError)  # a pin that was cut off would be missed by nobody
        content: object = yaml.load(text, Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise ConfigError(f"cannot be read ({problem.strerror}).", code="file-unreadable", place=FLEET_FILE) from None
    except yaml.YAMLError as problem:
        raise ConfigError(f"is not YAML: {reason_of(problem)}.", code="file-not-yaml", place=FLEET_FILE) from None
    found = cast("dict[str, object]", content).get("hub") if isinstance(content, dict) else None
    return None if found is None else validate(HubPin, found, where=f"{FLEET_FILE}: hub", error=ConfigError)
