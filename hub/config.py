"""The settings of a hub stack."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hub.trust_config import ExceptionSetting, SigningSetting
from shared.aws.arn import ACCOUNT_ID, Arn, KeyArn, PolicyArn, PrincipalPattern, RoleArn
from shared.aws.unit_path import UNIT, Unit
from shared.between_fields import between_fields
from shared.errors import Mistake
from shared.stack.principals import MOST_PATTERNS, Grant
from shared.stack.settings import AccountSettings
from shared.validation import FormerName, Key, Region, SettingsDocument

ShareType = Literal["ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"]

_TARGETS: dict[ShareType, tuple[str, str]] = {
    "ACCOUNT": (ACCOUNT_ID, 'an account id, for example "444455556666"'),
    "ORGANIZATION_MEMBER_ACCOUNT": (
        ACCOUNT_ID,
        'an account id of the organization, for example "444455556666"',
    ),
    "ORGANIZATION": (
        r"o-[a-z0-9]{10,32}",
        "the organization's id, for example o-a1b2c3d4e5, or no target at all",
    ),
    "ORGANIZATIONAL_UNIT": (
        UNIT,
        "a unit's id, for example ou-a1b2-c3d4e5f6, or its path of names, for example Workloads/Research",
    ),
}


class ShareSetting(SettingsDocument):
    """One share of a portfolio.

    Attributes:
        portfolio: The portfolio's key in the catalog.
        type: The mechanism. `ACCOUNT` is the only one that the recipient must accept.
        target: An account id; a unit's id or path; for the own organization it may be left out.
        tag_options: Whether tag options go along; launches by the recipients then have to have these tags.
        principals: Whether patterns of principals go along, so that roles of that name may launch there.
        revoking: An ACCOUNT share that is about to end: its recipient gives it back at its own next run.
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

    tag_options: bool = False
    principals: bool = False
    revoking: Annotated[bool, FormerName("leaving")] = False

    def reaches(self, other: "ShareSetting") -> bool:
        """Say whether another share is of what this one reaches, as far as the two say it; a preview asks AWS."""
        if other.type != "ORGANIZATIONAL_UNIT":
            return False
        if self.type == "ORGANIZATION":
            return True
        return self.type == "ORGANIZATIONAL_UNIT" and str(other.target).startswith(f"{self.target}/")

    @between_fields
    def _only_what_was_accepted_is_given_back(self) -> Iterator[Mistake]:
        if self.revoking and self.type != "ACCOUNT":
            yield Mistake(
                f"revoking: true is for shares of type ACCOUNT, and this one is of type {self.type}. Remove the share "
                f"itself.",
                code="share-not-revocable",
            )

    @between_fields
    def _names_go_to_units(self) -> Iterator[Mistake]:
        if self.principals and self.type not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT"):
            yield Mistake(
                f"principals: true is for shares with the organization and its units, and this one is of type "
                f"{self.type}. Remove it, and name the principals in the spoke's settings.",
                code="principals-not-shareable",
            )

    @between_fields
    def _target_fits_the_type(self) -> Iterator[Mistake]:
        pattern, wanted = _TARGETS[self.type]
        if self.target is None and self.type == "ORGANIZATION":
            return
        if self.target is None:
            yield Mistake(
                f"target is missing. A share of type {self.type} needs {wanted}.", code="share-target-missing"
            )
        elif not re.fullmatch(pattern, self.target):
            yield Mistake(
                f"invalid target {self.target!r}. A share of type {self.type} needs {wanted}.",
                code="share-target-invalid",
            )


def _acknowledged(value: object) -> object:
    """The former key wanted these words."""
    return True if value == "may launch" else value


class PrincipalSetting(Grant):
    """Somebody who may launch from a portfolio: in the hub's own account, or, by a shared pattern, in any.

    Attributes:
        pattern: A name with wildcards. Shared, it holds in every account that the portfolio is shared with.
        acknowledge_pattern_risk: Says that this is understood of a pattern.
    """

    pattern: PrincipalPattern | None = None
    acknowledge_pattern_risk: Annotated[
        bool, FormerName("anyone_who_can_create_roles"), BeforeValidator(_acknowledged)
    ] = Field(default=False, description="true or false", examples=["true"])

    @between_fields
    def _a_pattern_is_acknowledged(self) -> Iterator[Mistake]:
        if self.pattern and not self.acknowledge_pattern_risk:
            yield Mistake(
                f"the risk of the pattern {self.pattern} is not acknowledged. Anyone who can create a role in an "
                f"account that the portfolio is shared with can give it a matching name, and launch. Name exact "
                f"principals in the spokes instead, or, where such names are protected, add: "
                f"acknowledgePatternRisk: true",
                code="pattern-not-acknowledged",
            )


class RoleRolloutSetting(SettingsDocument):
    """The units whose accounts get the products' roles from the hub.

    Attributes:
        units: By id or by path of names; accounts that join them later get the roles too.
        boundary: The name of a policy of each account that limits the roles there.
    """

    units: list[Unit] = Field(
        min_length=1, description="a list of units, by id or path of names", examples=["[Workloads]"]
    )
    boundary: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_+=,.@-]{1,128}$",
            description="the name of an IAM policy in each of the accounts",
            examples=["ModelCatalogBoundary"],
        ),
    ] = None


