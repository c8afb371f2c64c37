"""Values that launches take from the Parameter Store of their account."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.aws.parameter_store import StoredParameter, UnreadableParametersError, read_parameters
from shared.collecting import Mistakes
from shared.errors import LaunchError
from shared.secret_value import Secret
from spoke.launches.sources import Found, Key, SourceUse, Values, missing, taken
from spoke.parameter_sources import SsmParameter


def stored_values(uses: Sequence[SourceUse], client: Callable[[str], Any], account: str, *, decrypted: bool) -> Values:
    """Ask for the values of parameters that come from the store.

    Args:
        uses: All of one account.
        client: Gives the client of Systems Manager in a region.
        account: For messages.
        decrypted: Whether what is encrypted is decrypted; without that nobody learns it, and its version stands for it.

    Raises:
        LaunchError: one is missing, is nothing that a parameter takes, or may not be read; all that is so is told.
    """
    mistakes, found = Mistakes(), dict[Key, Found]()
    for region in sorted({use.region for use in uses}):
        here = [(use, use.source.ssm) for use in uses if use.region == region and isinstance(use.source, SsmParameter)]
        try:
            stored = read_parameters(client(region), [name for _, name in here], decrypted=decrypted)
        except UnreadableParametersError as problem:
            first = here[0][0]
            mistakes.add(
                LaunchError(
                    f"takes {first.source}, which cannot be read in the account {account} in {region}. Let the role "
                    f"that the stack works as read it (docs/iam/spoke-parameters.json). AWS says: {problem}",
                    code="source-unreadable",
                    place=first.place,
                )
            )
            continue
        for use, name in here:
            with mistakes:
                found[use.key] = _found(use, stored.get(name), account, decrypted=decrypted)
    mistakes.refuse()
    return found


def _found(use: SourceUse, stored: StoredParameter | None, account: str, *, decrypted: bool) -> Found:
    if stored is None:
        raise missing(
            use,
            f"the account {account} has no such parameter in {use.region}",
            f"Make it there (aws ssm put-parameter --region {use.region}), or correct the name.",
        )
    if stored.is_secret and not decrypted:
        return Found(Secret(stored.mark), stored.mark)
    hidden = stored.is_secret or use.hidden
    return taken(use, stored.value, mark=stored.mark if hidden else "", secret=stored.is_secret)
