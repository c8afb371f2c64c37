"""Several stacks of one account: what each sets up, and what it uses of the others."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi_aws as aws
import pytest

from shared.errors import ConfigError, LaunchError
from spoke.launches.claims import Claim, claims_in, claims_of
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.graph import graph
from tests.support.offers import ACCOUNT, read
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, SETTINGS, settings

WHERE = "Pulumi.spoke-research.yaml"
FORECAST = {"name": "forecast", "product": "forecaster", "version": "1.0.0"}
SCIENTIST = f"arn:aws:iam::{ACCOUNT}:role/teams/DataScientist"
PRODUCTS = ("scorer", "embedder", "forecaster")
ROLES = [f"ModelCatalog{kind}-{product}" for kind in ("Launch", "Execution") for product in PRODUCTS]


@pytest.fixture
def set_up(mocks: Mocks) -> None:
    """Let other stacks have made the roles of all products."""
    mocks.answers["getRoles"] = lambda _: {"names": ROLES, "arns": []}


@pytest.mark.usefixtures("set_up")
def test_a_stack_that_sets_nothing_up_launches_by_what_is_there(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(portfolios=[])

    [launch] = [each for each in mocks.resources if each.type.startswith("aws:")]
    assert "scoring" == launch.inputs["name"]
    assert "lpv3-Online-prod-scorer" == launch.inputs["pathId"]


@pytest.mark.usefixtures("set_up")
def test_a_portfolio_is_set_up_although_nothing_is_launched_from_it_and_another_is_only_used(
    deploy: Callable[..., Mocks],
) -> None:
    mocks = deploy(portfolios=["batch"])

    assert {"port-batch"} == {
        each.inputs["portfolioId"] for each in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)
    }
    assert {"forecaster"} == {each.name for each in mocks.all("modelcatalog:spoke:ProductRoles")}
    assert {"scoring"} == {each.name for each in mocks.all(aws.servicecatalog.ProvisionedProduct)}


def test_whoever_names_the_portfolios_in_use_moves_nothing(deploy: Callable[..., Mocks], deployed: Mocks) -> None:
    assert graph(deployed) == graph(deploy(portfolios=["online"]))


def test_a_role_that_no_stack_has_made_is_refused_with_what_to_do(deploy: Callable[..., Mocks]) -> None:
    with refused(LaunchError, "role-missing", f"{WHERE}: portfolios") as found:
        deploy(portfolios=[])

    assert "has no role ModelCatalogLaunch-scorer, which scorer needs. Deploy the stack that sets" in str(found.value)


@pytest.mark.usefixtures("set_up")
def test_roles_of_a_product_can_be_left_to_another_stack(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(existingRoles=["scorer"])

    assert {"embedder"} == {each.name for each in mocks.all("modelcatalog:spoke:ProductRoles")}
    [launch] = mocks.all(aws.servicecatalog.ProvisionedProduct)
    assert "scoring" == launch.name


@pytest.mark.parametrize(
    ("asked", "code", "place"),
    [
        ({"portfolios": ["onlin"]}, "not-offered", f"{WHERE}: portfolios[0]"),
        ({"existingRoles": ["forecaster"]}, "existing-role-not-made-here", f"{WHERE}: existingRoles[0]"),
        (
            {"portfolios": ["batch"], "principals": [{"portfolio": "online", "arn": SCIENTIST}]},
            "grant-of-another-stacks-portfolio",
            f"{WHERE}: principals[0].portfolio",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    deploy: Callable[..., Mocks], asked: Mapping[str, Any], code: str, place: str
) -> None:
    with refused(LaunchError, code, place):
        deploy(**asked)


def test_a_portfolio_is_known_by_its_former_key_too(deploy: Callable[..., Mocks], offer: dict[str, Any]) -> None:
    offer["eu-central-1"]["portfolios"]["online"]["first_key"] = "live"

    mocks = deploy(portfolios=["live"])

    assert ["live-eu-central-1"] == [each.name for each in mocks.all("modelcatalog:spoke:GrantedPortfolio")]


def test_all_launches_begin_as_the_stack_says(deploy: Callable[..., Mocks]) -> None:
    with refused(ConfigError, "launch-name-without-prefix", f"{WHERE}: launches[0].name") as found:
        deploy(namePrefix="risk-")

    assert "For example: risk-scoring" in str(found.value)
    assert deploy(namePrefix="sco").all(aws.servicecatalog.ProvisionedProduct)


def planned(offer: Mapping[str, Any], **changed: object) -> set[Claim]:
    """Say what a stack with the usual settings, changed in the given keys, would have."""
    asked = settings(**changed)
    contract = read(offer)
    launches = resolve_launches(asked, contract, DAY, where=WHERE)
    wanted = wanted_portfolios(asked, contract, launches, where=WHERE)
    return set(claims_of(asked, wanted, roles_in_use(asked, contract, wanted, launches, where=WHERE), launches))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"launches": [LAUNCH, FORECAST], "principals": [{"portfolio": "batch", "arn": SCIENTIST}]},
        {"portfolios": ["batch", "online"], "existingRoles": ["scorer"]},
        {"portfolios": ["batch"], "principals": [{"portfolio": "batch", "permissionSet": "DataScientist"}]},
        {"portfolios": []},
        {"launchRoles": "existing", "launches": [LAUNCH, FORECAST]},
    ],
)
def test_what_is_planned_is_what_the_state_tells_afterwards(
    deploy: Callable[..., Mocks], mocks: Mocks, offer: dict[str, Any], asked: dict[str, Any]
) -> None:
    """Two sides are compared, so each thing has to have one name on both."""
    found = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_DataScientist_0123456789abcdef"
    mocks.answers["getRoles"] = lambda sought: (
        {"names": [], "arns": [found]} if "pathPrefix" in sought else {"names": ROLES, "arns": []}
    )
    asked = {**asked, "assumeRole": f"arn:aws:iam::{ACCOUNT}:role/teams/Deployer"}

    deployed = deploy(**{**SETTINGS, **asked})

    resources = [{"type": each.type, "inputs": each.inputs} for each in deployed.resources]
    assert planned(offer, **asked) == set(claims_in(resources))


def test_what_is_about_to_be_deleted_is_nobodys() -> None:
    role = {"type": "aws:iam/role:Role", "inputs": {"name": "ModelCatalogLaunch-scorer"}}

    assert [Claim("role", "ModelCatalogLaunch-scorer")] == list(claims_in([role]))
    assert [] == list(claims_in([{**role, "delete": True}]))
