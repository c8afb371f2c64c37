"""Each type is found in an account by what people and AWS know it by, and only where the stack made it."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.recover.reconcile import FINDERS, SETTLERS
from fleet.recover.search import UNKNOWN, Absent, Inputs, NotOurs, Search, Unclear
from shared.aws.session import AccountSession
from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION, RESEARCH
from tests.support.sandbox.process import Client, Sandbox, running, trust_service_catalog
from tests.support.sandbox.setup import ADMINISTRATOR, TEMPLATE, policy

TAGS = {"model-catalog-hub": "hub"}
TAGGED = [{"Key": "model-catalog-hub", "Value": "hub"}, {"Key": "team", "Value": "x"}]
OTHERS = [{"Key": "model-catalog-hub", "Value": "hub-b"}]
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"

PORTFOLIO = "aws:servicecatalog/portfolio:Portfolio"
PRODUCT = "aws:servicecatalog/product:Product"
VERSION = "aws:servicecatalog/provisioningArtifact:ProvisioningArtifact"
ASSOCIATION = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
CONSTRAINT = "aws:servicecatalog/constraint:Constraint"
SHARE = "aws:servicecatalog/portfolioShare:PortfolioShare"
PRINCIPAL = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
TAG_OPTION = "aws:servicecatalog/tagOption:TagOption"
ON_RESOURCE = "aws:servicecatalog/tagOptionResourceAssociation:TagOptionResourceAssociation"
BUDGET = "aws:servicecatalog/budgetResourceAssociation:BudgetResourceAssociation"
LAUNCH = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
STACK = "aws:cloudformation/stack:Stack"
STACK_SET = "aws:cloudformation/stackSet:StackSet"
INSTANCES = "aws:cloudformation/stackInstances:StackInstances"
SETTINGS = {
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "put_public_access_block",
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    ),
    "aws:s3/bucketVersioning:BucketVersioning": (
        "put_bucket_versioning",
        {"VersioningConfiguration": {"Status": "Enabled"}},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": ("put_bucket_policy", {"Policy": TRUST}),
}

Find = Callable[..., str]


@pytest.fixture(scope="module")
def own_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An organization for this file."""
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        trust_service_catalog(started)
        yield started


@pytest.fixture
def aws(own_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Let our own clients reach it as whoever `at` says."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": own_sandbox.url,
        "AWS_ACCESS_KEY_ID": MANAGEMENT,
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return own_sandbox


@pytest.fixture
def find(aws: Sandbox) -> Find:
    """Look for something as a stack of the hub's account; `known` is what its state has."""

    def look(
        kind: str,
        *,
        known: Mapping[str, Collection[str]] | None = None,
        planned: bool = False,
        account: str = HUB,
        **inputs: object,
    ) -> str:
        assert aws
        search = search_in(account, known=known, planned=planned)
        return FINDERS[kind](search, Inputs({"region": REGION, **inputs})).id

    return look


def search_in(account: str, *, known: Mapping[str, Collection[str]] | None = None, planned: bool = False) -> Search:
    """Make a search of an account, that does not wait."""
    return Search(account=signed_in(account), tags=TAGS, known=known or {}, planned=planned, pause=lambda _: None)


@cache
def signed_in(account: str) -> AccountSession:
    """Sign in once: each time takes a second."""
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole" if account != MANAGEMENT else None
    settings = SimpleNamespace(account_id=account, assume_role=role, region=REGION)
    return AccountSession(settings, where="Pulumi.hub.yaml")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Name what a test makes, so that the others do not find it."""
    return f"t{abs(hash(request.node.name)) % 10**9}"


@pytest.fixture
def catalog(aws: Sandbox) -> Client:
    """Give the hub's Service Catalog."""
    return aws.client("servicecatalog", HUB)


def make_portfolio(catalog: Client, name: str, tags: list[dict[str, str]] = TAGGED) -> str:
    """Make a portfolio."""
    return catalog.create_portfolio(DisplayName=name, ProviderName="p", Tags=tags)["PortfolioDetail"]["Id"]


def make_product(aws: Sandbox, name: str, tags: list[dict[str, str]] = TAGGED) -> str:
    """Make a product with a version of that name."""
    s3 = aws.client("s3", HUB)
    bucket = f"templates-{name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="t", Body=TEMPLATE.encode())
    made = aws.client("servicecatalog", HUB).create_product(
        Name=name,
        Owner="ml",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        Tags=tags,
        ProvisioningArtifactParameters={
            "Name": "1.0.0",
            "Info": {"LoadTemplateFromURL": f"https://{bucket}.s3.{REGION}.amazonaws.com/t"},
        },
    )
    return made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]


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
    catalog.associate_tag_option_with_resource(TagOptionId=option, ResourceId=make_portfolio(catalog, name))
    with pytest.raises(NotOurs):
        find(TAG_OPTION, key=name, value="gold")


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
    for wrong in ({**asked, "principalId": HUB, "known": own}, {**asked, "known": {}}):
        with pytest.raises(Absent):
            find(SHARE, **wrong)
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


