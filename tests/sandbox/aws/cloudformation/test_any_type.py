"""Products of any resource types: built by the registry's schemas, and in moto where moto has such a thing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.setup import Setup, parameters, policy

pytestmark = pytest.mark.sandbox_only

TEMPLATE = (Path(__file__).parent / "many_services.yaml").read_text()
SCHEDULE = (
    "{Parameters: {Role: {Type: String}}, Resources: {S: {Type: AWS::Scheduler::Schedule, Properties: "
    "{FlexibleTimeWindow: {Mode: 'OFF'}, ScheduleExpression: rate(1 day), "
    "Target: {Arn: 'arn:aws:sqs:eu-central-1:333344445555:q', RoleArn: {Ref: Role}}}}}}"
)
HERE = rf"[\w-]+:{ACCOUNTS.research}:"


class Launched:
    """A launch, and what it says of itself."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.product = setup.launch()
        self.outputs: dict[str, str] = {}
        page: dict[str, Any] = {"NextPageToken": None}
        while "NextPageToken" in page:
            more = {"PageToken": page["NextPageToken"]} if page["NextPageToken"] else {}
            page = setup.research.describe_record(Id=self.product["LastRecordId"], **more)
            self.outputs |= {each["OutputKey"]: each["OutputValue"] for each in page["RecordOutputs"]}

    def client(self, service: str) -> Any:  # noqa: ANN401 - see Client
        return self.setup.client(service, ACCOUNTS.research)

    def listed(self) -> dict[str, dict[str, Any]]:
        """What the sandbox says of each resource, by logical id."""
        resources: Any = self.setup.sandbox.ask("resources")
        return {each["logical_id"]: each for each in resources if each["stack"].endswith(self.product["Id"])}


@pytest.fixture(scope="module")
def launched(sandbox: Sandbox) -> Iterator[Launched]:
    setup = Setup(sandbox, region="us-west-2")  # not every region has every type
    setup.version = setup.add_version("all", TEMPLATE)
    yield (launched := Launched(setup.open()))
    assert setup.terminated(launched.product["Id"])
    assert not launched.listed()
    names = launched.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in names if launched.product["Id"] in name]


def test_it_is_launched(launched: Launched) -> None:
    assert launched.product["Status"] == "AVAILABLE", launched.product.get("StatusMessage")


@pytest.mark.parametrize(
    ("output", "pattern"),
    [
        ("Alarm", rf"arn:aws:cloudwatch:{HERE}alarm:SC-.*-Alarm-\w+"),
        ("Endpoint", rf"arn:aws:sagemaker:{HERE}endpoint/.*"),
        ("EndpointName", r"SC-.*-Endpoint-\w+"),
        ("Firewall", r"sg-[0-9a-f]+"),
        ("Function", rf"arn:aws:lambda:{HERE}function:SC-.*-Function-\w+"),
        ("Group", rf"arn:aws:sagemaker:{HERE}model-package-group/.*-models"),
        ("Guardrail", rf"arn:aws:bedrock:{HERE}guardrail/.+"),
        ("Key", rf"arn:aws:kms:{HERE}key/[0-9a-f-]{{36}}"),
        ("Logs", rf"arn:aws:logs:{HERE}log-group:SC-.*"),
        ("Machine", rf"arn:aws:states:{HERE}stateMachine:SC-.*-Machine-\w+"),
        ("Model", rf"arn:aws:sagemaker:{HERE}model/.*"),
        ("Parameter", r"SC-.*-Parameter-\w+"),
        ("Queue", rf"https://sqs.[\w-]+.amazonaws.com/{ACCOUNTS.research}/SC-.*"),
        ("QueueArn", rf"arn:aws:sqs:{HERE}SC-.*-Queue-\w+"),
        ("Rule", r"SC-.*-Rule-\w+"),
        ("RuleArn", rf"arn:aws:events:{HERE}rule/SC-.*"),
        ("Scaling", rf"arn:aws:autoscaling:{HERE}scalingPolicy:.*:policyName/half"),
        ("Stage", "v1"),
        ("TableArn", rf"arn:aws:dynamodb:{HERE}table/SC-.*-Table-\w+"),
        ("Target", r"table/SC-.*\|dynamodb:table:ReadCapacityUnits\|dynamodb"),
        ("Topic", rf"arn:aws:sns:{HERE}SC-.*-Topic-\w+"),
    ],
)
def test_a_ref_and_an_attribute_have_the_form_of_the_type(launched: Launched, output: str, pattern: str) -> None:
    """Template Reference, "Return values" of each type."""
    assert re.fullmatch(pattern, launched.outputs[output]), launched.outputs[output]


