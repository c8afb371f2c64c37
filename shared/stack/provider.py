"""The one place where a stack's AWS provider is made."""

from collections.abc import Collection

import pulumi
import pulumi_aws as aws

from shared.aws.caller import works_as
from shared.aws.reach import refuse_silent_endpoints
from shared.errors import ConfigError
from shared.stack.settings import AccountSettings


def account_provider(settings: AccountSettings, *, foreign_tags: Collection[str] = ()) -> aws.Provider:
    """Make a stack's only provider.

    It refuses credentials of any account but the stack's before anything is touched, and tags what it makes.
    One instance per stack also keeps portfolio shares in line: the provider locks them per process, and AWS
    takes one share action at a time (source: terraform-provider-aws, portfolio_share.go).

    Args:
        settings: The stack's.
        foreign_tags: Keys of tags that somebody else puts on what the stack makes, and of which it takes no notice.

    Raises:
        UnreachableError: an endpoint that the environment names does not answer, for which the provider waits minutes.
    """
    refuse_silent_endpoints(f"what the stack of Pulumi.{pulumi.get_stack()}.yaml has")
    session_name = f"model-catalog-{pulumi.get_stack()}"[:64]
    arns = [arn for arn in settings.roles if not works_as(arn, region=settings.region)]
    roles = [aws.ProviderAssumeRoleArgs(role_arn=arn, session_name=session_name) for arn in arns]
    return aws.Provider(
        "account",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        assume_roles=roles or None,
        default_tags=aws.ProviderDefaultTagsArgs(tags=all_tags(settings)),
        ignore_tags=aws.ProviderIgnoreTagsArgs(keys=sorted(foreign_tags)) if foreign_tags else None,
    )


def confirm_account(provider: aws.Provider, settings: AccountSettings) -> str:
    """Check the credentials before anything else is done with them, and give the caller's ARN.

    Raises:
        ConfigError: the credentials are missing or expired, are of another account, or may not assume the role.
    """
    try:
        return aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider)).arn
    except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed invoke
        reason = " ".join(str(problem).split())
        remedy = "check assumeRole and who may assume it" if settings.assume_role else "or set assumeRole"
        raise ConfigError(
            f"no access to the account {settings.account_id} with the credentials at hand. "
            f"Use credentials of that account, {remedy}. Nothing was changed. AWS says: {reason}",
            code="account-without-access",
            place=f"Pulumi.{pulumi.get_stack()}.yaml: accountId",
        ) from None


def standard_tags() -> dict[str, str]:
    """Tag what a stack makes with its origin.

    They are the same in every run, because Service Catalog gets all tags with every update of a provisioned
    product. Hub and spoke use different keys, because what is launched gets the tags of both.
    """
    return {pulumi.get_project(): pulumi.get_stack()}


def all_tags(settings: AccountSettings) -> dict[str, str]:
    """Give the tags of all that a stack makes: its origin, and what its settings add to that."""
    return {**settings.tags, **standard_tags()}
