"""ProvisionedProduct: what a launch makes."""

from collections.abc import Collection, Iterator
from typing import Any

from sandbox.plugin.failure import Failure, doing, tolerating
from sandbox.plugin.properties import as_map, pick
from sandbox.plugin.schema import REGION, TAGS, Operation, Resource, each, optional, outputs, required, settled
from sandbox.plugin.waits import wait
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, asked, attempt, call, create, exactly_one, present

_LIMIT = 30 * 60
_PREFERENCES = {
    "accounts": "StackSetAccounts",
    "regions": "StackSetRegions",
    "failureToleranceCount": "StackSetFailureToleranceCount",
    "failureTolerancePercentage": "StackSetFailureTolerancePercentage",
    "maxConcurrencyCount": "StackSetMaxConcurrencyCount",
    "maxConcurrencyPercentage": "StackSetMaxConcurrencyPercentage",
}
_FROM_DETAIL = (
    *("arn", "createdTime", "launchRoleArn", "status", "statusMessage", "type"),
    *("lastProvisioningRecordId", "lastRecordId", "lastSuccessfulProvisioningRecordId"),
)
_EITHER = {"PathId": "PathName", "ProductName": "ProductId", "ProvisioningArtifactName": "ProvisioningArtifactId"}
"""What an update names a thing by, if there are both."""
_lists = each(optional(kind=list), "accounts", "regions")
_numbers = each(optional(kind=int), *(name for name in _PREFERENCES if name not in _lists))