FOUND: list[tuple[str, Callable[[Any, dict[str, str]], object], object]] = [
    ("sns", lambda c, o: c.get_topic_attributes(TopicArn=o["Topic"])["Attributes"]["DisplayName"][:5], "from "),
    (
        "sqs",
        lambda c, o: c.get_queue_attributes(QueueUrl=o["Queue"], AttributeNames=["All"])["Attributes"][
            "VisibilityTimeout"
        ],
        "60",
    ),
    ("dynamodb", lambda c, o: c.describe_table(TableName=o["Table"])["Table"]["KeySchema"][0]["AttributeName"], "id"),
    ("lambda", lambda c, o: c.get_function(FunctionName=o["Function"])["Configuration"]["Handler"], "index.handler"),
    ("stepfunctions", lambda c, o: c.describe_state_machine(stateMachineArn=o["Machine"])["status"], "ACTIVE"),
    ("events", lambda c, o: c.list_targets_by_rule(Rule=o["Rule"])["Targets"][0]["Id"], "fn"),
    ("cloudwatch", lambda c, o: c.get_dashboard(DashboardName=o["Board"])["DashboardName"][:3], "SC-"),
    (
        "application-autoscaling",
        lambda c, o: [
            each["PolicyName"]
            for each in c.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
            if each["ResourceId"] == f"table/{o['Table']}"
        ],
        ["half"],
    ),
    ("sagemaker", lambda c, o: len(c.describe_model(ModelName=o["Model"].split("/")[1])["Containers"]), 2),
    ("sagemaker", lambda c, o: c.describe_endpoint(EndpointName=o["EndpointName"])["EndpointStatus"], "InService"),
    ("sagemaker", lambda c, o: c.describe_pipeline(PipelineName=o["Pipeline"])["PipelineName"][-6:], "-train"),
    (
        "sagemaker",
        lambda c, o: c.describe_feature_group(FeatureGroupName=o["Features"])["RecordIdentifierFeatureName"],
        "id",
    ),
    ("kms", lambda c, o: c.describe_key(KeyId=o["Key"])["KeyMetadata"]["KeyState"], "Enabled"),
    (
        "logs",
        lambda c, o: c.describe_log_groups(logGroupNamePrefix=o["Logs"].split(":")[6])["logGroups"][0][
            "retentionInDays"
        ],
        7,
    ),
    (
        "ec2",
        lambda c, o: c.describe_security_groups(GroupIds=[o["Firewall"]])["SecurityGroups"][0]["IpPermissions"][0][
            "FromPort"
        ],
        443,
    ),
    ("apigateway", lambda c, o: c.get_resource(restApiId=o["Api"], resourceId=o["Path"])["path"], "/predict"),
    ("ssm", lambda c, o: c.get_parameter(Name=o["Parameter"])["Parameter"]["Value"][:12], "arn:aws:sqs:"),
    (
        "budgets",
        lambda c, o: c.describe_budget(AccountId=ACCOUNTS.research, BudgetName=o["Budget"])["Budget"]["TimeUnit"],
        "MONTHLY",
    ),
]


@pytest.mark.parametrize(("service", "look", "found"), FOUND, ids=[f"{n} {each[0]}" for n, each in enumerate(FOUND)])
def test_what_moto_has_is_there_for_other_clients(
    launched: Launched, service: str, look: Callable[[Any, dict[str, str]], object], found: object
) -> None:
    assert look(launched.client(service), launched.outputs) == found


def test_what_moto_lacks_is_kept_as_declared_and_listed(launched: Launched) -> None:
    listed = launched.listed()
    declared = {name for name, each in listed.items() if each["kept"] != "emulated"}
    assert declared == {"Guardrail"}
    assert "create_guardrail" in listed["Guardrail"]["kept"]
    assert "LiveQueue" not in listed
    assert "kms:Decrypt" in listed["Function"]["unchecked"]


