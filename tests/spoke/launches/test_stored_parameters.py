"""Parameters of Systems Manager that launches take: asked for in few calls, and secrets by their versions."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.errors import CatalogError, LaunchError
from shared.secret_value import Secret
from spoke.launches.sources import Found
from spoke.launches.stored_parameters import stored_values
from spoke.parameter_sources import SsmParameter
from tests.support.many import source_use
from tests.support.offers import ACCOUNT
from tests.support.refused import refused


class Store:
    """Answers as the Parameter Store of one region does."""

    def __init__(self, stored: Mapping[str, Mapping[str, Any]], *, denied: bool = False) -> None:
        self._stored = stored
        self._denied = denied
        self.calls: list[tuple[list[str], bool]] = []

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803 - boto3's own names
        """Answer, as AWS does, with what there is."""
        assert len(Names) <= 10
        self.calls.append((Names, WithDecryption))
        if self._denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameters")
        found: list[dict[str, Any]] = []
        for name in Names:
            plain, colon, selector = name.partition(":")
            if plain in self._stored:
                given = {"Name": plain, "Version": 3, "ARN": f"arn:{plain}", "Type": "String", **self._stored[plain]}
                found.append({**given, **({"Selector": f":{selector}"} if colon else {})})
        return {"Parameters": found}


def test_parameters_are_asked_for_ten_at_a_time_in_their_region() -> None:
    here, there = Store({f"/a{n}": {"Value": str(n)} for n in range(12)}), Store({"/a0": {"Value": "west"}})
    uses = [source_use(SsmParameter(ssm=f"/a{n}"), name=f"P{n}") for n in range(12)]
    west = source_use(SsmParameter(ssm="/a0"), region="eu-west-1", name="West")

    found = stored_values(
        [*uses, west], {"eu-central-1": here, "eu-west-1": there}.__getitem__, ACCOUNT, decrypted=True
    )

    assert [10, 2] == [len(names) for names, _ in here.calls]
    assert ("11", "west") == (found["scoring", "P11"].value, found["scoring", "West"].value)


def test_a_version_that_is_named_is_the_one_that_is_taken() -> None:
    store = Store({"/a": {"Value": "x"}, "/b": {"Value": "y"}})
    uses = [source_use(SsmParameter(ssm=name), name=name[1]) for name in ("/a:2", "/b")]

    found = stored_values(uses, lambda _: store, ACCOUNT, decrypted=True)

    assert {"a": "x", "b": "y"} == {name: each.value for (_, name), each in found.items()}
    assert [["/b"], ["/a:2"]] == [names for names, _ in store.calls]


@pytest.mark.parametrize(("decrypted", "plain"), [(True, "hush"), (False, None)])
def test_a_secure_string_is_a_secret_known_by_its_version(*, decrypted: bool, plain: str | None) -> None:
    store = Store({"/a": {"Value": "hush" if decrypted else "AQICAH…", "Type": "SecureString"}})

    found = stored_values([source_use()], lambda _: store, ACCOUNT, decrypted=decrypted)

    assert {("scoring", "A"): Found(Secret("arn:/a:3", plain), "arn:/a:3")} == found
    assert [decrypted] == [flag for _, flag in store.calls]


def test_plain_text_in_a_hidden_parameter_is_known_by_its_version_too() -> None:
    found = stored_values([source_use(hidden=True)], lambda _: Store({"/a": {"Value": "x"}}), ACCOUNT, decrypted=False)

    assert Found(Secret("arn:/a:3", "x"), "arn:/a:3") == found["scoring", "A"]


def test_all_that_is_missing_is_told_with_account_and_region() -> None:
    with pytest.raises(CatalogError) as found:
        stored_values(
            [source_use(SsmParameter(ssm=name), name=name[1:]) for name in ("/x", "/y")],
            lambda _: Store({}),
            ACCOUNT,
            decrypted=True,
        )

    assert ["source-without-value"] * 2 == [each.code for each in found.value.all]
    assert f"the account {ACCOUNT} has no such parameter in eu-central-1" in str(found.value)


def test_what_may_not_be_read_is_refused_with_the_policy_that_lets_it() -> None:
    with refused(LaunchError, "source-unreadable", "here") as found:
        stored_values([source_use()], lambda _: Store({}, denied=True), ACCOUNT, decrypted=True)

    assert "docs/iam/spoke-parameters.json" in str(found.value)
