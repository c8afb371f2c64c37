"""Checks a stack's settings, and gives them as one object."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, TypeVar

from pydantic import Field

from shared.aws.arn import AccountId, Arn, RoleArn, foreign_arns, partition_of
from shared.aws.caller import role_at_work
from shared.between_fields import between_fields
from shared.collecting import Mistakes, together
from shared.documents import parse_json
from shared.errors import ConfigError, Mistake
from shared.secret_value import marked, secrets_in
from shared.stack.names import STACK_TAGS, set_command
from shared.validation import Region, SettingsDocument, TagKey, TagValue, validate

NOTHING: Final = re.compile(r"(?!)")
_MOST_TAGS: Final = 9
"""One less than S3 takes of an object, where the stack's own tag stands too (source: S3 API, PutObjectTagging)."""


class AccountSettings(SettingsDocument):
    """The settings that every stack has: which account it is for, how it gets there, and where it works.

    Attributes:
        account_id: The account that the stack is for. Credentials of any other are refused.
        assume_role: A role of that account to work as; without it, the credentials of the environment serve.
        region: The provider's region, and the first of `regions`.
        tags: What the company asks for on all that is made, beside the stack's own tag.
        may_be_secret: The paths of what may stand encrypted in the file.
    """

    may_be_secret: ClassVar[re.Pattern[str]] = NOTHING

    account_id: AccountId
    assume_role: RoleArn | None = None
    region: Annotated[Region, Field(alias="aws:region")]
    tags: dict[TagKey, TagValue] = Field(
        default={}, max_length=_MOST_TAGS, description="at most 9 tags of text", examples=["{cost-center: platform}"]
    )

    @property
    def roles(self) -> list[str]:
        """The roles to assume, in order."""
        role = role_at_work(self.assume_role)
        return [role] if role else []

    @between_fields
    def _role_is_of_the_account(self) -> Iterator[Mistake]:
        if self.assume_role and Arn.parse(self.assume_role).account != self.account_id:
            yield Mistake(
                f"invalid value {self.assume_role!r}. Expected a role of the account {self.account_id} (accountId).",
                code="role-of-another-account",
                place="assumeRole",
            )

    @between_fields
    def _the_stacks_own_tag_stays_its_own(self) -> Iterator[Mistake]:
        for key in sorted(self.tags.keys() & STACK_TAGS):
            yield Mistake(
                f"invalid value {key!r}. By this tag what a stack has made is told from what others made: use another "
                f"key.",
                code="tag-reserved",
                place=f"tags.{key}",
            )

    @between_fields
    def _all_is_of_one_partition(self) -> Iterator[Mistake]:
        for place, found in foreign_arns(self, self.region, without=("parameters", "tags")):
            yield Mistake(
                f"invalid value {found!r}. The stack's region {self.region} is of the partition "
                f"{partition_of(self.region)}, from where no other is reached: name something of that partition.",
                code="arn-of-another-partition",
                place=place,
            )


S = TypeVar("S", bound=AccountSettings)


def check_settings(model: type[S], given: Mapping[str, object], *, project: str, where: str) -> S:
    """Check settings as the engine hands them to a program.

    Args:
        model: What is wanted.
        given: By full keys: text, with lists and maps as JSON, or what that stands for.
        project: The stack's project, whose name the keys begin with.
        where: The stack's file, for messages.

    Raises:
        ConfigError: names the file and each key, what was found and what is wanted.
    """
    namespace = f"{project}:"
    mistakes = Mistakes(
        ConfigError(
            f"is not a known key. The keys here are aws:region and those that begin with {namespace}",
            code="unknown-key",
            place=f"{where}: {key}",
        )
        for key in given
        if key != "aws:region" and not key.startswith((namespace, "pulumi:"))
    )
    found = {
        key if key == "aws:region" else key.removeprefix(namespace): marked(structured(value))
        for key, value in given.items()
        if key == "aws:region" or key.startswith(namespace)
    }
    encrypted = list(_encrypted(model, found, project=project, where=where))
    for problem in encrypted:
        mistakes.add(problem)
    with mistakes:
        valid = validate(model, found, where=where, error=ConfigError)
        if not mistakes.found:
            return valid
    told = {each.place for each in encrypted}
    raise together(each for each in mistakes.found if each in encrypted or each.place not in told)


def _encrypted(model: type[AccountSettings], found: object, *, project: str, where: str) -> Iterator[ConfigError]:
    """Refuse to keep secret what commands have to read that decrypt nothing, and what AWS shows to everybody."""
    for path, _ in secrets_in(found):
        if not model.may_be_secret.fullmatch(path):
            key = path if path == "aws:region" else f"{project}:{path}"
            yield ConfigError(
                f"is encrypted, and only the value of a launch's parameter can be: all else is read by commands that "
                f"decrypt nothing. Write it in plain text: {set_command(where, key)} VALUE",
                code="setting-encrypted",
                place=f"{where}: {path}",
            )


def structured(text: object) -> object:
    """Give lists and maps their structure, and leave every other setting what it is."""
    if not isinstance(text, str) or not text.startswith(("[", "{")):
        return text
    try:
        return parse_json(text)
    except ValueError:  # or a Mistake, which is one: no setting is nested so deeply
        return text
