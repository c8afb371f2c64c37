"""accounts.yaml: what the organization says of the accounts of spokes, which a spoke may not ask it itself.

`model-catalog fleet accounts` writes it from the organization. It lies beside the settings, so that the same commit
gives the same launches whoever deploys a spoke, and a moved account is a change that somebody reviews (docs/adr/0038).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ConfigDict, Field

from shared.aws.arn import AccountId
from shared.documents import read_file
from shared.errors import ConfigError, Mistake
from shared.validation import SettingsDocument
from shared.yaml_document import read_document

ACCOUNTS_FILE: Final = "accounts.yaml"


class LateDocument(SettingsDocument):
    """A part of a file that most runs do not have. They shall not wait for what reads it to be built."""

    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)


class AccountFacts(LateDocument):
    """What is known of an account.

    Attributes:
        unit: The path of its unit's names, such as Workloads/Research; empty right below the root.
        unit_ids: The ids of the units above it.
        tags: Those that it has in the organization.
    """

    unit: str = ""
    unit_ids: list[str] = Field(default=[], description="a list of ids of units", examples=["[ou-ab12-cdefgh34]"])
    tags: dict[str, str] = Field(default={}, description="tags of the account", examples=["{tier: gold}"])

    def unit_within(self, units: list[str]) -> str:
        """Give the first of some units, by id or path, that the account is in or below; empty where there is none."""
        for unit in units:
            path = unit.strip("/")
            if unit in self.unit_ids or self.unit == path or self.unit.startswith(f"{path}/"):
                return unit
        return ""


class AccountsFile(LateDocument):
    """All of accounts.yaml.

    Attributes:
        accounts: By id.
    """

    accounts: dict[AccountId, AccountFacts] = {}


def read_accounts_file(folder: Path) -> Mapping[str, AccountFacts]:
    """Read what is known of accounts; nothing where there is no such file.

    Raises:
        ConfigError: it cannot be read, or is wrong.
    """
    found = content_of(folder / ACCOUNTS_FILE)
    if found is None:
        return {}
    return read_document(
        AccountsFile, found, where=ACCOUNTS_FILE, error=ConfigError, empty=dict[str, object]()
    ).accounts


def content_of(path: Path) -> bytes | None:
    """Read a file of the platform team's; None where it is not there.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise ConfigError(
            f"cannot be read ({problem.strerror}). Let it be read, or remove it.",
            code="file-unreadable",
            place=path.name,
        ) from None
    except Mistake as mistake:
        raise ConfigError(str(mistake), code=mistake.code, place=path.name) from None
