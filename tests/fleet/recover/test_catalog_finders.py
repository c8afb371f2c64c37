"""What a stack made in Service Catalog is found there, and only where the stack made it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fleet.recover.reconcile import SETTLERS
from fleet.recover.search import UNKNOWN, Absent, Inputs, NotOurs, Unclear
from tests.support.finding import (
    ACTION,
    ASSOCIATION,
    BUDGET,
    CONSTRAINT,
    LAUNCH,
    ON_RESOURCE,
    OTHERS,
    PORTFOLIO,
    PRINCIPAL,
    PRODUCT,
    SHARE,
    TAG_OPTION,
    TAGGED,
    VERSION,
    Find,
    make_portfolio,
    make_product,
    search_in,
)
from tests.support.sandbox.accounts import HUB, REGION, RESEARCH
from tests.support.sandbox.process import Client, Sandbox


@pytest.mark.parametrize("kind", [PORTFOLIO, PRODUCT])
class TestNamed:
    """Portfolios and products: names are no keys, the stack's tags tell whose they are."""

    @staticmethod
    def make(kind: str, aws: Sandbox, name: str, tags: list[dict[str, str]] = TAGGED) -> str:
        """Make one; a second product of a name has a bucket of its own."""
        if kind == PORTFOLIO:
            return make_portfolio(aws.client("servicecatalog", HUB), name, tags)
        catalog = aws.client("servicecatalog", HUB)
        made = make_product(aws, f"{name}x{len(catalog.search_products_as_admin()['ProductViewDetails'])}", tags)
        catalog.update_product(Id=made, Name=name)
        return made

    def test_the_stacks_own_is_found(self, kind: str, aws: Sandbox, find: Find, name: str) -> None:
        _ = self.make(kind, aws, name, OTHERS)
        made = self.make(kind, aws, name)

        assert made == find(kind, name=name)

    def test_what_the_state_has_is_not_found_again(self, kind: str, aws: Sandbox, find: Find, name: str) -> None:
        known = {kind: [self.make(kind, aws, name)]}

        with pytest.raises(Absent):
            find(kind, name=name, known=known)
        assert self.make(kind, aws, name) == find(kind, name=name, known=known)

    @pytest.mark.parametrize("tags", [[], OTHERS])
    def test_somebody_elses_is_not_taken(
        self, kind: str, aws: Sandbox, find: Find, name: str, tags: list[dict[str, str]]
    ) -> None:
        _ = self.make(kind, aws, name, tags)

        with pytest.raises(NotOurs):
            find(kind, name=name)

    def test_of_two_nobody_chooses(self, kind: str, aws: Sandbox, find: Find, name: str) -> None:
        two = {self.make(kind, aws, name) for _ in range(2)}

        with pytest.raises(Unclear) as unclear:
            find(kind, name=name)
        assert all(each in str(unclear.value) for each in two)

    @pytest.mark.parametrize("given", [{}, {"name": UNKNOWN}, {"name": "nobody has this"}])
    @pytest.mark.usefixtures("aws", "name")
    def test_what_is_not_there_is_not_found(self, kind: str, find: Find, given: dict[str, str]) -> None:
        with pytest.raises(Absent):
            find(kind, **given)


def test_a_version_is_found_in_the_stacks_own_product(aws: Sandbox, find: Find, catalog: Client, name: str) -> None:
    product = make_product(aws, name)
    [artifact] = catalog.describe_product_as_admin(Id=product)["ProvisioningArtifactSummaries"]
    own = {PRODUCT: [product]}

    assert f"{artifact['Id']}:{product}" == find(VERSION, productId=product, name="1.0.0", known=own)
    for known, number in ((own, "1.1.0"), ({}, "1.0.0"), ({**own, VERSION: [f"{artifact['Id']}:{product}"]}, "1.0.0")):
        with pytest.raises(Absent):
            find(VERSION, productId=product, name=number, known=known)


