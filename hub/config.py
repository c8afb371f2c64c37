"""The settings of a hub stack."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.checking import Document, Key, Region
from shared.settings import AccountSettings

ShareType = Literal["ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"]

_TARGETS: dict[ShareType, tuple[str, str]] = {
    "ACCOUNT": (r"[0-9]{12}", 'an account id, for example "444455556666"'),
    "ORGANIZATION_MEMBER_ACCOUNT": (
        r"[0-9]{12}",
        'an account id of the organization, for example "444455556666"',
    ),
    "ORGANIZATION": (
        r"o-[a-z0-9]{10,32}",
        "the organization's id, for example o-a1b2c3d4e5, or no target at all",
    ),
    "ORGANIZATIONAL_UNIT": (
        r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[^/]+(/[^/]+)*",
        "a unit's id, for example ou-a1b2-c3d4e5f6, or its path of names, for example Workloads/Research",
    ),
}


class ShareSetting(Document):
    """One share of a portfolio.

    Attributes:
        portfolio: The portfolio's key in the catalog.
        type: The mechanism. `ACCOUNT` is the only one that the recipient must accept.
        target: An account id; a unit's id or path; for the own organization it may be left out.
    """

    portfolio: Key
    type: Annotated[
        ShareType,
        Field(
            description="ACCOUNT, ORGANIZATION, ORGANIZATIONAL_UNIT or ORGANIZATION_MEMBER_ACCOUNT",
            examples=["ORGANIZATIONAL_UNIT"],
        ),
    ]
    target: str | None = Field(
        default=None,
        description="an account, a unit or an organization, as text in quotes",
        examples=['"444455556666"'],
    )

    @model_validator(mode="after")
    def _target_fits_the_type(self) -> Self:
        pattern, wanted = _TARGETS[self.type]
        if self.target is None and self.type == "ORGANIZATION":
            return self
        if self.target is None or not re.fullmatch(pattern, self.target):
            found = "no target" if self.target is None else f"target {self.target!r}"
            raise ValueError(f"found {found}. A share of type {self.type} needs {wanted}.")
        return self


class PrincipalSetting(Document):
    """Somebody in the hub's own account who may launch from a portfolio."""

    portfolio: Key
    arn: Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user|group)/.+$",
            description="the full ARN of an IAM role, user or group",
            examples=["arn:aws:iam::222233334444:role/PlatformEngineer"],
        ),
    ]


class HubSettings(AccountSettings):
    """What a hub stack publishes where, and to whom.

    Attributes:
        regions: Further regions to publish in, beside the stack's own.
        protect: Whether Pulumi refuses to delete what spokes rely on.
        principals: The hub's own users of its portfolios.
        shares: In the order in which they are made.
    """

    regions: list[Region] = []
    protect: bool = True
    principals: list[PrincipalSetting] = []
    shares: list[ShareSetting] = []

    @property
    def all_regions(self) -> list[str]:
        """Every region to publish in, the stack's own first."""
        return list(dict.fromkeys([self.region, *self.regions]))

    @model_validator(mode="after")
    def _no_share_twice(self) -> Self:
        seen: set[tuple[str, str, str | None]] = set()
        for share in self.shares:
            key = (share.portfolio, share.type, share.target)
            if key in seen:
                raise ValueError(
                    f"shares: {share.portfolio} is shared twice with {share.target or 'the organization'} as "
                    f"{share.type}. Remove one of the two."
                )
            seen.add(key)
        return self
