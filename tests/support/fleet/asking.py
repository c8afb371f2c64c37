"""A fleet of three spokes without launches of their own, for which the platform team's files ask."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fleet.engine import Engine
from fleet.plan.inventory import Inventory
from fleet.plan.parameter_values import AskedValues
from shared.aws.accounts import Way, WrongAccountError
from tests.support.fleet.making import inventory, spoke
from tests.support.many import SCORING, write_platform

A, B, C = "300000000001", "300000000002", "300000000003"
SUBNETS = {"ssm": "/network/subnets"}
ZONES = {"stack": "network/production", "output": "zones"}


def scoring(**parameters: object) -> dict[str, Any]:
    """Give a launch with some of its parameters from elsewhere."""
    return {**SCORING, "parameters": {**SCORING["parameters"], **parameters}}


class FakeAccounts:
    """Answers as the Parameter Stores of accounts do.

    Attributes:
        values: Of the one parameter that is asked for, by account.
        asked: The accounts that somebody signed in to.
    """

    def __init__(self, **values: Mapping[str, Any]) -> None:
        self.values = {account.removeprefix("a"): value for account, value in values.items()}
        self.asked: list[str] = []

    def sign_in(self, way: Way) -> "FakeAccounts._Store":
        """Sign in; accounts that nobody knows have no role."""
        self.asked.append(way.account)
        if way.account not in self.values:
            raise WrongAccountError("no role is known to work as")
        return self._Store(self.values[way.account])

    class _Store:
        def __init__(self, found: Mapping[str, Any]) -> None:
            self._found = found

        def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - a boto3 client
            """Give itself."""
            assert ("ssm", "eu-central-1") == (service, region)
            return self

        def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803 - boto3's own names
            """Give the parameter. A plan decrypts nothing."""
            assert not WithDecryption
            return {"Parameters": [{"Name": Names[0], "Version": 1, "Type": "String", **self._found}]}


def asking(folder: Path, *entries: Mapping[str, Any], **changed: Any) -> Inventory:  # noqa: ANN401 - any part of an inventory
    """Give an inventory of three spokes without launches of their own, and with entries for them."""
    made = [spoke(folder, name, account, launches=[]) for name, account in (("a", A), ("b", B), ("c", C))]
    facts = changed.pop(
        "facts", {A: {"unit": "Live", "tags": {"label": "one"}}, B: {"unit": "Live"}, C: {"unit": "Test"}}
    )
    platform = write_platform(folder, *entries, accounts=facts)
    values = AskedValues(Engine(folder))
    return inventory(folder, {each.stack: each for each in made}, platform=platform, values=values, **changed)
