"""Finds what a stack made in Service Catalog.

Names are no keys there: two portfolios, products or versions may have one name, and AWS makes another whenever it is
told to. The tags that a stack puts on what it makes come with the call that makes it, so they tell whose it is.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fleet.recover.search import Absent, Finder, Found, Inputs, NotOurs, Search, Settler, absent_on
from shared.aws.provisioned_products import search_account
from shared.stack.import_file import ASSOCIATION, CONSTRAINT, LAUNCH, PORTFOLIO, PRODUCT, VERSION

SHARE: Final = "aws:servicecatalog/portfolioShare:PortfolioShare"
PRINCIPAL: Final = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
TAG_OPTION: Final = "aws:servicecatalog/tagOption:TagOption"
TAGGED: Final = "aws:servicecatalog/tagOptionResourceAssociation:TagOptionResourceAssociation"
ACTION: Final = "aws:servicecatalog/serviceAction:ServiceAction"
BUDGET: Final = "aws:servicecatalog/budgetResourceAssociation:BudgetResourceAssociation"

_SERVICE: Final = "servicecatalog"
_MISSING: Final = "ResourceNotFoundException"
_MOVING: Final = ("UNDER_CHANGE", "PLAN_IN_PROGRESS")
_SHARE_SECONDS: Final = 30
"""A share that is being removed is listed until that is done, and nothing else tells (source: Service Catalog API
reference, DescribePortfolioShares; the status of an action is told only to whoever has its token)."""

_INDEX_SECONDS: Final = 60
"""A new provisioned product is not found by a search at once."""


def _portfolio(search: Search, given: Inputs) -> Found:
    listed = search.pages(_SERVICE, "list_portfolios", "PortfolioDetails", given)
    client, name = search.client(_SERVICE, given), given["name"]
    return Found(
        id=_named(
            search,
            PORTFOLIO,
            f"the portfolio {name!r}",
            [each["Id"] for each in listed if each["DisplayName"] == name],
            lambda identity: client.describe_portfolio(Id=identity),
        )
    )


def _product(search: Search, given: Inputs) -> Found:
    listed = search.pages(_SERVICE, "search_products_as_admin", "ProductViewDetails", given)
    client, name = search.client(_SERVICE, given), given["name"]
    summaries = [each["ProductViewSummary"] for each in listed]
    return Found(
        id=_named(
            search,
            PRODUCT,
            f"the product {name!r}",
            [each["ProductId"] for each in summaries if each["Name"] == name],
            lambda identity: client.describe_product_as_admin(Id=identity),
        )
    )


def _named(
    search: Search, kind: str, what: str, identities: list[str], describe: Callable[[str], Mapping[str, Any]]
) -> str:
    new = [each for each in identities if not search.has(kind, each)]
    mine = [each for each in new if search.owns(describe(each).get("Tags"))]
    return search.only(kind, what, mine, [each for each in new if each not in mine])


def _version(search: Search, given: Inputs) -> Found:
    product, name = _own(search, PRODUCT, given["productId"]), given["name"]
    with absent_on(_MISSING):
        described = search.client(_SERVICE, given).describe_product_as_admin(Id=product)
    artifacts = [each["Id"] for each in described["ProvisioningArtifactSummaries"] if each["Name"] == name]
    ids = [f"{artifact}:{product}" for artifact in artifacts]
    return Found(id=search.only(VERSION, f"the version {name} of {product}", ids, ()))


def _association(search: Search, given: Inputs) -> Found:
    portfolio, product = _own(search, PORTFOLIO, given["portfolioId"]), _own(search, PRODUCT, given["productId"])
    with absent_on(_MISSING):
        listed = search.pages(_SERVICE, "list_portfolios_for_product", "PortfolioDetails", given, ProductId=product)
    _expect(portfolio in {each["Id"] for each in listed})
    return Found(id=f"{given.get('acceptLanguage', 'en')}:{portfolio}:{product}")


def _constraint(search: Search, given: Inputs) -> Found:
    portfolio, product = _own(search, PORTFOLIO, given["portfolioId"]), _own(search, PRODUCT, given["productId"])
    kind, client = given["type"], search.client(_SERVICE, given)
    with absent_on(_MISSING):
        listed = search.pages(
            _SERVICE,
            "list_constraints_for_portfolio",
            "ConstraintDetails",
            given,
            PortfolioId=portfolio,
            ProductId=product,
        )
    there = [each["ConstraintId"] for each in listed if each["Type"] == kind]
    new = [each for each in there if not search.has(CONSTRAINT, each)]
    wanted = json.loads(given["parameters"])
    mine = [each for each in new if json.loads(client.describe_constraint(Id=each)["ConstraintParameters"]) == wanted]
    if new and not mine:
        raise NotOurs(f"a {kind} constraint of {product} in {portfolio} is there ({new[0]}) with other parameters")
    return Found(id=search.only(CONSTRAINT, f"the {kind} constraint of {product} in {portfolio}", mine, ()))


def _share(search: Search, given: Inputs) -> Found:
    portfolio, kind, principal = _own(search, PORTFOLIO, given["portfolioId"]), given["type"], given["principalId"]
    _expect(_is_shared(search, given, portfolio, kind, principal))
    return Found(id=f"{portfolio}:{kind}:{principal}")


def _is_shared(search: Search, given: Inputs, portfolio: str, kind: str, principal: str) -> bool:
    with absent_on(_MISSING):
        listed = search.pages(
            _SERVICE, "describe_portfolio_shares", "PortfolioShareDetails", given, PortfolioId=portfolio, Type=kind
        )
    return principal.rpartition("/")[2] in {each["PrincipalId"].rpartition("/")[2] for each in listed}


def _principal(search: Search, given: Inputs) -> Found:
    """Find an access; it is nobody's in particular, since making it twice is the same as making it once."""
    portfolio, arn, kind = given["portfolioId"], given["principalArn"], given.get("principalType", "IAM")
    with absent_on(_MISSING):
        listed = search.pages(_SERVICE, "list_principals_for_portfolio", "Principals", given, PortfolioId=portfolio)
    _expect((arn, kind) in {(each["PrincipalARN"], each.get("PrincipalType", "IAM")) for each in listed})
    return Found(id=f"{given.get('acceptLanguage', 'en')},{arn},{portfolio},{kind}")


