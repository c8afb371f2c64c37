"""The principals that the hub's settings name."""

from collections.abc import Sequence

import pulumi

from hub.config import HubSettings
from shared.stack.principals import Principal, find_principal, short_name


def find_principals(settings: HubSettings, opts: pulumi.InvokeOptions) -> Sequence[tuple[str, Principal]]:
    """Give each portfolio's key with a principal of it, and warn of every pattern.

    Raises:
        ConfigError: the account has no such principal.
    """
    found: list[tuple[str, Principal]] = []
    for index, item in enumerate(settings.principals):
        where = f"Pulumi.{pulumi.get_stack()}.yaml: principals[{index}]"
        if item.pattern is None:
            found.append((item.portfolio, find_principal(item, where=where, opts=opts)))
            continue
        pulumi.warn(
            f"{where}.pattern: anyone who can create a role, user or group that matches {item.pattern} may launch from "
            f"{item.portfolio}, in every account where the pattern applies. Protect such names by a service control "
            f"policy, or use names that only AWS gives, such as AWSReservedSSO_*."
        )
        found.append((item.portfolio, Principal(name=short_name(item.pattern), arn=item.pattern, type="IAM_PATTERN")))
    return found
