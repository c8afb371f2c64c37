"""The shape of the files under `hub/catalog`."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from hub.definitions.artifacts import Artifacts
from hub.definitions.constraints import Constraint, Constraints
from hub.definitions.cost import CostRule
from hub.definitions.lifecycle import Life, Lifecycle
from hub.definitions.service_actions import ServiceActions
from hub.definitions.tag_options import TagOptions
from hub.definitions.template_command import FileName, TemplateSource
from shared.aws.arn import AccountId, ModelPackageArn
from shared.between_fields import between_fields
from shared.catalog.versions import SemVer
from shared.errors import Mistake
from shared.service_limits import aws_text
from shared.validation import Document, FormerName, Key, Region, TagKey, TagValue

_SERVICE: Final = "servicecatalog"

Tags = Annotated[
    dict[TagKey, TagValue], Field(max_length=20, description="at most 20 tags of text", examples=["{team: risk}"])
]
Service = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$",
        description="an AWS service principal",
        examples=["sagemaker.amazonaws.com"],
    ),
]
ParameterName = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9]{1,255}$", description="the name of a template's parameter", examples=["ModelDataUrl"]),
]
BudgetName = Annotated[
    str,
    Field(
        pattern=r"^[^:\\\\]+$",
        max_length=100,
        description="the name of a budget of the hub's account",
        examples=["models-monthly"],
    ),
]


class Keyed(Document):
    """Something with a key of its own. What is made for it bears its original key for life.

    Attributes:
        key: What settings and other files of the catalog name it by.
        original_key: The key that it was published with for the first time, where that has changed since.
    """

    key: Key
    original_key: Annotated[Key, FormerName("first_key")] = Field(default_factory=lambda given: given["key"])


class Access(Document):
    """Who decides which accounts get a portfolio.

    Attributes:
        decided_by: The team; without any, the portfolio's provider.
        contact: Whom to ask.
        note: What they want to know first.
    """

    decided_by: str = Field(min_length=1, description="the team that decides", examples=["ML Platform"])
    contact: Annotated[
        str | None,
        Field(
            pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="an e-mail address", examples=["ml-platform@example.com"]
        ),
    ] = None
    note: str | None = Field(default=None, min_length=1, description="a sentence")


class PortfolioFile(Keyed):
    """A portfolio.

    Attributes:
        access: Who decides which accounts get it; nothing is made of it in AWS.
        tag_options: Tags that launches have to have, and their values.
        budgets: Budgets of the hub's account that watch the portfolio.
    """

    name: Annotated[str, aws_text(_SERVICE, "PortfolioDisplayName", "a name")]
    provider_name: Annotated[str, aws_text(_SERVICE, "ProviderName", "a name")]
    description: Annotated[str, aws_text(_SERVICE, "PortfolioDescription", "a text")] = ""
    access: Access | None = None
    tags: Tags = {}
    tag_options: TagOptions = {}
    budgets: list[BudgetName] = []


class PortfoliosFile(Document):
    """The file `portfolios.yaml`."""

    portfolios: list[PortfolioFile] = Field(min_length=1, description="a list of portfolios")


class Support(Document):
    """Where a user of a product turns to."""

    description: Annotated[str, aws_text(_SERVICE, "SupportDescription", "a sentence", least=1)]
    email: Annotated[
        str,
        Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        aws_text(_SERVICE, "SupportEmail", "an e-mail address", "ml-platform@example.com"),
    ]
    url: Annotated[
        str,
        Field(pattern=r"^https://\S+$"),
        aws_text(_SERVICE, "SupportUrl", "an https address", "https://example.com/ml"),
    ]


class ExecutionRole(Document):
    """The role that a product's model runs as, in the account that launches it."""

    services: list[Service] = Field(min_length=1, description="a list of AWS service principals")
    policy: FileName


class Registry(Document):
    """The SageMaker model registry that a product's models come from.

    Attributes:
        account_id: The account that owns the registry and the models' artifacts.
        region: Where it is.
        group: The model package group.
        exclude: Numbers of its packages that are approved, and not for this product: nobody offers them again.
    """

    account_id: AccountId
    region: Region
    group: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$",
        description="the name of a model package group",
        examples=["fraud-detector"],
    )
    exclude: list[Annotated[int, Field(ge=1)]] = Field(
        default=[], description="a list of numbers of packages", examples=["[3]"]
    )