def _tag_option(search: Search, given: Inputs) -> Found:
    """Find a tag option, which has no tags: it is the stack's where nothing but what is the stack's uses it."""
    key, value = given["key"], given["value"]
    listed = search.pages(_SERVICE, "list_tag_options", "TagOptionDetails", given, Filters={"Key": key, "Value": value})
    new = [each["Id"] for each in listed if (each["Key"], each["Value"]) == (key, value)]
    new = [each for each in new if not search.has(TAG_OPTION, each)]
    for option in new:
        others = [each for each in _users(search, given, option) if not search.has(PORTFOLIO, each)]
        if any(not search.has(PRODUCT, each) for each in others):
            raise NotOurs(f"the tag option {key}={value} is there ({option}), and others use it")
    return Found(id=search.only(TAG_OPTION, f"the tag option {key}={value}", new, ()))


def _tagged(search: Search, given: Inputs) -> Found:
    option, resource = _own(search, TAG_OPTION, given["tagOptionId"]), given["resourceId"]
    with absent_on(_MISSING):
        _expect(resource in _users(search, given, option))
    return Found(id=f"{option}:{resource}")


def _users(search: Search, given: Inputs, option: str) -> list[str]:
    """List the ids of what uses a tag option. This listing alone calls both of its tokens PageToken."""
    client, asked, found = search.client(_SERVICE, given), {"TagOptionId": option}, list[str]()
    while True:
        page = client.list_resources_for_tag_option(**asked)
        found += [each["Id"] for each in page["ResourceDetails"]]
        if not page.get("PageToken"):
            return found
        asked["PageToken"] = page["PageToken"]


