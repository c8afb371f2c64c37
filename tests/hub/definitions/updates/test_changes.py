"""What becomes of the resources of a launch, reckoned from two templates and the registry's schemas."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.definitions.templates import read_template
from hub.definitions.updates.behavior import Downtime, stays
from hub.definitions.updates.built import built
from hub.definitions.updates.changes import Fate, ResourceChange, changes
from hub.definitions.updates.values import Place, Reckoning, Untold
from tests.support.paths import ROOT

PLACE = Place(account="333344445555", region="eu-central-1")
FRAUD = ROOT / "hub" / "catalog" / "products" / "fraud-detector-realtime"
FIRST, SECOND = (f"s3://model-catalog-artifacts-hub/fraud-detector/{day}/model.tar.gz" for day in ("1", "2"))

Body = dict[str, Any]


def body(resources: Mapping[str, Any], **sections: object) -> Body:
    """Make a template's body."""
    return {"Resources": dict(resources), **sections}


def resource(kind: str, **properties: object) -> Body:
    """Declare a resource."""
    return {"Type": kind, "Properties": properties}


def compared(old: Body, new: Body, *, retagged: bool = False, **given: str) -> dict[str, ResourceChange]:
    """Compare two templates of one launch."""
    before, after = (Reckoning(body=each, given=given, place=PLACE).resources() for each in (old, new))
    return {each.logical_id: each for each in changes(before, after, retagged=retagged)}


def fraud(number: str, **given: str) -> dict[str, Body]:
    """Reckon a version of the sample catalog."""
    template = built(read_template(FRAUD / f"{number}.yaml"))
    return Reckoning(body=template, given={"ModelDataUrl": FIRST, **given}, place=PLACE).resources()


def fates(found: list[ResourceChange]) -> dict[str, Fate]:
    """Give the fates by logical id."""
    return {each.logical_id: each.fate for each in found}


MODEL = "AWS::SageMaker::Model"
CONFIG = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
ALARM = "AWS::CloudWatch::Alarm"
FUNCTION = "AWS::Lambda::Function"


def test_another_model_goes_through_to_the_endpoint_that_stays_in_service() -> None:
    found = changes(fraud("1.0.0"), fraud("1.0.0", ModelDataUrl=SECOND))

    assert {
        "FraudModel": Fate.REPLACED,
        "FraudConfig": Fate.REPLACED,
        "FraudEndpoint": Fate.CHANGED,
    } == fates(found)
    assert [("PrimaryContainer",), ("ProductionVariants",), ()] == [each.forced_by for each in found]
    assert ("EndpointConfigName (from FraudConfig)",) == found[-1].causes
    assert {Downtime.NONE} == {each.downtime for each in found}


def test_nothing_becomes_of_a_launch_that_stays_as_it_is() -> None:
    assert [] == changes(fraud("1.1.0"), fraud("1.1.0"))


def test_a_condition_makes_and_removes_resources() -> None:
    off, on = fraud("1.1.0"), fraud("1.1.0", EnableAutoscaling="true")

    assert {"ScalableTarget": Fate.MADE, "ScalingPolicy": Fate.MADE} == {
        name: fate for name, fate in fates(changes(off, on)).items() if fate is Fate.MADE
    }
    assert {"ScalableTarget", "ScalingPolicy"} == {
        name for name, fate in fates(changes(on, off)).items() if fate is Fate.REMOVED
    }


def test_a_resource_of_another_name_is_another_address() -> None:
    old = body({"E": resource(ENDPOINT, EndpointName="one", EndpointConfigName="c")})
    new = body({"E": resource(ENDPOINT, EndpointName="two", EndpointConfigName="c")})

    [found] = compared(old, new).values()

    assert (Fate.REPLACED, ("EndpointName",), Downtime.NEW_ADDRESS) == (found.fate, found.forced_by, found.downtime)
    assert "callers have to learn" in found.because


@pytest.mark.parametrize(("name", "fate"), [({}, Fate.REPLACED), ({"ModelName": "m"}, Fate.REFUSED)])
def test_what_has_to_be_made_anew_under_its_own_name_is_refused(name: Mapping[str, str], fate: Fate) -> None:
    old = body({"M": resource(MODEL, PrimaryContainer={"Image": "a"}, **name)})
    new = body({"M": resource(MODEL, PrimaryContainer={"Image": "b"}, **name)})

    assert fate is compared(old, new)["M"].fate


