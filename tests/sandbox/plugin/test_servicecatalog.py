"""The calls that the Service Catalog types make, against an AWS that answers from a script."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.plugin.failure import AWSError, Failure, Gone
from sandbox.plugin.registry import RESOURCES
from tests.support.sandbox.plugin_scripted import NOT_FOUND, NOW, Script

PORTFOLIO, SHARE, LAUNCH, PRINCIPAL, VERSION, CONSTRAINT, ACTION = (
    f"aws:servicecatalog/{name[0].lower()}{name[1:]}:{name}"
    for name in (
        *("Portfolio", "PortfolioShare", "ProvisionedProduct"),
        *("PrincipalPortfolioAssociation", "ProvisioningArtifact", "Constraint", "ServiceAction"),
    )
)


def product(status: str, **detail: str) -> dict[str, Any]:
    """What AWS answers about a provisioned product."""
    known = {"Id": "pp-1", "Name": "it", "Arn": "arn", "Type": "CFN_STACK", "ProductId": "prod-1"}
    records = {"LastProvisioningRecordId": "rec-2", "LastSuccessfulProvisioningRecordId": "rec-1"}
    return {"ProvisionedProductDetail": {**known, **records, "Status": status, "CreatedTime": NOW, **detail}}


def share(*, accepted: bool) -> dict[str, Any]:
    """What AWS answers about the shares of a portfolio."""
    detail = {"PrincipalId": "o-abc", "Type": "ORGANIZATION", "Accepted": accepted}
    return {"PortfolioShareDetails": [detail]}


def test_a_portfolio_adds_all_new_tags_and_removes_all_old_ones() -> None:
    aws = Script(update_portfolio={})
    olds = {"name": "it", "providerName": "us", "tagsAll": {"a": "1"}}
    op = aws.operation(PORTFOLIO, {"name": "it", "providerName": "us", "tagsAll": {"a": "1", "b": "2"}}, olds)
    RESOURCES[PORTFOLIO].update(op)
    (said,) = aws.said("update_portfolio")
    assert said["AddTags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert said["RemoveTags"] == ["a"]
    assert "DisplayName" not in said


def test_a_new_version_is_always_updated_as_well() -> None:
    made = {"ProvisioningArtifactDetail": {"Id": "pa-1"}}
    aws = Script(create_provisioning_artifact=made, update_provisioning_artifact={})
    op = aws.operation(VERSION, {"productId": "prod-1", "templateUrl": "https://x", "active": False})
    RESOURCES[VERSION].create(op)
    assert op.id == "pa-1:prod-1"
    (said,) = aws.said("update_provisioning_artifact")
    assert said["Active"] is False


def test_a_constraint_waits_for_its_product_with_one_token() -> None:
    made = {"ConstraintDetail": {"ConstraintId": "cons-1"}}
    aws = Script(create_constraint=[NOT_FOUND, NOT_FOUND, made])
    RESOURCES[CONSTRAINT].create(aws.operation(CONSTRAINT, {"type": "LAUNCH", "parameters": "{}"}))
    assert aws.clock.pauses == [0.5, 1]
    assert len({said["IdempotencyToken"] for said in aws.said("create_constraint")}) == 1


def test_a_throttled_create_that_used_up_its_attempts_is_not_tried_again() -> None:
    aws = Script(create_constraint=AWSError("slow down", code="ThrottlingException"))
    with pytest.raises(Failure, match="creating Service Catalog Constraint: slow down"):
        RESOURCES[CONSTRAINT].create(aws.operation(CONSTRAINT, {"type": "LAUNCH", "parameters": "{}"}))
    assert not aws.clock.pauses


def test_a_principal_that_is_never_listed_fails_after_ten_minutes() -> None:
    aws = Script(associate_principal_with_portfolio={}, list_principals_for_portfolio={"Principals": []})
    inputs = {"portfolioId": "port-1", "principalArn": "arn:x", "principalType": "IAM", "acceptLanguage": "en"}
    op = aws.operation(PRINCIPAL, inputs)
    with pytest.raises(Failure, match="create: empty result"):
        RESOURCES[PRINCIPAL].create(op)
    assert op.id == "en,arn:x,port-1,IAM"
    assert sum(aws.clock.pauses) == 600


@pytest.mark.parametrize(("given", "limit"), [(60, 60), (0, 180)])
def test_the_program_s_own_time_limit_wins_over_the_type_s(given: int, limit: int) -> None:
    """`customTimeouts`, which the engine hands over in seconds, and 0 where the program says nothing."""
    aws = Script(
        disassociate_product_from_portfolio={}, list_portfolios_for_product={"PortfolioDetails": [{"Id": "port-1"}]}
    )
    kind = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
    op = aws.operation(kind, {"portfolioId": "port-1", "productId": "prod-1", "acceptLanguage": "en"})
    op.id, op.timeout = "en:port-1:prod-1", given

    with pytest.raises(Failure, match="timeout"):
        RESOURCES[kind].delete(op)

    assert limit == sum(aws.clock.pauses)


@pytest.mark.parametrize(("wait", "looks"), [(True, 3), (False, 1)])
def test_a_share_with_the_organization_rests_before_the_next(*, wait: bool, looks: int) -> None:
    progress = [{"Status": status} for status in ("IN_PROGRESS", "IN_PROGRESS", "COMPLETED")]
    aws = Script(
        create_portfolio_share={"PortfolioShareToken": "t"}, describe_portfolio_share_status=progress
    )  # fmt: skip
    inputs = {"portfolioId": "port-1", "type": "ORGANIZATION", "principalId": "o-abc", "waitForAcceptance": wait}
    op = aws.operation(SHARE, inputs)
    RESOURCES[SHARE].create(op)
    assert op.id == "port-1:ORGANIZATION:o-abc"
    assert len(list(aws.said("describe_portfolio_share_status"))) == looks
    assert aws.clock.pauses[-1] == 15


def test_a_share_is_gone_only_after_153_seconds() -> None:
    aws = Script(describe_portfolio_shares={"PortfolioShareDetails": []})
    op = aws.operation(SHARE, {})
    op.id = "port-1:ORGANIZATION:o-abc"
    with pytest.raises(Gone):
        RESOURCES[SHARE].read(op)
    assert sum(aws.clock.pauses) == pytest.approx(152.6)


def test_a_share_is_stored_by_its_short_id() -> None:
    aws = Script(describe_portfolio_shares=share(accepted=True))
    op = aws.operation(SHARE, {})
    op.id = "port-1:ORGANIZATION:arn:aws:organizations::111122223333:organization/o-abc"
    found = RESOURCES[SHARE].read(op)
    assert (found["principalId"], found["accepted"]) == ("o-abc", True)


def test_a_failed_launch_says_what_aws_says() -> None:
    failed = product("ERROR", StatusMessage="no such role")
    record = {"RecordDetail": {"ProvisionedProductId": "pp-1"}}
    aws = Script(provision_product=record, describe_provisioned_product=[product("UNDER_CHANGE"), failed])
    op = aws.operation(LAUNCH, {"name": "it", "productId": "prod-1", "provisioningArtifactId": "pa-1"})
    text = r"^waiting for Service Catalog Provisioned Product \(pp-1\) create: no such role$"
    with pytest.raises(Failure, match=text):
        RESOURCES[LAUNCH].create(op)
    assert op.id == "pp-1"


def test_a_failed_update_stores_what_runs() -> None:
    tainted = product("TAINTED", StatusMessage="rolled back")
    record = {"RecordDetail": {"ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1"}}
    aws = Script(update_provisioned_product={}, describe_provisioned_product=tainted, describe_record=record)
    old_parameters = [{"key": "Size", "value": "1"}]
    olds: dict[str, Any] = {"provisioningArtifactId": "pa-1", "provisioningParameters": old_parameters}
    news = {"provisioningArtifactId": "pa-2", "provisioningParameters": [{"key": "Size", "value": "2"}]}
    op = aws.operation(LAUNCH, news, olds)
    op.id = "pp-1"
    with pytest.raises(Failure, match="update: rolled back"):
        RESOURCES[LAUNCH].update(op)
    assert {said["Id"] for said in aws.said("describe_record")} == {"rec-1"}
    assert op.new["provisioningArtifactId"] == "pa-1"
    assert op.new["provisioningParameters"] == old_parameters
    assert op.new["status"] == "TAINTED"


def test_what_is_tainted_is_terminated_once_more_with_the_same_token() -> None:
    looks = [product("UNDER_CHANGE"), product("TAINTED"), product("TAINTED"), NOT_FOUND]
    aws = Script(terminate_provisioned_product={}, describe_provisioned_product=looks)
    op = aws.operation(LAUNCH, {"name": "it"})
    op.id = "pp-1"
    RESOURCES[LAUNCH].delete(op)
    first, second = aws.said("terminate_provisioned_product")
    assert "IgnoreErrors" not in first
    assert second["IgnoreErrors"] is True
    assert first["TerminateToken"] == second["TerminateToken"]


def test_what_ended_in_error_is_not_terminated_again() -> None:
    aws = Script(terminate_provisioned_product={}, describe_provisioned_product=product("ERROR"))
    op = aws.operation(LAUNCH, {"name": "it"})
    op.id = "pp-1"
    with pytest.raises(Failure, match="unexpected state 'ERROR', wanted target ''"):
        RESOURCES[LAUNCH].delete(op)
    assert len(list(aws.said("terminate_provisioned_product"))) == 1


def test_an_imported_product_brings_its_latest_version() -> None:
    summary = {"Name": "it", "Owner": "us", "Type": "CLOUD_FORMATION_TEMPLATE"}
    versions = [{"Id": "pa-1", "CreatedTime": NOW}, {"Id": "pa-2", "CreatedTime": NOW + timedelta(days=1)}]
    view = {"ProductViewSummary": summary, "Status": "AVAILABLE", "ProductARN": "arn", "CreatedTime": NOW}
    aws = Script(
        describe_product_as_admin={"ProductViewDetail": view, "ProvisioningArtifactSummaries": versions},
        describe_provisioning_artifact={
            "ProvisioningArtifactDetail": {"Name": "2"},
            "Info": {"TemplateUrl": "https://x"},
        },
    )
    op = aws.operation("aws:servicecatalog/product:Product", {})
    op.id = "prod-1"
    found = RESOURCES["aws:servicecatalog/product:Product"].read(op)
    expected = {"name": "2", "templateUrl": "https://x", "disableTemplateValidation": False}
    assert found["provisioningArtifactParameters"] == expected
    assert [said["ProvisioningArtifactId"] for said in aws.said("describe_provisioning_artifact")] == ["pa-2"]


def test_deleting_what_is_gone_is_fine() -> None:
    aws = Script(delete_portfolio=NOT_FOUND)
    op = aws.operation(PORTFOLIO, {"name": "it"})
    op.id = "port-1"

    RESOURCES[PORTFOLIO].delete(op)

    assert ["port-1"] == [parameters["Id"] for parameters in aws.said("delete_portfolio")]


def test_a_service_action_is_read_as_it_was_written_and_waits_until_nothing_hangs_on_it() -> None:
    definition = {"Name": "AWS-RestartEC2Instance", "Version": "1", "AssumeRole": "LAUNCH_ROLE"}
    summary = {"Id": "act-1", "Name": "it", "Description": "d", "DefinitionType": "SSM_AUTOMATION"}
    detail = {"ServiceActionDetail": {"ServiceActionSummary": summary, "Definition": definition}}
    in_use = AWSError("it is associated", code="ResourceInUseException")
    aws = Script(
        create_service_action=detail,
        describe_service_action=[detail, NOT_FOUND],
        delete_service_action=[in_use, in_use, {}],
    )
    given = {"name": "AWS-RestartEC2Instance", "version": "1", "assumeRole": "LAUNCH_ROLE", "type": "SSM_AUTOMATION"}
    op = aws.operation(ACTION, {"name": "it", "description": "d", "definition": given})
    RESOURCES[ACTION].create(op)
    found = RESOURCES[ACTION].read(op)
    RESOURCES[ACTION].delete(op)

    (said,) = aws.said("create_service_action")
    assert (op.id, said["Definition"], said["DefinitionType"]) == ("act-1", definition, "SSM_AUTOMATION")
    assert found == {"name": "it", "description": "d", "definition": given}
    assert len(list(aws.said("delete_service_action"))) == 3