class ProvisionedProduct(Resource, of="servicecatalog"):
    """A launched product."""

    properties = {
        "name": settled(replaces=True),
        "notificationArns": optional(kind=list, replaces=True),
        **each(settled(), "productId", "provisioningArtifactId", "pathId"),
        **each(optional(), "productName", "provisioningArtifactName", "pathName"),
        "provisioningParameters": optional(
            kind=list, fields={"key": required(), "value": optional(), "usePreviousValue": optional(kind=bool)}
        ),
        "stackSetProvisioningPreferences": optional(kind=dict, fields={**_lists, **_numbers}),
        **each(optional(kind=bool, default=False), "ignoreErrors", "retainPhysicalResources"),
        **ACCEPT_LANGUAGE,
        **TAGS,
        **REGION,
        **outputs(*_FROM_DETAIL, "cloudwatchDashboardNames", "outputs"),
    }
    autonamed = ("name", 255)
    title = "Service Catalog Provisioned Product"

    def problems(self, inputs: State) -> Iterator[str]:
        yield from exactly_one(inputs, "productId", "productName")
        yield from exactly_one(inputs, "provisioningArtifactId", "provisioningArtifactName")
        if "pathId" in inputs and "pathName" in inputs:
            yield '"path_id": conflicts with path_name'
        if (preferences := inputs.get("stackSetProvisioningPreferences")) is not None:
            yield from exactly_one(preferences, "failureToleranceCount", "failureTolerancePercentage")
            yield from exactly_one(preferences, "maxConcurrencyCount", "maxConcurrencyPercentage")

    def foresee(self, op: Operation) -> Collection[str]:
        triggers = {"provisioningParameters", "provisioningArtifactId", "provisioningArtifactName"}
        return ("outputs",) if op.changed & triggers else ()

    def create(self, op: Operation) -> None:
        name = op.new["name"]
        with doing(f"provisioning Service Catalog Product ({name})"):
            named = {"ProvisionedProductName": name, **_preferences(op)}
            answer = create(op, "provision_product", _LIMIT, until_found=True, **named)
        op.id = answer["RecordDetail"]["ProvisionedProductId"]
        self._settle(op, "create")

    def read(self, op: Operation) -> State:
        with doing(f"reading {self.title} ({op.id})", gone=[NOT_FOUND]):
            answer = call(
                op, "describe_provisioned_product", Id=op.id, AcceptLanguage=op.new.get("acceptLanguage", "en")
            )
        detail = answer["ProvisionedProductDetail"]
        record = detail["LastProvisioningRecordId"]
        if detail["Status"] == "TAINTED":
            record = detail.get("LastSuccessfulProvisioningRecordId") or record
        return {
            **pick(detail, *_FROM_DETAIL, "name", "productId", "provisioningArtifactId"),
            "cloudwatchDashboardNames": [board["Name"] for board in answer.get("CloudWatchDashboards", [])],
            "tagsAll": {},
            **_record(op, record),
        }

    def update(self, op: Operation) -> None:
        named = {"ProvisionedProductId": op.id, "Tags": op.new["tagsAll"], **_preferences(op)}
        wished = asked(op, "update_provisioned_product", **named)
        for first, second in _EITHER.items():
            if first in wished:
                wished.pop(second, None)
        with doing(f"updating {self.title} ({op.id})"):
            attempt(op, "update_provisioned_product", _LIMIT, **wished)
        try:
            self._settle(op, "update")
        except _BadEnd:
            # What is stored must be what runs, so that the next run shows the same difference again.
            op.new = op.seen(self.read(op))
            if "provisioningParameters" in op.changed:
                op.new["provisioningParameters"] = op.old.get("provisioningParameters")
            raise

    def delete(self, op: Operation) -> None:
        wished = asked(op, "terminate_provisioned_product", ProvisionedProductId=op.id)
        self._terminate(op, **wished)
        try:
            self._terminated(op)
        except Failure:
            found = present(op, "describe_provisioned_product", Id=op.id)
            if found is None or found["ProvisionedProductDetail"]["Status"] != "TAINTED":
                raise
            self._terminate(op, **wished | {"IgnoreErrors": True})
            self._terminated(op)

    def _terminate(self, op: Operation, **parameters: Any) -> None:  # noqa: ANN401 - parameters of a call
        with doing(f"terminating {self.title} ({op.id})"), tolerating(NOT_FOUND):
            call(op, "terminate_provisioned_product", **parameters)

    def _terminated(self, op: Operation) -> None:
        with doing(f"waiting for {self.title} ({op.id}) terminate"):
            limit = op.limit(_LIMIT)
            wait(op.clock, limit, lambda: _look(op), pending=("AVAILABLE", "UNDER_CHANGE"), target=())

    def _settle(self, op: Operation, what: str) -> None:
        def look() -> tuple[str, dict[str, Any]] | None:
            found = _look(op)
            if found and found[0] in {"ERROR", "TAINTED"}:
                raise _BadEnd(f"waiting for {self.title} ({op.id}) {what}: {found[1].get('StatusMessage', '')}")
            return found

        pending = ("UNDER_CHANGE", "PLAN_IN_PROGRESS")
        try:
            wait(op.clock, op.limit(_LIMIT), look, pending=pending, target=("AVAILABLE",), steady=True)
        except _BadEnd:
            raise
        except Failure as error:
            raise Failure(f"waiting for {self.title} ({op.id}) {what}: {error}") from error


class _BadEnd(Failure):
    """A launch or its update ended in ERROR or TAINTED."""


def _look(op: Operation) -> tuple[str, dict[str, Any]] | None:
    found = present(op, "describe_provisioned_product", Id=op.id)
    if found is None:
        return None
    detail = found["ProvisionedProductDetail"]
    return detail["Status"], detail


def _preferences(op: Operation) -> dict[str, Any]:
    given: State = op.new.get("stackSetProvisioningPreferences") or {}
    wished = {name: given[key] for key, name in _PREFERENCES.items() if given.get(key)}
    return {"ProvisioningPreferences": wished} if wished else {}


def _record(op: Operation, record: str) -> State:
    """What only the record of a launch tells; a record that is gone is no error."""
    with tolerating(NOT_FOUND):
        detail = call(op, "describe_record", Id=record)["RecordDetail"]
        outputs = op.pages("servicecatalog", "describe_record", "RecordOutputs", Id=record)
        return {
            "outputs": [pick(one, "description", key="OutputKey", value="OutputValue") for one in outputs],
            **pick(detail, "pathId", "provisioningArtifactId"),
            "tagsAll": as_map(detail.get("RecordTags", [])),
        }
    return {}
