"""What accounts run, for those who let something go."""

import sys
from pathlib import Path

from fleet.show.account_launches import AccountLaunches, launches_everywhere, not_looked_at


def launches_seen(*, stack: str = "") -> AccountLaunches:
    """Tell what all accounts run, or that of one stack, and warn of accounts that nobody can look at.

    Raises:
        CatalogError: an account, a record or a state cannot be read.
    """
    found = launches_everywhere(Path.cwd(), stack=stack)
    if note := not_looked_at(found):
        print(f"warning: {note}", file=sys.stderr)
    return found
