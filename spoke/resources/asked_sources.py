"""Asks for the values of parameters that come from elsewhere, before anything of them is declared."""

import asyncio
from collections.abc import Sequence

import pulumi

from shared.collecting import Mistakes
from spoke.config import SpokeSettings
from spoke.launches.sources import Found, Key, SourceUse, Values, missing, tags_taken, taken, uses_of
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import SsmParameter, StackOutput


async def ask_sources(wanted: WantedLaunches, *, where: str) -> Values:
    """Give the values of all parameters that are known before a launch runs; outputs of other launches are not.

    Args:
        wanted: What the spoke asks for.
        where: Its settings file, for messages.

    Raises:
        ConfigError: the credentials are of another account.
        LaunchError: a source has no value, or may not be read; all that is so is told.
    """
    mistakes, found = Mistakes(), dict[Key, Found]()
    with mistakes:
        found |= tags_taken(wanted)
    with mistakes:
        found |= await _of_stacks(uses_of(wanted, StackOutput))
    if parameters := [use for use, _ in uses_of(wanted, SsmParameter)]:
        with mistakes:
            found |= await asyncio.to_thread(_of_parameter_store, wanted.settings, parameters, where)
    mistakes.refuse()
    return found


async def _of_stacks(uses: Sequence[tuple[SourceUse, StackOutput]]) -> Values:
    """Read outputs of stacks, each of which is referred to once."""
    references: dict[str, pulumi.StackReference] = {}
    found, mistakes = dict[Key, Found](), Mistakes()
    for use, source in uses:
        full = source.stack if source.stack.count("/") > 1 else f"{pulumi.get_organization()}/{source.stack}"
        if full not in references:
            # The engine ends the program at once where there is no such stack, so its file and key are told before.
            pulumi.log.info(f"{use.place}: reads {full}")
            references[full] = pulumi.StackReference(full, stack_name=full)
        details = await references[full].get_output_details(source.output)
        secret = details.secret_value is not None
        value = details.secret_value if secret else details.value
        with mistakes:
            if value is None:
                raise missing(use, "the stack has no such output", "Correct the name, or deploy the stack first.")
            found[use.key] = taken(use, value, secret=secret)
    mistakes.refuse()
    return found


def _of_parameter_store(settings: SpokeSettings, uses: Sequence[SourceUse], where: str) -> Values:
    # Loaded here, since most spokes take nothing from there, and it takes a third of a second.
    from shared.aws.session import AccountSession  # noqa: PLC0415
    from spoke.launches.stored_parameters import stored_values  # noqa: PLC0415

    account = AccountSession(settings, where=where)
    return stored_values(uses, lambda region: account.client("ssm", region), account.id, decrypted=True)