class ModelParameters(Document):
    """The parameters of a product's templates that take what a version brings; no launch sets them.

    Attributes:
        archive: Takes the S3 URI of the model's archive.
        package: Takes the ARN of the model package, where the template builds the model from that.
        image: Takes the image's URI in ECR.
        code: Takes the S3 URI of the archive of inference code.
    """

    archive: ParameterName | None = None
    package: ParameterName | None = None
    image: ParameterName | None = None
    code: ParameterName | None = None


class Approval(Document):
    """Who let a model package be published, and when.

    Attributes:
        note: What they said to it.
    """

    approved_by: str = Field(min_length=1, description="the team that approved the model", examples=["Model Risk"])
    approved_on: dt.date = Field(description="a date", examples=["2026-09-01"])
    note: str | None = Field(default=None, min_length=1, description="a sentence")


class VersionEntry(Document):
    """A version of a product: a template, and the model that it runs. Once published, its template never changes.

    Attributes:
        template: Its file, or the command that writes it.
        card: The model card's file.
        model_package: The package in the product's registry that the version publishes.
        approval: Without it the version is not published as active.
        model: Which parameters take the model, where this version's are not the product's.
        cost: Of this version, where it is not the product's.
        backport: Says that the version's number is below one published earlier on purpose.
        lifecycle: How it ends; a version without it is active.
    """

    version: SemVer
    released: dt.date = Field(description="a date", examples=["2026-09-01"])
    description: Annotated[
        str,
        aws_text(_SERVICE, "ProvisioningArtifactDescription", "a sentence on what the version brings", least=1),
    ]
    template: TemplateSource
    card: FileName
    model_package: ModelPackageArn
    artifacts: Annotated[Artifacts, FormerName("artefacts")]
    approval: Approval | None = None
    model: ModelParameters | None = None
    cost: CostRule | None = None
    backport: bool = False
    lifecycle: Lifecycle | None = None

    @property
    def template_file(self) -> str:
        """The file that the template is read from, whoever wrote it."""
        if isinstance(self.template, str):
            return self.template
        return self.template.file or f"{self.version}.yaml"

    @property
    def life(self) -> Life:
        """From its release to its end."""
        return Life(released=self.released, lifecycle=self.lifecycle)


class Place(Document):
    """A product's place in a further portfolio.

    Attributes:
        constraints: Those that it has there, beside its launch role and that tags may change.
    """

    constraints: Constraints = []


class ProductFile(Keyed):
    """The file `product.yaml` of a product's folder, which is named after its key.

    Attributes:
        portfolio: Where it stands; what is made for it there keeps its names.
        portfolios: Where else it stands, each with constraints of its own. A launch names the portfolio where several
            reach its account.
        model: Which parameters take what a version brings.
        cost: How a launch's cost follows from its parameters; without it nobody is told one.
        constraints: Beside those that every product has: its launch role, and that tags may change.
        tag_options: Tags that launches have to have, and their values.
        budgets: Budgets of the hub's account that watch the product.
        actions: What operators of its launches may run on them.
    """

    name: str = Field(min_length=1, max_length=100, description="a name of 1 to 100 characters")
    portfolio: Key
    portfolios: dict[Key, Place] = {}
    owner: Annotated[str, aws_text(_SERVICE, "ProductViewOwner", "the team that answers for the model", least=1)]
    distributor: Annotated[str, aws_text(_SERVICE, "ProductViewOwner", "the team that publishes it", least=1)]
    description: Annotated[str, aws_text(_SERVICE, "ProductViewShortDescription", "what the model is for", least=1)]
    support: Support
    tags: Tags = {}
    launch_policy: FileName
    execution_role: ExecutionRole
    registry: Registry
    model: ModelParameters | None = None
    cost: CostRule | None = None
    constraints: Constraints = []
    tag_options: TagOptions = {}
    budgets: list[BudgetName] = []
    actions: ServiceActions = []
    versions: list[VersionEntry] = Field(min_length=1, description="a list of versions, oldest first")

    @property
    def places(self) -> dict[str, list[Constraint]]:
        """The constraints in each portfolio that it stands in, the first one first."""
        return {self.portfolio: self.constraints, **{key: place.constraints for key, place in self.portfolios.items()}}

    def place_of(self, portfolio: str) -> str:
        """Give the path of the key that says what holds in a portfolio."""
        return "constraints" if portfolio == self.portfolio else f"portfolios.{portfolio}.constraints"

    @between_fields
    def _stands_once_in_each(self) -> Iterator[Mistake]:
        if self.portfolio in self.portfolios:
            yield Mistake(
                f"is what portfolio names already. Name others here; what holds in {self.portfolio} is said by "
                f"constraints.",
                code="portfolio-named-twice",
                place=f"portfolios.{self.portfolio}",
            )