def test_a_minimal_launch_role_suffices_and_less_does_not(setup: Setup) -> None:
    """What a handler names for properties that are not there is not asked for."""
    setup.version = setup.add_version("topic", "Resources: {Topic: {Type: AWS::SNS::Topic}}")
    own = "arn:aws:sns:*:*:SC-*"
    enough = {"Effect": "Allow", "Action": ["sns:CreateTopic", "sns:TagResource", "sns:DeleteTopic"], "Resource": own}
    role = setup.launch_role([*CLOUDFORMATION, enough])
    launched = setup.open().launch()
    assert launched["Status"] == "AVAILABLE", launched.get("StatusMessage")

    subscribing = (
        "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: x}]}}}"
    )
    setup.version = setup.add_version("subscribing", subscribing)
    refused = setup.launch()
    assert refused["Status"] == "ERROR"
    assert f"{role}/servicecatalog is not authorized to perform: sns:Subscribe" in refused["StatusMessage"]
    assert setup.terminated(refused["Id"])


def test_a_role_is_passed_with_permission_to_a_service_that_it_trusts(setup: Setup) -> None:
    """IAM User Guide, "Grant permissions to pass a role to a service"."""
    trusting = setup.role(ACCOUNTS.research, f"runs-{setup.name}", service="scheduler.amazonaws.com")
    other = setup.role(ACCOUNTS.research, f"other-{setup.name}", service="lambda.amazonaws.com")
    setup.version = setup.add_version("schedule", SCHEDULE)
    own = {"Effect": "Allow", "Action": "scheduler:*", "Resource": "*"}
    role = setup.launch_role([*CLOUDFORMATION, own])
    setup.open()
    assert "iam:PassRole" in setup.launch(ProvisioningParameters=parameters(Role=trusting))["StatusMessage"]

    to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": to_scheduler}
    iam = setup.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, own, passing))
    assert setup.launch(ProvisioningParameters=parameters(Role=trusting))["Status"] == "AVAILABLE"
    refused = setup.launch(ProvisioningParameters=parameters(Role=other))
    assert f"Could not assume role {other}" in refused["StatusMessage"]


@pytest.mark.parametrize(
    ("service", "pattern", "assumed"),
    [
        ("scheduler.amazonaws.com", "arn:aws:scheduler:*:333344445555:schedule/*", True),
        ("scheduler.amazonaws.com", "arn:aws:scheduler:*:444455556666:*", False),
        ("scheduler.amazonaws.com", "arn:aws:scheduler:xx-elsewhere-1:333344445555:*", False),
        ("scheduler.{region}.amazonaws.com", "arn:*:scheduler:{region}:*:*", True),
    ],
)
def test_a_role_may_trust_a_service_in_a_region_or_for_the_resources_of_an_account(
    setup: Setup, service: str, pattern: str, *, assumed: bool
) -> None:
    """IAM User Guide, "The confused deputy problem"; a role is passed to the service, whatever the region."""
    condition = {"ArnLike": {"aws:SourceArn": pattern.format(region=setup.region)}}
    trusted = service.format(region=setup.region)
    arn = setup.role(ACCOUNTS.research, f"runs-{setup.name}", trusted, condition=condition)
    setup.version = setup.add_version("schedule", SCHEDULE)
    to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": to_scheduler}
    _ = setup.launch_role([*CLOUDFORMATION, {"Effect": "Allow", "Action": "scheduler:*", "Resource": "*"}, passing])
    setup.open()

    launched = setup.launch(ProvisioningParameters=parameters(Role=arn))

    assert launched["Status"] == ("AVAILABLE" if assumed else "ERROR"), launched
    assert assumed or "Could not assume role" in launched["StatusMessage"]


def test_a_model_from_a_registered_package_is_built(setup: Setup) -> None:
    package = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/1"
    role = setup.role(ACCOUNTS.research, f"runs-{setup.name}", service="sagemaker.amazonaws.com")
    setup.version = setup.add_version(
        "package",
        "{Resources: {Model: {Type: AWS::SageMaker::Model, Properties: "
        f"{{ExecutionRoleArn: '{role}', Containers: [{{ModelPackageName: '{package}'}}]}}}}}},"
        "Outputs: {Name: {Value: {'Fn::GetAtt': [Model, ModelName]}}}}",
    )
    launched = Launched(setup.open())
    model = launched.client("sagemaker").describe_model(ModelName=launched.outputs["Name"])
    assert model["Containers"][0]["ModelPackageName"] == package
