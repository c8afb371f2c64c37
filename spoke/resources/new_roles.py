"""Waits until AWS knows a launch role that was made just now.

IAM tells the other services of a role some seconds after it is there, and until then Service Catalog cannot assume it:
a launch that begins too soon ends in ERROR, and has to be terminated before the next try. The provider repeats what
is refused for that reason, but a launch is taken, and fails later (source: IAM User Guide, "Troubleshoot IAM": changes
are not always immediately visible). AWS has no call that says when a role has become known, so its age decides.
"""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

import pulumi
from pulumi import ResourceHook, ResourceHookArgs

from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch

KNOWN_AFTER: Final = 15.0
"""Seconds. Ten are what providers and people have found to be enough as a rule."""
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, KNOWN_AFTER)


def role_hook(resolved: ResolvedLaunch, settings: SpokeSettings) -> ResourceHook:
    """Give the hook that lets a new launch wait for the role that it works as."""

    async def before_create(args: ResourceHookArgs) -> None:
        del args
        if resolved.product.stack_set is None:
            await until_known(_asking(resolved, settings), resolved.product.launch_role.name)

    return ResourceHook(f"{resolved.launch.name}-role-known", before_create)


async def until_known(
    ask: Callable[[], dict[str, Any]], name: str, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Wait until a role is old enough.

    Args:
        ask: Gives AWS's answer about the role; nothing where nobody may ask.
        name: The role's.
        sleep: How to wait.
    """
    for pause in _PAUSES:
        answer = await asyncio.get_running_loop().run_in_executor(None, ask)
        if not answer:
            return
        # Both times are AWS's own: the clock of this machine may be wrong.
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        age = (now - answer["Role"]["CreateDate"]).total_seconds()
        if age >= KNOWN_AFTER:
            return
        pulumi.log.debug(f"the role {name} is {age:.0f} seconds old: waiting until AWS knows it")
        await sleep(min(pause, KNOWN_AFTER - age))


def _asking(resolved: ResolvedLaunch, settings: SpokeSettings) -> Callable[[], dict[str, Any]]:
    clients: list[Any] = []

    def ask() -> dict[str, Any]:
        # What it asks AWS with takes a third of a second to load, which an update of what runs shall not wait for.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        from shared.aws.session import AccountSession  # noqa: PLC0415

        name = resolved.product.launch_role.name
        try:
            if not clients:
                clients.append(AccountSession(settings, where=resolved.where).client("iam"))
            return clients[0].get_role(RoleName=name)
        except (BotoCoreError, ClientError) as problem:
            pulumi.log.debug(f"the age of the role {name} is not known: {problem}")
            return {}

    return ask
