"""The index says of each version what its files say, and what follows from them on the day."""

import datetime as dt
from collections.abc import Callable

import pytest

from pages.index.model import Index
from pages.index.rights import rights
from pages.index.version import IndexedVersion
from shared.catalog.cost import estimate
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.written_index import FRAUD


def version(index: Index, number: str, product: str = FRAUD) -> IndexedVersion:
    """Give a version."""
    found = index.product(product)
    assert found
    wanted = found.version(number)
    assert wanted
    return wanted


@pytest.mark.parametrize(
    ("after", "state", "left", "following", "works"),
    [
        (0, "active", 100, ("deprecated", 10), (True, True, True)),
        (9, "active", 91, ("deprecated", 1), (True, True, True)),
        (10, "deprecated", 90, ("retired", 90), (False, True, True)),
        (99, "deprecated", 1, ("retired", 1), (False, True, True)),
        (100, "retired", 0, None, (False, False, True)),
        (500, "retired", 0, None, (False, False, True)),
    ],
)
def test_a_version_tells_its_state_its_days_left_and_what_works(
    index_on: Callable[..., Index],
    after: int,
    state: str,
    left: int,
    following: tuple[str, int] | None,
    works: tuple[bool, bool, bool],
) -> None:
    life = version(index_on(DAY + dt.timedelta(days=after)), "1.0.0").life

    assert (state, left) == (life.state, life.days_left)
    assert following == (life.next and (life.next.state, life.next.days))
    assert works == (life.works.launch, life.works.update, life.works.run)


def test_a_version_without_an_end_says_so(index: Index) -> None:
    life = version(index, "1.1.0").life

    assert (None, None) == (life.days_left, life.next)


def test_the_version_to_take_is_the_newest_that_may_be_launched(index: Index) -> None:
    product = index.product(FRAUD)

    assert product
    assert "1.1.0" == product.newest
    assert ["1.1.0"] == [each.version for each in product.versions if each.is_newest]


def test_a_figure_has_that_of_the_version_before_beside_it(index: Index) -> None:
    before, after = version(index, "1.0.0").metrics, version(index, "1.1.0").metrics

    assert {each.previous for each in before} == {None}
    assert {(each.evaluation, each.name, each.value) for each in before} >= {
        (each.evaluation, each.name, each.previous) for each in after if each.previous is not None
    }
    assert any(each.previous is not None for each in after)


def test_a_parameter_that_the_version_brings_is_not_required(index: Index) -> None:
    found = {each.name: each for each in version(index, "1.1.0").parameters}

    assert ("archive", False) == (found["ModelDataUrl"].brought, found["ModelDataUrl"].required)
    assert ("Capacity", "1 to 10") == (found["MinInstanceCount"].group, found["MinInstanceCount"].limits)


def test_a_hidden_parameter_s_default_is_nowhere_in_the_index(
    ending: CatalogCopy, index_on: Callable[..., Index]
) -> None:
    ending.replace(
        f"products/{FRAUD}/1.1.0.yaml",
        "  AlarmTopicArn:\n",
        "  Token:\n    Type: String\n    NoEcho: true\n    Default: hunter2\n  AlarmTopicArn:\n",
    )
    index = index_on()

    token = next(each for each in version(index, "1.1.0").parameters if each.name == "Token")
    assert (True, "****") == (token.hidden, token.default)
    assert "hunter2" not in index.model_dump_json()


def test_prices_by_region_reckon_what_the_index_says_of_the_defaults(index: Index) -> None:
    found = version(index, "1.1.0")
    defaults = {each.name: each.default for each in found.parameters if each.default is not None}

    assert found.cost
    for region, told in found.cost.with_defaults.items():
        assert told == estimate(found.cost.cost(region), defaults)


def test_resources_name_what_they_refer_to(index: Index) -> None:
    found = {each.logical_id: each for each in version(index, "1.1.0").resources}

    assert ["FraudConfig"] == found["FraudEndpoint"].references
    assert "Autoscaled" == found["ScalingPolicy"].condition
    assert "InstanceType" in found["FraudConfig"].parameters


def test_the_example_call_names_the_output_that_tells_the_endpoint(index: Index) -> None:
    [call] = version(index, "1.1.0").calls

    assert "<output EndpointName>" in call.python
    assert "invoke-endpoint" in call.cli
    assert [] == version(index, "1.0.0", "demand-forecaster-batch").calls
    [waiting] = version(index, "1.0.0", "speech-transcriber-async").calls
    assert "invoke-endpoint-async" in waiting.cli


def test_a_public_index_says_nothing_of_who_has_what(index_on: Callable[..., Index]) -> None:
    public, private = index_on().portfolios, index_on(private=True).portfolios

    assert all(each.shares is None for each in public)
    assert ["ORGANIZATION"] == [share.type for each in private for share in each.shares or []]


def test_a_portfolio_says_who_decides(index: Index) -> None:
    portfolio = next(each for each in index.portfolios if each.key == "gpu-inference")

    assert ("GPU Capacity", "Pulumi.hub.yaml") == (portfolio.access.decided_by, portfolio.access.file)
    assert "spoke ask-access SPOKE gpu-inference" in portfolio.access.command


def test_a_right_is_told_in_a_sentence() -> None:
    statement = {
        "Sid": "Keys",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:Encrypt"],
        "Resource": "arn:${Partition}:kms:*:${AccountId}:key/*",
        "Condition": {"StringNotEquals": {"kms:ViaService": ["s3.amazonaws.com", "sqs.amazonaws.com"]}},
    }

    [right] = rights([statement])

    assert (
        "may kms:Decrypt and kms:Encrypt on kms key/* of this account, while kms:ViaService not equals "
        "s3.amazonaws.com or sqs.amazonaws.com"
    ) == right.words
