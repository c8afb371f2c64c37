"""Whether AWS would take a hub's shares: each by itself, so that a wrong one hides nothing of the others."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from botocore.exceptions import ClientError

from hub.config import ShareSetting
from shared.aws.organization import Organization
from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import code_of, error_text

NOT_THERE: Final = ("ParentNotFoundException", "TargetNotFoundException", "AccountNotFoundException")
"""What AWS answers to the id of a unit that the organization does not have."""

_NAMED: Final = 3
"""Accounts of some."""


def check_targets(targets: Sequence[tuple[ShareSetting, str]], organization: Organization) -> Iterator[Finding]:
    """Look at what each share is with, and at what two of a portfolio have in common."""
    reached: dict[str, list[tuple[ShareSetting, frozenset[str]]]] = {}
    for share, target in targets:
        subject = subject_of(share)
        try:
            yield _target(subject, share, target, organization)
            accounts = frozenset(_reached(share, target, organization))
        except ClientError as problem:
            yield _unreadable(subject, problem)
            continue
        for other, others in reached.get(share.portfolio, []):
            if both := accounts & others:
                yield failed(subject, _overlap(other, both))
        reached.setdefault(share.portfolio, []).append((share, accounts))


def subject_of(share: ShareSetting) -> str:
    """Name a share."""
    return f"share of {share.portfolio} with {share.target or 'the organization'}"


def _target(subject: str, share: ShareSetting, target: str, organization: Organization) -> Finding:
    match share.type:
        case "ACCOUNT":
            return Finding(subject, "one account, which accepts it")
        case "ORGANIZATION_MEMBER_ACCOUNT":
            return _member(subject, target, organization)
        case _:
            within = organization.statuses_below(target)
            reached = "one account" if len(within) == 1 else f"{len(within)} accounts"
            idle = sorted(account for account, status in within.items() if status != "ACTIVE")
            if idle:
                return warning(
                    subject,
                    f"{reached}, of which {', '.join(idle)} cannot get it, because they are suspended. AWS ends such a "
                    f"share as COMPLETED_WITH_ERRORS, and model-catalog stack up goes on after it",
                )
            return Finding(subject, f"{reached}, ACTIVE")


def _member(subject: str, target: str, organization: Organization) -> Finding:
    status = organization.statuses.get(target)
    if status is None:
        return failed(subject, "no account of the organization has that id. Correct it, or share by ACCOUNT")
    if status != "ACTIVE":
        return failed(subject, f"the account is {status}, and AWS shares with active ones. Remove the share")
    if target == organization.management:
        return failed(
            subject,
            "it is the management account, where no policy of the organization holds, so no models run there. Remove "
            "the share",
        )
    return Finding(subject, "one account of the organization, ACTIVE")


def _reached(share: ShareSetting, target: str, organization: Organization) -> Iterable[str]:
    """List the accounts that get a share by themselves; one of type ACCOUNT is accepted, or not."""
    if share.type == "ACCOUNT":
        return []
    return [target] if share.type == "ORGANIZATION_MEMBER_ACCOUNT" else organization.statuses_below(target)


def _unreadable(subject: str, problem: ClientError) -> Finding:
    """Say what AWS says of a target: one that is not there stands in the way, and one that may not be seen does not."""
    if code_of(problem) in NOT_THERE:
        return failed(subject, "the organization has no such unit. Correct the share, or remove it")
    return warning(subject, f"not checked: {error_text(problem)}")


def _overlap(other: ShareSetting, accounts: Collection[str]) -> str:
    more = f" and {len(accounts) - _NAMED} more" if len(accounts) > _NAMED else ""
    return (
        f"{', '.join(sorted(accounts)[:_NAMED])}{more} would get it by the share with "
        f"{other.target or 'the organization'} too, and ending one of the two would take it from them. Remove one of "
        f"the shares, or name units that have no account in common"
    )
