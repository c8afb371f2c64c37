"""The settings of the deployers that the organization's stack gives to accounts."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from shared.aws.arn import AccountId, AnyRoleArn
from shared.aws.unit_path import Unit
from shared.between_fields import between_fields
from shared.errors import Mistake
from shared.validation import SettingsDocument

GITHUB: Final = "token.actions.githubusercontent.com"
"""Who vouches for GitHub's jobs (source: GitHub Docs, "Configuring OpenID Connect in Amazon Web Services")."""


class _OidcTrust(SettingsDocument):
    """What is common to jobs that prove who they are by OpenID Connect.

    Attributes:
        make_provider: Whether the provider that vouches for them is made in each account too.
        provider_there: Accounts that have it already, where it is not made.
    """

    make_provider: bool = Field(default=False, description="true or false", examples=["true"])
    provider_there: list[AccountId] = []

    @between_fields
    def _who_makes_none_leaves_none_out(self) -> Iterator[Mistake]:
        if self.provider_there and not self.make_provider:
            yield Mistake(
                "is given, and no provider is made anywhere. Add makeProvider: true, or take it out.",
                code="provider-not-made",
                place="providerThere",
            )


class GithubTrust(_OidcTrust):
    """Jobs of one repository of GitHub that run in certain environments.

    Attributes:
        repository: Its owner and name.
        environments: Their names, in which `${AccountId}` stands for the account that the role is in.
    """

    repository: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.@-]+/[A-Za-z0-9_.@-]+$",
            description="the owner and the name of a repository",
            examples=["your-org/model-catalog"],
        ),
    ]
    environments: list[
        Annotated[
            str,
            Field(
                pattern=r"^([A-Za-z0-9_./ -]|\$\{AccountId\})+$",
                description="the name of an environment, in which ${AccountId} may stand for the account's id",
                examples=["'spoke-${AccountId}'"],
            ),
        ]
    ] = Field(min_length=1, description="a list of environments' names", examples=["[canary, everybody]"])


class GitlabTrust(_OidcTrust):
    """Jobs of one project of GitLab on one protected branch.

    Attributes:
        project: Its path, groups first.
        branch: The branch.
        host: The instance of GitLab.
    """

    project: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$",
            description="the path of a project, groups first",
            examples=["your-group/model-catalog"],
        ),
    ]
    branch: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_./-]+$", description="the name of a branch, without wildcards", examples=["main"]),
    ] = "main"
    host: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
            description="the host's name, without https://",
            examples=["gitlab.com"],
        ),
    ] = "gitlab.com"


class TrustSetting(SettingsDocument):
    """Who may work as a role.

    Attributes:
        roles: People and jobs who work as these roles, of whatever account.
        permission_sets: People who come through IAM Identity Center, by the names of permission sets in the account.
        github: Jobs of GitHub.
        gitlab: Jobs of GitLab.
    """

    roles: list[AnyRoleArn] = []
    permission_sets: list[
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9_+=,.@-]{1,32}$",
                description="the name of a permission set",
                examples=["ModelPlatform"],
            ),
        ]
    ] = []
    github: GithubTrust | None = None
    gitlab: GitlabTrust | None = None

    @property
    def names_somebody(self) -> bool:
        """Whether there is anybody whom it lets in."""
        return bool(self.roles or self.permission_sets or self.github or self.gitlab)


class StateSetting(SettingsDocument):
    """Where states are, in S3.

    Attributes:
        state_bucket: The bucket with the states.
        state_account_id: The account that has bucket and key.
        state_key: The id of the key that opens the stacks' secrets.
    """

    state_bucket: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
            description="the name of a bucket",
            examples=["your-state-bucket"],
        ),
    ]
    state_account_id: AccountId
    state_key: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9-]+$",
            description="the id of a key of KMS, as model-catalog organization state prints it",
            examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
        ),
    ]

    @property
    def placeholders(self) -> dict[str, str]:
        """What policies of docs/iam have placeholders for."""
        return {
            "StateBucket": self.state_bucket,
            "StateAccountId": self.state_account_id,
            "StateKey": self.state_key,
        }


class FleetSetting(StateSetting):
    """A role of the hub's account that works as every deployer, for whoever rolls out to many spokes.

    Attributes:
        trust: Who may work as it.
        session_hours: How long a session of it may last; a rollout to many spokes takes its time.
    """

    trust: TrustSetting
    session_hours: int = Field(default=6, ge=1, le=12, description="a number of hours from 1 to 12", examples=["6"])

    @between_fields
    def _somebody_is_let_in(self) -> Iterator[Mistake]:
        if not self.trust.names_somebody:
            yield _nobody("trust")


class DeployersSetting(SettingsDocument):
    """The units whose accounts get a deployer, and who may work as it.

    Attributes:
        units: By id or by path of names; accounts that join them later get one too.
        trust: Who may work as a deployer, beside the fleet's role.
        fleet: The role that works as all of them; without it, none is made.
        leave_out: Accounts of the units that get nothing, where somebody made a role of that name by hand.
        hub_policies: What the hub's deployer may do beyond publishing, by the policies' names in docs/iam.
        spoke_policies: What spokes' deployers may do beyond launching, by the same names.
        direct_state: The states, where people and jobs who sign in as a spoke's deployer run the stack themselves: each
            deployer then reads and writes that of `spoke-<account id>`, and reads the hub's.
        make_roles: Whether spokes' deployers make the products' roles; not where the hub gives them (`launchRoles`).
        keep: Whether deployers stay where a unit is taken off the list, and are protected from being removed.
    """

    units: list[Unit] = Field(
        min_length=1, description="a list of units, by id or path of names", examples=["[Workloads]"]
    )
    trust: TrustSetting = TrustSetting()
    fleet: FleetSetting | None = None
    leave_out: list[AccountId] = []
    hub_policies: list[Literal["service-actions", "stack-sets"]] = Field(
        default=[], description="a list of service-actions and stack-sets", examples=["[stack-sets]"]
    )
    spoke_policies: list[Literal["bake"]] = Field(default=[], description="a list of bake", examples=["[bake]"])
    direct_state: StateSetting | None = None
    make_roles: bool = True
    keep: bool = True

    @between_fields
    def _somebody_is_let_in(self) -> Iterator[Mistake]:
        if not (self.trust.names_somebody or self.fleet):
            yield _nobody("trust")


def _nobody(place: str) -> Mistake:
    return Mistake(
        "names nobody, so nobody could work as the role. Name roles, permissionSets, github or gitlab.",
        code="trust-names-nobody",
        place=place,
    )