def test_what_hangs_on_portfolio_and_product_is_found_there(
    aws: Sandbox, find: Find, catalog: Client, name: str
) -> None:
    portfolio, product = make_portfolio(catalog, name), make_product(aws, name)
    own = {PORTFOLIO: [portfolio], PRODUCT: [product]}
    hung = {"portfolioId": portfolio, "productId": product, "known": own}
    rules = {**hung, "type": "RESOURCE_UPDATE", "parameters": json.dumps(_allowing("ALLOWED"))}
    budget = {"budgetName": name, "resourceId": portfolio}
    option = catalog.create_tag_option(Key=name, Value="v")["TagOptionDetail"]["Id"]
    tagged = {"tagOptionId": option, "resourceId": portfolio, "known": {TAG_OPTION: [option]}}
    asked = [(ASSOCIATION, hung), (CONSTRAINT, rules), (BUDGET, {**budget, "known": own}), (ON_RESOURCE, tagged)]
    for kind, inputs in asked:
        with pytest.raises(Absent):
            find(kind, **inputs)

    catalog.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
    made = catalog.create_constraint(
        PortfolioId=portfolio,
        ProductId=product,
        Type="RESOURCE_UPDATE",
        Parameters=json.dumps(_allowing("ALLOWED"), indent=1),
    )["ConstraintDetail"]["ConstraintId"]
    limit = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    aws.client("budgets", HUB).create_budget(
        AccountId=HUB, Budget={**limit, "BudgetLimit": {"Amount": "1", "Unit": "USD"}}
    )
    catalog.associate_budget_with_resource(BudgetName=name, ResourceId=portfolio)
    catalog.associate_tag_option_with_resource(TagOptionId=option, ResourceId=portfolio)

    ids = [f"en:{portfolio}:{product}", made, f"{name}:{portfolio}", f"{option}:{portfolio}"]
    assert ids == [find(kind, **inputs) for kind, inputs in asked]
    for kind, inputs in asked:
        with pytest.raises(Absent):  # what it hangs on is not the stack's
            find(kind, **{**inputs, "known": {}})
    with pytest.raises(NotOurs):
        find(CONSTRAINT, **{**rules, "parameters": json.dumps(_allowing("NOT_ALLOWED"))})
    with pytest.raises(Absent):
        find(CONSTRAINT, **{**rules, "known": {**own, CONSTRAINT: [made]}})


def test_a_new_tag_option_is_the_stacks_and_one_that_others_use_is_not(find: Find, catalog: Client, name: str) -> None:
    option = catalog.create_tag_option(Key=name, Value="gold")["TagOptionDetail"]["Id"]
    _ = catalog.create_tag_option(Key=name, Value="golden")

    assert option == find(TAG_OPTION, key=name, value="gold")
    for value, known in (("silver", {}), ("gold", {TAG_OPTION: [option]})):
        with pytest.raises(Absent):
            find(TAG_OPTION, key=name, value=value, known=known)
    portfolio = make_portfolio(catalog, name)
    catalog.associate_tag_option_with_resource(TagOptionId=option, ResourceId=portfolio)
    with pytest.raises(NotOurs):
        find(TAG_OPTION, key=name, value="gold")
    assert option == find(TAG_OPTION, key=name, value="gold", known={PORTFOLIO: [portfolio]})
    catalog.associate_tag_option_with_resource(TagOptionId=option, ResourceId=make_portfolio(catalog, f"{name}-other"))
    with pytest.raises(NotOurs):
        find(TAG_OPTION, key=name, value="gold", known={PORTFOLIO: [portfolio]})


def test_a_new_service_action_is_the_stacks_and_one_of_another_product_is_not(
    find: Find, aws: Sandbox, catalog: Client, name: str
) -> None:
    definition = {"Name": "AWS-RestartEC2Instance", "Version": "1"}
    made = catalog.create_service_action(Name=name, DefinitionType="SSM_AUTOMATION", Definition=definition)
    action: str = made["ServiceActionDetail"]["ServiceActionSummary"]["Id"]

    assert action == find(ACTION, name=name)
    for known, wanted in (({}, f"{name}-other"), ({ACTION: [action]}, name)):
        with pytest.raises(Absent):
            find(ACTION, name=wanted, known=known)
    product = make_product(aws, name)
    version = catalog.list_provisioning_artifacts(ProductId=product)["ProvisioningArtifactDetails"][0]["Id"]
    catalog.associate_service_action_with_provisioning_artifact(
        ProductId=product, ProvisioningArtifactId=version, ServiceActionId=action
    )
    with pytest.raises(NotOurs):
        find(ACTION, name=name)
    assert action == find(ACTION, name=name, known={PRODUCT: [product]})


