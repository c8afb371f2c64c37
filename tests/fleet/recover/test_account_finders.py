"""What a stack made outside Service Catalog is found there, and only where the stack made it."""

import json

import pytest

from fleet.recover.account_finders import release_stack
from fleet.recover.reconcile import SETTLERS
from fleet.recover.search import Absent, Inputs, NotOurs, Unclear
from tests.support.finding import (
    BUCKET,
    INSTANCES,
    OBJECT,
    OTHERS,
    ROLE,
    ROLE_POLICY,
    STACK,
    STACK_SET,
    STACK_SETS,
    TAGGED,
    TRUST,
    Find,
    make_portfolio,
    search_in,
)
from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION, RESEARCH
from tests.support.sandbox.process import Client, Sandbox
from tests.support.sandbox.setup import ADMINISTRATOR, TEMPLATE, policy

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


def test_a_role_is_found_by_its_name_and_the_stacks_tags(aws: Sandbox, find: Find, name: str) -> None:
    iam, name = aws.client("iam", HUB), f"ModelCatalogLaunch-{name}"
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
    s3, bucket = aws.client("s3", HUB), f"model-catalog-templates-{name}-0123abc"
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
    s3, name = aws.client("s3", HUB), f"model-catalog-templates-{name}"
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


def test_a_bucket_that_was_killed_before_its_tags_is_found_if_nobody_tags_it_meanwhile_or_uses_it(
    aws: Sandbox, find: Find, name: str
) -> None:
    s3, name = aws.client("s3", HUB), f"model-catalog-templates-{name}"

    def make(bucket: str) -> None:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def tagged_meanwhile(seconds: float) -> None:
        assert seconds > 0
        s3.put_bucket_tagging(Bucket=f"{name}-0000002", Tagging={"TagSet": OTHERS})

    make(f"{name}-0000001")
    assert f"{name}-0000001" == find(BUCKET, bucket=f"{name}-fffffff", planned=True)
    make(f"{name}-0000002")
    with pytest.raises(Unclear, match=f"{name}-0000001, {name}-0000002 are empty and have no tags"):
        find(BUCKET, bucket=f"{name}-fffffff", planned=True)
    assert f"{name}-0000001" == find(BUCKET, bucket=f"{name}-fffffff", planned=True, pause=tagged_meanwhile)
    s3.put_object(Bucket=f"{name}-0000001", Key="theirs", Body=b"x")
    with pytest.raises(Absent):
        find(BUCKET, bucket=f"{name}-fffffff", planned=True)


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
    cloudformation, name = aws.client("cloudformation", HUB), f"{name}-accepted-0123abc"
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


def _unit(organizations: Client) -> str:
    root = organizations.list_roots()["Roots"][0]["Id"]
    return organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"][0]["Id"]


def test_a_stack_that_cannot_be_deleted_is_released_from_what_is_in_the_way(
    aws: Sandbox, catalog: Client, name: str
) -> None:
    """A share that was accepted cannot be let go of once its portfolio is gone."""
    portfolio, cloudformation = make_portfolio(catalog, name), aws.client("cloudformation", RESEARCH)
    catalog.create_portfolio_share(PortfolioId=portfolio, AccountId=RESEARCH)
    accepting = {"Type": "AWS::ServiceCatalog::AcceptedPortfolioShare", "Properties": {"PortfolioId": portfolio}}
    template = json.dumps({"Resources": {"A": accepting}})
    made = cloudformation.create_stack(StackName=f"{name}-accepted-0123abc", TemplateBody=template)["StackId"]
    search, given = search_in(RESEARCH), Inputs({"region": REGION})
    SETTLERS[STACK](search, made, given)
    assert "CREATE_COMPLETE" == cloudformation.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"]
    assert not release_stack(search, made, given)
    catalog.delete_portfolio_share(PortfolioId=portfolio, AccountId=RESEARCH)
    catalog.delete_portfolio(Id=portfolio)
    cloudformation.delete_stack(StackName=made)
    SETTLERS[STACK](search, made, given)
    assert "DELETE_FAILED" == cloudformation.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"]

    assert release_stack(search, made, given)

    assert "DELETE_COMPLETE" == cloudformation.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"]
    assert not release_stack(search, made, given)