def test_a_role_is_found_by_its_name_and_the_stacks_tags(aws: Sandbox, find: Find, name: str) -> None:
    iam = aws.client("iam", HUB)
    with pytest.raises(Absent):
        find(ROLE, name=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=OTHERS)
    with pytest.raises(NotOurs):
        find(ROLE, name=name)

    iam.tag_role(RoleName=name, Tags=TAGGED)

    assert name == find(ROLE, name=name)
    own = {ROLE: [name]}
    with pytest.raises(Absent):
        find(ROLE, name=name, known=own)
    with pytest.raises(Absent):
        find(ROLE_POLICY, role=name, name="catalog", known=own)
    iam.put_role_policy(RoleName=name, PolicyName="catalog", PolicyDocument=policy(ADMINISTRATOR))
    assert f"{name}:catalog" == find(ROLE_POLICY, role=name, name="catalog", known=own)
    with pytest.raises(Absent):
        find(ROLE_POLICY, role=name, name="catalog")


def test_a_bucket_is_found_with_what_is_set_and_put_in_it(aws: Sandbox, find: Find, name: str) -> None:
    s3, bucket = aws.client("s3", HUB), f"{name}-0123abc"
    with pytest.raises(Absent):
        find(BUCKET, bucket=bucket)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    own = {BUCKET: [bucket]}

    assert bucket == find(BUCKET, bucket=bucket), "its tags come with a second call"
    for kind, (operation, given) in SETTINGS.items():
        with pytest.raises(Absent):
            find(kind, bucket=bucket, known=own)
        getattr(s3, operation)(Bucket=bucket, **given)
        assert bucket == find(kind, bucket=bucket, known=own)
        with pytest.raises(Absent):
            find(kind, bucket=bucket)
    with pytest.raises(Absent):
        find(OBJECT, bucket=bucket, key="templates/a", known=own)
    s3.put_object(Bucket=bucket, Key="templates/a", Body=b"x")
    assert "templates/a" == find(OBJECT, bucket=bucket, key="templates/a", known=own)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": OTHERS})
    with pytest.raises(NotOurs):
        find(BUCKET, bucket=bucket)


def test_a_bucket_that_a_preview_names_anew_is_found_by_the_rest_of_its_name_and_its_tags(
    aws: Sandbox, find: Find, name: str
) -> None:
    s3 = aws.client("s3", HUB)
    for bucket, tags in {
        f"{name}-0000001": TAGGED,
        f"{name}-0000002": OTHERS,
        f"{name}-0000003": [],
        f"{name}-more-0000004": TAGGED,
        f"{name}-by-hand": TAGGED,
    }.items():
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        if tags:
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})

    assert f"{name}-0000001" == find(BUCKET, bucket=f"{name}-fffffff", planned=True)
    with pytest.raises(Absent):
        find(BUCKET, bucket=f"{name}-fffffff", planned=True, known={BUCKET: [f"{name}-0000001"]})


def test_a_bucket_of_another_account_is_not_taken(aws: Sandbox, find: Find, name: str) -> None:
    aws.client("s3", RESEARCH).create_bucket(
        Bucket=f"{name}-0123abc", CreateBucketConfiguration={"LocationConstraint": REGION}
    )

    with pytest.raises((NotOurs, Absent)):
        find(BUCKET, bucket=f"{name}-0123abc")


