"""Whether an account's quotas of SageMaker are enough for its launches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import AccountSession
from spoke.launches.capacity import demands_of
from spoke.launches.resolution import ResolvedLaunch

_SERVICE: Final = "sagemaker"
_USAGE: Final[Mapping[str, str]] = {"endpoint": "endpoint usage", "job": "transform job usage"}
_ENDPOINTS: Final = "Number of instances across active endpoints"
_SERVERLESS: Final = "Maximum number of serverless endpoints"
"""Quotas as AWS names them (source: Service Quotas console, Amazon SageMaker)."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota, by which AWS knows it for a request, and what it is."""

    code: str
    value: int


class QuotaChecks:
    """Checks of quotas. In a new account AWS has many at none, instances with GPUs among them."""

    def __init__(self, account: AccountSession, launches: Callable[[], list[ResolvedLaunch]]) -> None:
        """Take the account, and what gives the launches that it is about once they are known."""
        self._account = account
        self._launches = launches

    def quotas(self) -> Iterator[Finding]:
        """Quotas of SageMaker."""
        for region, demands in demands_of(self._launches()).items():
            quotas = self._quotas(region)
            for demand, count in sorted(demands.items()):
                name = _SERVERLESS if demand.kind == "serverless" else f"{demand.instance} for {_USAGE[demand.kind]}"
                yield _held(name, count, quotas.get(name), region, sure=demand.kind != "job")
            running = sum(count for demand, count in demands.items() if demand.kind == "endpoint")
            if running and _ENDPOINTS in quotas:
                yield _held(_ENDPOINTS, running, quotas[_ENDPOINTS], region, sure=True)

    def _quotas(self, region: str) -> Mapping[str, Quota]:
        listed = self._account.pages("service-quotas", "list_service_quotas", "Quotas", region, ServiceCode=_SERVICE)
        return {str(each["QuotaName"]): Quota(str(each["QuotaCode"]), int(each["Value"])) for each in listed}


def _held(name: str, count: int, quota: Quota | None, region: str, *, sure: bool) -> Finding:
    """Hold what launches take against a quota; `sure` says whether AWS would refuse them for this one."""
    subject = f"quota {name} in {region}"
    if quota is None:
        return Finding(subject, "not compared: AWS lists no quota of that name")
    if count <= quota.value:
        return Finding(subject, f"{count} of {quota.value}")
    text = (
        f"the launches here take up to {count}, and the account has {quota.value}. Have it raised, which takes AWS a "
        f"day or more: aws service-quotas request-service-quota-increase --service-code {_SERVICE} --quota-code "
        f"{quota.code} --desired-value {count} --region {region}"
    )
    return failed(subject, text) if sure else warning(subject, text)