def _action(search: Search, given: Inputs) -> Found:
    """Find a service action, which has no tags either: it is the stack's where it is for the stack's products alone."""
    listed = search.pages(_SERVICE, "list_service_actions", "ServiceActionSummaries", given)
    named = [each["Id"] for each in listed if each["Name"] == given["name"]]
    new = [each for each in named if not search.has(ACTION, each)]
    for action in new:
        operation, result = "list_provisioning_artifacts_for_service_action", "ProvisioningArtifactViews"
        views = search.pages(_SERVICE, operation, result, given, ServiceActionId=action)
        if any(not search.has(PRODUCT, each["ProductViewSummary"]["ProductId"]) for each in views):
            raise NotOurs(f"the service action {given['name']} is there ({action}), and products of others have it")
    return Found(id=search.only(ACTION, f"the service action {given['name']}", new, ()))


def _budget(search: Search, given: Inputs) -> Found:
    name, resource = given["budgetName"], given["resourceId"]
    if not search.has(PORTFOLIO, resource) and not search.has(PRODUCT, resource):
        raise Absent
    with absent_on(_MISSING):
        listed = search.pages(_SERVICE, "list_budgets_for_resource", "Budgets", given, ResourceId=resource)
    _expect(name in {each["BudgetName"] for each in listed})
    return Found(id=f"{name}:{resource}")


def _launch(search: Search, given: Inputs) -> Found:
    """Find a launch by its name, which is unique in an account and region, once AWS has come to an end with it."""
    client, name = search.client(_SERVICE, given), given["name"]
    with absent_on(_MISSING):
        identity: str = client.describe_provisioned_product(Name=name)["ProvisionedProductDetail"]["Id"]
    tags: list[Mapping[str, str]] = []

    def listed() -> bool:
        found = search_account(client, search.account.id, given.get("region"), f"name:{name}")
        tags.extend(each.tags for each in found if each.id == identity)
        return bool(tags)

    search.until(listed, _INDEX_SECONDS)
    if not tags or not search.tags.items() <= tags[0].items():
        raise NotOurs(f"the provisioned product {name} is there ({identity}) without the stack's tags")
    _settle_launch(search, identity, given)
    if search.has(LAUNCH, identity) or _status(search, identity, given) is None:
        raise Absent
    return Found(id=identity)


def _status(search: Search, identity: str, given: Inputs) -> str | None:
    client = search.client(_SERVICE, given)
    try:
        return client.describe_provisioned_product(Id=identity)["ProvisionedProductDetail"]["Status"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _settle_launch(search: Search, identity: str, given: Inputs) -> None:
    search.until(lambda: _status(search, identity, given) not in _MOVING)


def _settle_share(search: Search, identity: str, given: Inputs) -> None:
    portfolio, kind, principal = identity.split(":", 2)

    def gone() -> bool:
        try:
            return not _is_shared(search, given, portfolio, kind, principal)
        except Absent:
            return True

    search.until(gone, _SHARE_SECONDS)


def _own(search: Search, kind: str, identity: str) -> str:
    """Give the id of what something hangs on, which has to be the stack's own."""
    if not search.has(kind, identity):
        raise Absent
    return identity


def _expect(there: bool) -> None:  # noqa: FBT001 - reads like an assertion
    if not there:
        raise Absent


FINDERS: Final[Mapping[str, Finder]] = {
    PORTFOLIO: _portfolio,
    PRODUCT: _product,
    VERSION: _version,
    ASSOCIATION: _association,
    CONSTRAINT: _constraint,
    SHARE: _share,
    PRINCIPAL: _principal,
    TAG_OPTION: _tag_option,
    TAGGED: _tagged,
    ACTION: _action,
    BUDGET: _budget,
    LAUNCH: _launch,
}
SETTLERS: Final[Mapping[str, Settler]] = {LAUNCH: _settle_launch, SHARE: _settle_share}
