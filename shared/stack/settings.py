"""Reads a stack's settings into one checked object."""

from collections.abc import Mapping
from typing import Annotated, Self, TypeVar

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import Field, model_validator

from shared.aws.arn import AccountId, Arn, RoleArn
from shared.documents import parse_json
from shared.errors import ConfigError, Mistake
from shared.validation import Region, SettingsDocument, validate


class AccountSettings(SettingsDocument):
    """The settings that every stack has: which account it is for, how it gets there, and where it works.

    Attributes:
        account_id: The account that the stack is for. Credentials of any other are refused.
        assume_role: A role of that account to work as; without it, the credentials of the environment serve.
        region: The provider's region, and the first of `regions`.
    """

    account_id: AccountId
    assume_role: RoleArn | None = None
    region: Annotated[Region, Field(alias="aws:region")]

    @property
    def roles(self) -> list[str]:
        """The roles to assume, in order."""
        return [self.assume_role] if self.assume_role else []

    @model_validator(mode="after")
    def _role_is_of_the_account(self) -> Self:
        if self.assume_role and Arn.parse(self.assume_role).account != self.account_id:
            raise Mistake(
                f"invalid value {self.assume_role!r}. Expected a role of the account {self.account_id} (accountId).",
                code="role-of-another-account",
                place="assumeRole",
            )
        return self


S = TypeVar("S", bound=AccountSettings)


def load_settings(model: type[S]) -> S:
    """Read the current stack's settings.

    The region is Pulumi's own key `aws:region`. A key that the model does not have is refused, since a misspelt
    setting would otherwise be left out in silence.

    Raises:
        ConfigError: names the stack's file and the key, what was found and what is wanted.
    """
    given = {**get_config_env(), **CONFIG.get()}
    return check_settings(model, given, project=pulumi.get_project(), where=f"Pulumi.{pulumi.get_stack()}.yaml")


def check_settings(model: type[S], given: Mapping[str, str], *, project: str, where: str) -> S:
    """Check settings as the engine hands them to a program.

    Args:
        model: What is wanted.
        given: Text by full keys; lists and maps as JSON.
        project: The stack's project, whose name the keys begin with.
        where: The stack's file, for messages.

    Raises:
        ConfigError: names the file and the key, what was found and what is wanted.
    """
    namespace = f"{project}:"
    for key in given:
        if key != "aws:region" and not key.startswith((namespace, "pulumi:")):
            raise ConfigError(
                f"is not a known key. The keys here are aws:region and those that begin with {namespace}",
                code="unknown-key",
                place=f"{where}: {key}",
            )
    found = {key.removeprefix(namespace): structured(text) for key, text in given.items() if key.startswith(namespace)}
    region = {key: text for key, text in given.items() if key == "aws:region"}
    return validate(model, {**found, **region}, where=where, error=ConfigError)


def structured(text: str) -> object:
    """Give lists and maps their structure, and leave every other setting the text that it is."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return parse_json(text)
    except ValueError:  # or a Mistake, which is one: no setting is nested so deeply
        return text
