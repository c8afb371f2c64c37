"""Who may launch from a portfolio, by exact name, by permission set or by pattern."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from shared.aws.arn import Arn, PrincipalArn
from shared.between_fields import between_fields
from shared.errors import ConfigError, Mistake
from shared.validation import Key, SettingsDocument

MOST_PATTERNS: Final = 10
"""Patterns of a portfolio (source: Service Catalog API reference, AssociatePrincipalWithPortfolio)."""

PermissionSet = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_+=,.@-]{1,32}$",
        description="the name of a permission set of IAM Identity Center that is assigned to the account",
        examples=["DataScientist"],
    ),
]


class Grant(SettingsDocument):
    """One grant of a portfolio: exactly one way of naming whom.

    Attributes:
        portfolio: The portfolio's key in the catalog.
        arn: A principal of the stack's own account, by its ARN.
        permission_set: Whoever has it in the stack's own account.
    """

    portfolio: Key
    arn: PrincipalArn | None = None
    permission_set: PermissionSet | None = None

    @between_fields
    def _names_one(self) -> Iterator[Mistake]:
        fields = type(self).model_fields
        ways = {name: fields[name].alias or name for name in ("arn", "permission_set", "pattern") if name in fields}
        given = [key for name, key in ways.items() if getattr(self, name) is not None]
        if len(given) != 1:
            yield Mistake(
                f"names {' and '.join(given) or 'no principal'}. A grant names exactly one principal, by "
                f"{' or '.join(ways.values())}.",
                code="grant-not-of-one-principal",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A principal as a portfolio lists it.

    Attributes:
        name: A short one, for the association's logical name.
        identity: What AWS gave it when it was made; another one of the same name has another. None for a pattern.
    """

    name: str
    arn: str
    type: Literal["IAM", "IAM_PATTERN"] = "IAM"
    identity: pulumi.Input[str] | None = None


def short_name(arn: str) -> str:
    """Name a principal or a pattern without its account."""
    return Arn.parse(arn).resource.replace("/", "-")


def find_principal(grant: Grant, *, where: str, opts: pulumi.InvokeOptions) -> Principal:
    """Look up whom a grant names.

    Raises:
        ConfigError: the account has no such principal, or a permission set is not assigned to it.
    """
    if grant.permission_set is not None:
        return _of_permission_set(grant.permission_set, where, opts)
    arn = grant.arn or ""
    kind, name = Arn.parse(arn).kind, Arn.parse(arn).name
    try:
        match kind:
            case "role":
                identity = aws.iam.get_role(name=name, opts=opts).unique_id
            case "user":
                identity = aws.iam.get_user(user_name=name, opts=opts).user_id
            case _:
                identity = aws.iam.get_group(group_name=name, opts=opts).group_id
    except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed invoke
        raise ConfigError(
            f"invalid value {arn!r}, which cannot be looked up. Service Catalog takes only principals that exist: "
            f"correct the ARN, or create the {kind} first. AWS says: {' '.join(str(problem).split())}",
            code="principal-unknown",
            place=f"{where}.arn",
        ) from None
    return Principal(name=short_name(arn), arn=arn, identity=identity)


def _of_permission_set(name: str, where: str, opts: pulumi.InvokeOptions) -> Principal:
    """Find the role of a permission set, which nobody in the account can make or change.

    Its name ends in characters of AWS's choice (source: IAM Identity Center User Guide, "Referencing permission
    sets in resource policies").
    """
    pattern = f"^AWSReservedSSO_{name}_[0-9a-f]{{16}}$"
    found = aws.iam.get_roles(name_regex=pattern, path_prefix="/aws-reserved/sso.amazonaws.com/", opts=opts).arns
    if len(found) != 1:
        raise ConfigError(
            f"invalid value {name!r}, of which the account has {len(found) or 'no'} roles. Assign the permission set "
            f"to this account in IAM Identity Center, or correct its name.",
            code="permission-set-not-assigned",
            place=f"{where}.permissionSet",
        )
    identity = aws.iam.get_role(name=Arn.parse(found[0]).name, opts=opts).unique_id
    return Principal(name=f"permission-set-{name}", arn=found[0], identity=identity)


def associate(
    stem: str,
    principal: Principal,
    portfolio_id: pulumi.Input[str],
    *,
    region: str,
    opts: pulumi.ResourceOptions,
) -> aws.servicecatalog.PrincipalPortfolioAssociation:
    """Let a principal launch from a portfolio.

    A portfolio remembers whom it was told of, not the name: a role that was deleted and made again has lost its
    access, although the association is still there (source: aws-service-catalog-puppet issue 535). So another
    identity replaces the association.
    """
    anew = pulumi.ResourceOptions(
        replacement_trigger=principal.identity,
        # The new one has the old one's id, so removing the old one afterwards would remove it.
        delete_before_replace=True,
    )
    return aws.servicecatalog.PrincipalPortfolioAssociation(
        f"{stem}-{principal.name}",
        portfolio_id=portfolio_id,
        principal_arn=principal.arn,
        principal_type=principal.type,
        region=region,
        opts=pulumi.ResourceOptions.merge(opts, anew),
    )
