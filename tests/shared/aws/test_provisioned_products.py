"""What a search of an account tells of its launches."""

from shared.aws.provisioned_products import last_change, parameters_of, search_account
from tests.support.launched import ON, OWNER, FakeCatalog, item, provisioned

ACCOUNT, REGION = "333344445555", "eu-central-1"
UPDATER = "arn:aws:iam::333344445555:user/bob"
AUTO_TAG = "aws:servicecatalog:provisioningPrincipalArn"


def test_a_search_asks_for_what_anybody_launched_over_all_pages() -> None:
    catalog = FakeCatalog([item()], [item(Id="pp-2", Name="search")])

    found = search_account(catalog, ACCOUNT, REGION)

    assert [provisioned(), provisioned(id="pp-2", name="search")] == found
    assert {"Key": "Account", "Value": "self"} == catalog.asked[0]["AccessLevelFilter"]
    assert "Filters" not in catalog.asked[0]


def test_a_search_may_be_for_some_alone() -> None:
    catalog = FakeCatalog([])

    assert [] == search_account(catalog, ACCOUNT, REGION, "name:scoring")
    assert {"SearchQuery": ["name:scoring"]} == catalog.asked[0]["Filters"]


def test_what_failed_has_neither_a_stack_nor_a_version_and_the_reason_on_one_line() -> None:
    gone = {"PhysicalId": None, "ProvisioningArtifactId": None, "LastProvisioningRecordId": None}
    failed = item(Status="ERROR", StatusMessage="no\n such role", LastRecordId="rec-0", UserArnSession=None, **gone)

    [found] = search_account(FakeCatalog([failed]), ACCOUNT, REGION)

    assert ("ERROR", "no such role", "", "", "rec-0", "") == (
        found.status,
        found.reason,
        found.stack_id,
        found.artifact_id,
        found.record_id,
        found.launched_by,
    )


def test_hidden_parameters_are_not_among_a_stacks() -> None:
    given = {"Token": "****", "Label": "", "InstanceCount": "2"}
    stack = {"Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]}

    assert {"Label": "", "InstanceCount": "2"} == parameters_of(stack)


def test_the_last_change_is_told_with_the_principal_of_the_stack() -> None:
    """The record itself names nobody."""
    tagged = last_change(FakeCatalog(), provisioned(), {"Tags": [{"Key": AUTO_TAG, "Value": UPDATER}]})
    untagged = last_change(FakeCatalog(), provisioned(), {})

    assert (UPDATER, OWNER, ON) == (tagged.by, untagged.by, tagged.on)
    assert f"update provisioned product (rec-1, SUCCEEDED) on 2026-11-26 09:04 UTC by {UPDATER}" == str(tagged)
