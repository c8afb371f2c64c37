"""Service Quotas, as far as SageMaker's instances and serverless endpoints go.

Nothing else of the sandbox holds launches against them; they are there to be asked for. Names are AWS's (source:
Service Quotas console, Amazon SageMaker); their values differ from account to account, and are the same for all here.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.session import Session

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.wire import Request, Response, json_response

INSTANCES = 20.0
"""Of each type."""
_SERVICE = "sagemaker"
_SHAPES: Mapping[str, str] = {
    "ProductionVariantInstanceType": "endpoint usage",
    "TransformInstanceType": "transform job usage",
}
_OTHERS: Mapping[str, float] = {
    "Number of instances across active endpoints": 100.0,
    "Maximum number of serverless endpoints": 50.0,
    "Maximum total concurrency that can be allocated across all serverless endpoints": 200.0,
}
_PAGE = 100


class ServiceQuotas:
    """The quotas of each account and region."""

    def __init__(self) -> None:
        self._raised: dict[tuple[str, str, str], float] = {}

    def respond(self, request: Request, caller: Caller) -> Response:
        """Answer a call.

        Raises:
            ApiError: it is not emulated, or is about another service or an unknown quota.
        """
        asked = request.json
        if asked.get("ServiceCode") != _SERVICE:
            raise ApiError("NoSuchResourceException", f"The sandbox has quotas of {_SERVICE} alone.", 400)
        match request.operation:
            case "ListServiceQuotas" | "ListAWSDefaultServiceQuotas":
                defaults = request.operation.startswith("ListAWS")
                return json_response(self._page(asked, caller, defaults=defaults))
            case "RequestServiceQuotaIncrease":
                return json_response(self._increase(asked, caller))
            case operation:
                raise ApiError("InvalidAction", f"The sandbox does not emulate servicequotas:{operation}", 400)

    def _page(self, asked: dict[str, Any], caller: Caller, *, defaults: bool) -> dict[str, Any]:
        begin, size = int(asked.get("NextToken") or 0), min(int(asked.get("MaxResults") or _PAGE), _PAGE)
        names = sorted(_defaults())
        shown = [self._quota(name, caller, default=defaults) for name in names[begin : begin + size]]
        more = {"NextToken": str(begin + size)} if begin + size < len(names) else {}
        return {"Quotas": shown, **more}

    def _quota(self, name: str, caller: Caller, *, default: bool = False) -> dict[str, Any]:
        own = _defaults()[name]
        value = own if default else self._raised.get((caller.account, caller.region, name), own)
        code = _code(name)
        return {
            "ServiceCode": _SERVICE,
            "ServiceName": "Amazon SageMaker",
            "QuotaArn": f"arn:aws:servicequotas:{caller.region}:{caller.account}:{_SERVICE}/{code}",
            "QuotaCode": code,
            "QuotaName": name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

    def _increase(self, asked: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """AWS takes a day or more; here it is so at once, downwards too."""
        name = next((each for each in _defaults() if _code(each) == asked.get("QuotaCode")), None)
        if name is None:
            raise ApiError("NoSuchResourceException", f"There is no quota {asked.get('QuotaCode')}.", 400)
        self._raised[caller.account, caller.region, name] = float(asked["DesiredValue"])
        return {
            "RequestedQuota": {
                **{key: asked[key] for key in ("ServiceCode", "QuotaCode", "DesiredValue")},
                "Id": "sandbox",
                "QuotaName": name,
                "Status": "APPROVED",
            }
        }


@cache
def _defaults() -> dict[str, float]:
    model: Any = Session().get_service_model(_SERVICE)  # the stubs know no shape of a text
    kinds = ((kind, usage) for shape, usage in _SHAPES.items() for kind in model.shape_for(shape).enum)
    return {f"{kind} for {usage}": INSTANCES for kind, usage in kinds} | dict(_OTHERS)


def _code(name: str) -> str:
    return f"L-{hashlib.sha256(name.encode()).hexdigest()[:8].upper()}"
