"""Accounts that nobody has: the ids of AWS's documentation, which the shipped settings and samples name."""

from typing import Final

EXAMPLE_ACCOUNTS: Final = ("111122223333", "222233334444", "333344445555", "444455556666", "555566667777")
