"""What a preview asks beside the account itself, while it looks there: credentials, network, permissions."""

from collections.abc import Iterator
from typing import Final

from shared.aws.preflight import Check, CheckResult, Finding, begun, warning
from shared.aws.session import AccountSession
from shared.stack.engine_settings import SETTINGS_FOLDER
from shared.stack.own_state import own_resources
from shared.stack.readiness import SERVICES, credentials, network, permissions
from shared.stack.settings import AccountSettings

_SECONDS: Final = 10
"""A preview shows what it has by then, and says what was not answered."""


def begin_checks(account: AccountSession, settings: AccountSettings, kind: str, *, hub: str) -> list[Check]:
    """Begin the lines of `model-catalog doctor` that concern a stack; the checks given wait for what comes of them.

    Args:
        account: Of the stack.
        settings: Of the stack.
        kind: Of the stack: organization, hub or spoke.
        hub: The hub's account.
    """
    life = credentials(settings.region)
    way = network([settings.region, *getattr(settings, "all_regions", [])], SERVICES[kind])
    rights = permissions(account, settings, kind, hub=hub, folder=SETTINGS_FOLDER)
    alive, reachable, permitted = begun([life, way, rights], seconds=_SECONDS)
    return [alive, reachable, _first_time(permitted)]


def _first_time(check: Check) -> Check:
    """Let what is simulated stop a first deployment alone: what was deployed with these rights may go on with them."""

    def checked() -> Iterator[Finding]:
        for found in check():
            if found.verdict is CheckResult.FAILED and own_resources() != []:
                yield warning(found.subject, found.text)
            else:
                yield found

    return checked