class RegistrySetting(SettingsDocument):
    """How the model registry is asked whether what is published is approved.

    Attributes:
        assume_role: A role that may read the registry, where it is in another account than the hub.
        unreachable: What a run does when the registry does not answer: refuse, or warn and go on.
    """

    assume_role: RoleArn | None = Field(
        default=None,
        description="the ARN of a role in the registry's account",
        examples=["arn:aws:iam::555544443333:role/ModelRegistryReader"],
    )
    unreachable: Literal["refuse", "warn"] = Field(default="refuse", description="refuse or warn", examples=["warn"])


class HubSettings(AccountSettings):
    """What a hub stack publishes where, and to whom.

    Attributes:
        regions: Further regions to publish in, beside the stack's own.
        portfolios: Those that this stack publishes, with their products; without them, the whole catalog.
        protect: Whether Pulumi refuses to delete what spokes rely on.
        principals: The hub's own users of its portfolios.
        shares: In the order in which they are made.
        launch_roles: Whom the hub gives the products' roles; without it, spokes make their own.
        registry: How the model registry is asked, in every preview and update.
        exceptions: What some products may do beyond the list of what all may.
        signing: How the contract is signed; without it, it is not.
        permissions_boundary: A policy of this account that limits the roles made here.
        template_keys: The keys that encrypt the templates' buckets, one of each region; without them, S3's own do.
    """

    regions: list[Region] = []
    portfolios: list[Key] = []
    protect: bool = True
    principals: list[PrincipalSetting] = []
    shares: list[ShareSetting] = []
    launch_roles: RoleRolloutSetting | None = None
    registry: RegistrySetting = RegistrySetting()
    exceptions: list[ExceptionSetting] = []
    signing: SigningSetting | None = None
    permissions_boundary: PolicyArn | None = None
    template_keys: list[KeyArn] = []

    @property
    def all_regions(self) -> list[str]:
        """Every region to publish in, the stack's own first."""
        return list(dict.fromkeys([self.region, *self.regions]))

    def template_key_in(self, region: str) -> str | None:
        """Name the key that encrypts a region's templates; None where it is S3's own."""
        return next((key for key in self.template_keys if Arn.parse(key).region == region), None)

    @between_fields
    def _every_region_has_one_key(self) -> Iterator[Mistake]:
        found = [Arn.parse(key).region for key in self.template_keys]
        if found and sorted(found) != sorted(self.all_regions):
            yield Mistake(
                f"are of the regions {', '.join(found)}. A bucket takes a key of its own region only: name exactly one "
                f"of each of {', '.join(self.all_regions)}.",
                code="template-keys-of-other-regions",
                place="templateKeys",
            )

    @between_fields
    def _tag_options_go_along_or_not(self) -> Iterator[Mistake]:
        """A spoke does not know by which share a portfolio reached it, so all of them have to be alike."""
        for portfolio in sorted({share.portfolio for share in self.shares}):
            if len({share.tag_options for share in self.shares if share.portfolio == portfolio}) > 1:
                yield Mistake(
                    f"{portfolio} is shared with tagOptions and without. Set the same in all of its shares.",
                    code="share-tag-options-differ",
                    place="shares",
                )

    @between_fields
    def _nothing_is_shared_with_the_hub(self) -> Iterator[Mistake]:
        for index, share in enumerate(self.shares):
            if share.target == self.account_id:
                yield Mistake(
                    f"invalid value {share.target!r}, which is the hub's own account. It has its portfolios: remove "
                    f"the share, and name who may launch here under principals.",
                    code="share-with-the-hub",
                    place=f"shares[{index}].target",
                )

    @between_fields
    def _shares_do_not_overlap(self) -> Iterator[Mistake]:
        for index, share in enumerate(self.shares):
            for other, wider in enumerate(self.shares):
                if wider.portfolio == share.portfolio and wider.reaches(share):
                    yield Mistake(
                        f"[{index}] is within [{other}]: {wider.target or 'the organization'} has {share.portfolio} "
                        f"already, and ending one of the two would take it from accounts of the other. Remove one of "
                        f"them.",
                        code="shares-overlap",
                        place="shares",
                    )

    @between_fields
    def _no_share_twice(self) -> Iterator[Mistake]:
        seen: set[tuple[str, str, str | None]] = set()
        for share in self.shares:
            key = (share.portfolio, share.type, share.target)
            if key in seen:
                yield Mistake(
                    f"{share.portfolio} is shared twice with {share.target or 'the organization'} as {share.type}. "
                    f"Remove one of the two.",
                    code="duplicate-share",
                    place="shares",
                )
            seen.add(key)

    @between_fields
    def _patterns_are_few(self) -> Iterator[Mistake]:
        for portfolio in sorted({item.portfolio for item in self.principals}):
            patterns = [item for item in self.principals if item.portfolio == portfolio and item.pattern]
            if len(patterns) > MOST_PATTERNS:
                yield Mistake(
                    f"{portfolio} has {len(patterns)} patterns, and AWS takes {MOST_PATTERNS} for a portfolio. Join "
                    f"some of them.",
                    code="too-many-patterns",
                    place="principals",
                )