def test_a_new_name_lets_it_be_made_anew() -> None:
    old = body({"M": resource(MODEL, PrimaryContainer={"Image": "a"}, ModelName="one")})
    new = body({"M": resource(MODEL, PrimaryContainer={"Image": "b"}, ModelName="two")})

    assert Fate.REPLACED is compared(old, new)["M"].fate


def test_a_resource_of_another_type_under_the_same_name_is_refused() -> None:
    found = compared(body({"X": resource(MODEL)}), body({"X": resource(ENDPOINT)}))["X"]

    assert (Fate.REFUSED, Downtime.UNKNOWN) == (found.fate, found.downtime)
    assert "it is AWS::SageMaker::Model" in found.because


def test_a_reference_to_a_name_that_stays_changes_nothing() -> None:
    """The alarm names the endpoint, which is changed in place and keeps its name."""
    alarm = resource(ALARM, Dimensions=[{"Name": "E", "Value": {"Fn::GetAtt": "E.EndpointName"}}])
    old = body({"E": resource(ENDPOINT, EndpointConfigName="a"), "A": alarm})
    new = body({"E": resource(ENDPOINT, EndpointConfigName="b"), "A": alarm})

    assert ["E"] == list(compared(old, new))


@pytest.mark.parametrize(
    ("attribute", "same"), [("ScalableDimension", True), ("Id", True), ("ScheduledActions", False), ("", True)]
)
def test_what_a_resource_is_known_by_stays_while_it_does(attribute: str, same: bool) -> None:  # noqa: FBT001 - a case
    assert stays("AWS::ApplicationAutoScaling::ScalableTarget", attribute) is same


def test_a_reference_to_another_attribute_may_change() -> None:
    user = resource(ALARM, AlarmDescription={"Fn::GetAtt": "F.SnapStartResponse"})
    old = body({"F": resource(FUNCTION, MemorySize="128"), "A": user})
    new = body({"F": resource(FUNCTION, MemorySize="256"), "A": user})

    found = compared(old, new)

    assert (Fate.CHANGED, Fate.MAY_CHANGE) == (found["F"].fate, found["A"].fate)
    assert ("AlarmDescription (from F)",) == found["A"].causes
    assert not found["A"].fate.is_certain


def test_tags_of_the_stack_reach_those_that_bear_tags() -> None:
    template = body({"M": resource(MODEL), "P": resource("AWS::ApplicationAutoScaling::ScalingPolicy")})

    found = compared(template, template, retagged=True)

    assert {"M": (Fate.CHANGED, ("Tags",))} == {name: (each.fate, each.causes) for name, each in found.items()}


@pytest.mark.parametrize(
    ("kind", "old", "new", "downtime"),
    [
        (FUNCTION, {"MemorySize": "1"}, {"MemorySize": "2"}, Downtime.NONE),
        ("AWS::ApiGateway::RestApi", {"Description": "a"}, {"Description": "b"}, Downtime.NONE),
        ("AWS::SageMaker::Pipeline", {"Tags": []}, {"Tags": [{"Key": "a", "Value": "b"}]}, Downtime.NONE),
        ("AWS::SageMaker::InferenceComponent", {"RuntimeConfig": {}}, {"RuntimeConfig": {"a": "b"}}, Downtime.UNKNOWN),
        ("AWS::DynamoDB::Table", {"BillingMode": "a"}, {"BillingMode": "b"}, Downtime.NONE),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", {"Port": "1"}, {"Port": "2"}, Downtime.UNKNOWN),
    ],
)
def test_downtime_is_told_by_what_aws_documents(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], downtime: Downtime
) -> None:
    found = compared(body({"X": resource(kind, **old)}), body({"X": resource(kind, **new)}))["X"]

    assert downtime is found.downtime
    assert bool(found.because) is (downtime is not Downtime.NONE)


def test_what_aws_documents_to_interrupt_is_told() -> None:
    old, new = (
        body({"X": resource("AWS::DynamoDB::Table", SSESpecification={"SSEEnabled": each})})
        for each in ("true", "false")
    )

    found = compared(old, new)["X"]

    assert (Fate.CHANGED, Downtime.INTERRUPTED) == (found.fate, found.downtime)
    assert "AWS documents some interruption where SSESpecification changes" == found.because