@pytest.mark.parametrize(
    ("kind", "principal", "share"),
    [
        ("ACCOUNT", RESEARCH, {"AccountId": RESEARCH}),
        (
            "ORGANIZATION_MEMBER_ACCOUNT",
            RESEARCH,
            {"OrganizationNode": {"Type": "ACCOUNT", "Value": RESEARCH}},
        ),
    ],
)
def test_a_share_is_found_by_portfolio_and_recipient(
    find: Find, catalog: Client, name: str, kind: str, principal: str, share: dict[str, Any]
) -> None:
    portfolio = make_portfolio(catalog, name)
    asked = {"portfolioId": portfolio, "type": kind, "principalId": principal}
    own = {PORTFOLIO: [portfolio]}
    with pytest.raises(Absent):
        find(SHARE, **asked, known=own)

    catalog.create_portfolio_share(PortfolioId=portfolio, **share)

    settle_until(lambda: find(SHARE, **asked, known=own))
    assert f"{portfolio}:{kind}:{principal}" == find(SHARE, **asked, known=own)
    with pytest.raises(Absent):
        find(SHARE, **{**asked, "principalId": HUB}, known=own)
    with pytest.raises(Absent):  # its portfolio is not the stack's
        find(SHARE, **asked)
    catalog.delete_portfolio_share(PortfolioId=portfolio, **share)
    SETTLERS[SHARE](search_in(HUB), f"{portfolio}:{kind}:{principal}", Inputs({"region": REGION}))
    with pytest.raises(Absent):
        find(SHARE, **asked, known=own)


def settle_until(look: Callable[[], object]) -> None:
    """Look until it is there; the sandbox's time is fast."""
    for _ in range(200):
        try:
            _ = look()
        except Absent:
            continue
        return


def test_an_access_is_found_by_portfolio_and_principal(find: Find, catalog: Client, name: str) -> None:
    portfolio, arn = make_portfolio(catalog, name), f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole"
    asked = {"portfolioId": portfolio, "principalArn": arn}
    with pytest.raises(Absent):
        find(PRINCIPAL, **asked)
    with pytest.raises(Absent):
        find(PRINCIPAL, **{**asked, "portfolioId": "port-aaaaaaaaaaaaa"})

    catalog.associate_principal_with_portfolio(PortfolioId=portfolio, PrincipalARN=arn, PrincipalType="IAM")

    assert f"en,{arn},{portfolio},IAM" == find(PRINCIPAL, **asked)
    with pytest.raises(Absent):
        find(PRINCIPAL, **asked, principalType="IAM_PATTERN")


def test_a_launch_is_found_once_aws_has_come_to_an_end_with_it(
    aws: Sandbox, find: Find, catalog: Client, name: str
) -> None:
    product = make_product(aws, name)
    portfolio = make_portfolio(catalog, name)
    catalog.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
    arn = f"arn:aws:iam::{HUB}:user/administrator"
    catalog.associate_principal_with_portfolio(PortfolioId=portfolio, PrincipalARN=arn, PrincipalType="IAM")
    [artifact] = catalog.describe_product_as_admin(Id=product)["ProvisioningArtifactSummaries"]
    with pytest.raises(Absent):
        find(LAUNCH, name=name)
    launched: dict[str, str] = {}
    for launch, tags in ((name, TAGGED), (f"{name}-2", [{"Key": "by", "Value": "hand"}])):
        launched[launch] = catalog.provision_product(
            ProvisionedProductName=launch,
            ProductId=product,
            ProvisioningArtifactId=artifact["Id"],
            Tags=tags,
            ProvisionToken=launch,
        )["RecordDetail"]["ProvisionedProductId"]

    with pytest.raises(NotOurs):
        find(LAUNCH, name=f"{name}-2")
    assert launched[name] == find(LAUNCH, name=name)
    detail = catalog.describe_provisioned_product(Id=launched[name])["ProvisionedProductDetail"]
    assert "AVAILABLE" == detail["Status"]
    with pytest.raises(Absent):
        find(LAUNCH, name=name, known={LAUNCH: launched.values()})
    catalog.terminate_provisioned_product(ProvisionedProductId=launched[name], TerminateToken=name)
    SETTLERS[LAUNCH](search_in(HUB), launched[name], Inputs({"region": REGION}))
    with pytest.raises(Absent):
        find(LAUNCH, name=name)


def _allowing(how: str) -> dict[str, Any]:
    return {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": how}}