def test_a_stack_is_found_by_its_name_and_the_stacks_tags(aws: Sandbox, find: Find, name: str) -> None:
    cloudformation = aws.client("cloudformation", HUB)
    with pytest.raises(Absent):
        find(STACK, name=f"{name}-0000001")
    made = [
        cloudformation.create_stack(StackName=f"{name}-000000{number}", TemplateBody=TEMPLATE, Tags=tags)["StackId"]
        for number, tags in enumerate([OTHERS, TAGGED])
    ]

    with pytest.raises(NotOurs):
        find(STACK, name=f"{name}-0000000")
    assert made[1] == find(STACK, name=f"{name}-0000001")
    assert made[1] == find(STACK, name=f"{name}-fffffff", planned=True)
    with pytest.raises(Absent):
        find(STACK, name=f"{name}-0000001", known={STACK: made})


def test_a_stack_that_never_came_to_be_is_removed(aws: Sandbox, find: Find, name: str) -> None:
    cloudformation = aws.client("cloudformation", HUB)
    broken = "Resources: {A: {Type: AWS::ServiceCatalog::AcceptedPortfolioShare, Properties: {PortfolioId: port-a}}}"
    cloudformation.create_stack(StackName=name, TemplateBody=broken, Tags=TAGGED)

    with pytest.raises(Absent):
        find(STACK, name=name)
    listed = [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]]
    assert name not in listed


def test_a_stack_set_is_found_with_its_instances(aws: Sandbox, find: Find, name: str) -> None:
    aws.client("cloudformation", MANAGEMENT).activate_organizations_access()
    organizations = aws.client("organizations", MANAGEMENT)
    organizations.enable_aws_service_access(ServicePrincipal=STACK_SETS)
    organizations.register_delegated_administrator(AccountId=HUB, ServicePrincipal=STACK_SETS)
    sets = aws.client("cloudformation", HUB)
    asked = {"callAs": "DELEGATED_ADMIN"}
    units = {"organizationalUnitIds": [_unit(organizations)]}
    hung = {**asked, "stackSetName": name, "deploymentTargets": units, "known": {STACK_SET: [name]}}
    with pytest.raises(Absent):
        find(STACK_SET, name=name, **asked)

    sets.create_stack_set(
        StackSetName=name,
        TemplateBody=TEMPLATE,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True},
        CallAs="DELEGATED_ADMIN",
        Tags=TAGGED,
    )

    assert name == find(STACK_SET, name=name, **asked)
    with pytest.raises(Absent):
        find(INSTANCES, **hung)
    sets.create_stack_instances(
        StackSetName=name,
        CallAs="DELEGATED_ADMIN",
        Regions=[REGION],
        DeploymentTargets={"OrganizationalUnitIds": units["organizationalUnitIds"]},
    )
    assert f"{name},DELEGATED_ADMIN,OU" == find(INSTANCES, **hung)
    with pytest.raises(Absent):
        find(INSTANCES, **{**hung, "known": {}})
    listed = sets.list_stack_set_operations(StackSetName=name, CallAs="DELEGATED_ADMIN")["Summaries"]
    assert {"SUCCEEDED"} == {each["Status"] for each in listed}, "it was waited for"
    sets.update_stack_set(
        StackSetName=name,
        TemplateBody=TEMPLATE,
        CallAs="DELEGATED_ADMIN",
        PermissionModel="SERVICE_MANAGED",
        Tags=OTHERS,
    )
    SETTLERS[STACK_SET](search_in(HUB), name, Inputs({"region": REGION, **asked}))
    with pytest.raises(NotOurs):
        find(STACK_SET, name=name, **asked)


def test_the_organizations_access_is_found(find: Find) -> None:
    service = "servicecatalog.amazonaws.com"
    delegated = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
    trusted = "aws:organizations/awsServiceAccess:AwsServiceAccess"
    switched = "aws:servicecatalog/organizationsAccess:OrganizationsAccess"

    assert MANAGEMENT == find(switched, account=MANAGEMENT, enabled=True)
    assert service == find(trusted, account=MANAGEMENT, servicePrincipal=service)
    assert f"{HUB}/{service}" == find(delegated, account=MANAGEMENT, accountId=HUB, servicePrincipal=service)
    for kind, given in (
        (trusted, {"servicePrincipal": "fms.amazonaws.com"}),
        (delegated, {"accountId": RESEARCH, "servicePrincipal": service}),
    ):
        with pytest.raises(Absent):
            find(kind, account=MANAGEMENT, **given)


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


def _unit(organizations: Client) -> str:
    root = organizations.list_roots()["Roots"][0]["Id"]
    return organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"][0]["Id"]