def test_what_is_removed_and_called_interrupts() -> None:
    found = compared(body({"E": resource(ENDPOINT), "M": resource(MODEL)}), body({"M": resource(MODEL)}))

    assert (Fate.REMOVED, Downtime.INTERRUPTED) == (found["E"].fate, found["E"].downtime)


def test_a_secret_stays_what_it_is_and_is_told_nowhere() -> None:
    parameters = {"Word": {"Type": "String", "NoEcho": "true"}}
    old = body({"F": resource(FUNCTION, Environment={"Variables": {"W": {"Ref": "Word"}}})}, Parameters=parameters)
    other = {"Word": {"Type": "String", "NoEcho": "true", "Default": "x"}}
    new = {**old, "Parameters": other}
    secret = Untold("launch.Word")

    assert {} == compared(old, new, Word=secret)
    before, after = (
        Reckoning(body=each, given=given, place=PLACE).resources()
        for each, given in ((old, {"Word": secret}), (new, {}))
    )
    [found] = changes(before, after)
    assert Fate.MAY_CHANGE is found.fate, "nobody can say whether it was x"


def test_what_a_condition_comes_to_that_only_aws_decides_may_change() -> None:
    conditions = {"C": {"Fn::Equals": [{"Fn::ImportValue": "x"}, "y"]}}
    old = body({"M": resource(MODEL, PrimaryContainer={"Image": {"Fn::If": ["C", "a", "b"]}})}, Conditions=conditions)
    new = body({"M": resource(MODEL, PrimaryContainer={"Image": {"Fn::If": ["C", "a", "c"]}})}, Conditions=conditions)

    assert Fate.MAY_BE_REPLACED is compared(old, new)["M"].fate
    assert {} == compared(old, old)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Fn::Sub": "${AWS::Region}-${P}-${!Literal}"}, "eu-central-1-v-${Literal}"),
        ({"Fn::Sub": ["${A}/${P}", {"A": {"Ref": "AWS::AccountId"}}]}, "333344445555/v"),
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-v"),
        ({"Fn::Join": [",", {"Ref": "L"}]}, "x,y"),
        ({"Fn::Select": ["1", {"Ref": "L"}]}, "y"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "K"]}, "found"),
        ({"Fn::If": ["Yes", "a", {"Ref": "AWS::NoValue"}]}, "a"),
        ({"A": {"Fn::If": ["No", "a", {"Ref": "AWS::NoValue"}]}, "B": "b"}, {"B": "b"}),
        ([{"Ref": "AWS::NoValue"}, "a"], ["a"]),
        ({"Fn::GetAtt": ["R", "Arn"]}, {"Fn::GetAtt": "R.Arn"}),
        ({"Fn::Sub": "a-${R.Arn}"}, {"Fn::Join": ["", ["a-", {"Fn::GetAtt": "R.Arn"}]]}),
        ({"Fn::Join": ["", ["a", "-", {"Fn::GetAtt": "R.Arn"}]]}, {"Fn::Join": ["", ["a-", {"Fn::GetAtt": "R.Arn"}]]}),
        ({"Ref": "AWS::StackName"}, {"Ref": "AWS::StackName"}),
        ({"Ref": "S"}, {"Stored": "/a/b"}),
        ({"Fn::Select": ["9", {"Ref": "L"}]}, {"Fn::Select": ["9", ["x", "y"]]}),
        ({"Fn::FindInMap": ["M", "nowhere", "K"]}, {"Fn::FindInMap": ["M", "nowhere", "K"]}),
    ],
)
def test_functions_are_worked_out_as_far_as_they_can_be(node: object, value: object) -> None:
    template = {
        "Parameters": {
            "P": {"Type": "String", "Default": "v"},
            "L": {"Type": "CommaDelimitedList", "Default": "x, y"},
            "S": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"},
        },
        "Mappings": {"M": {"eu-central-1": {"K": "found"}}},
        "Conditions": {
            "Yes": {"Fn::Not": [{"Condition": "No"}]},
            "No": {"Fn::And": [{"Fn::Equals": [{"Ref": "P"}, "w"]}, {"Fn::Equals": ["a", "a"]}]},
        },
        "Resources": {"R": {"Type": "AWS::SNS::Topic"}},
    }

    assert value == Reckoning(body=template, given={}, place=PLACE).value(node)


def test_a_condition_that_refers_to_itself_is_undecided() -> None:
    reckoning = Reckoning(body={"Conditions": {"C": {"Condition": "C"}}}, given={}, place=PLACE)

    assert reckoning.condition("C") is None
