"""The shape of a version in the index."""

import datetime as dt
from typing import Any, Literal

from hub.definitions.card import ModelCard
from hub.definitions.schema import Approval
from pages.index.shape import Shape
from shared.catalog.cost import Cost, Estimate
from shared.catalog.lifecycle import State
from shared.catalog.rules import Rule

Brought = Literal["archive", "package", "image", "code"]


class Works(Shape):
    """What works in the version's state: new launches, updates of launches, and what runs already."""

    launch: bool
    update: bool
    run: bool


class NextState(Shape):
    """The next state that a version's dates bring."""

    state: State
    on: dt.date
    days: int


class Life(Shape):
    """A version from its release to its end, on the day of the index.

    Attributes:
        days_left: Until it is retired; None where no such day is set, and 0 once it came.
        next: What comes next, and when.
    """

    state: State
    released: dt.date
    deprecated_on: dt.date | None = None
    retires_on: dt.date | None = None
    replacement: str | None = None
    reason: str | None = None
    days_left: int | None = None
    next: NextState | None = None
    works: Works


class IndexedParameter(Shape):
    """A parameter of a version's template; bounds are numbers written as text.

    Attributes:
        default: None where a launch has to give it; of a hidden one, `****`.
        allowed_pattern: A regular expression in Java's words, which the whole value, or each item of a list, matches.
        hidden: The template hides its value (NoEcho): it belongs into no form and no address.
        group: Under which heading the template's author puts it.
        brought: What of the version it takes; no launch sets it then.
        required: A launch has to give it.
        limits: Which values it takes, in words.
    """

    name: str
    type: str
    description: str = ""
    default: str | None = None
    allowed_values: list[str] | None = None
    allowed_pattern: str | None = None
    constraint_description: str | None = None
    min_length: str | None = None
    max_length: str | None = None
    min_value: str | None = None
    max_value: str | None = None
    hidden: bool = False
    group: str = ""
    brought: Brought | None = None
    required: bool = False
    limits: str = ""


class IndexedAssertion(Shape):
    """What a rule demands, in CloudFormation's functions, and what a person reads who breaks it."""

    demand: Any
    description: str = ""


class IndexedRule(Shape):
    """A rule on the values of several parameters, as CloudFormation evaluates it.

    Attributes:
        of: Who demands it: the product's template constraint, or the version's template.
        condition: The assertions count only where this holds; None where they count always.
        parameters: Those that it looks at.
        only_aws: It asks for what only AWS knows, so nobody else can evaluate it.
    """

    name: str
    of: Literal["product", "template"]
    condition: Any | None = None
    assertions: list[IndexedAssertion]
    parameters: list[str]
    only_aws: bool

    def rule(self) -> Rule:
        """Give it as the checks of launches take it."""
        return Rule.model_validate(self.model_dump(include={"condition", "assertions"}))


class IndexedCost(Shape):
    """How a month's cost follows from a launch's parameters, and the prices to reckon it with.

    Attributes:
        kind: `instances`: price * hours * (count + beside), and with max_count in place of count while the parameter
            `autoscaling` is `true`. `serverless`: memory / 1024 * seconds * price.
        instance_type: The parameter that names the type of instance; so are the following names of parameters.
        hours: A month has so many in which the instances run.
        seconds: A month has so many in which a serverless endpoint serves requests.
        prices: By region, then by instance type for an hour; under `serverless` of a gigabyte-second.
        with_defaults: By region, what the template's defaults cost.
    """

    kind: Literal["instances", "serverless"]
    currency: str
    date: dt.date
    instance_type: str | None = None
    count: str | None = None
    beside: str | None = None
    max_count: str | None = None
    autoscaling: str | None = None
    memory: str | None = None
    hours: str | None = None
    seconds: str | None = None
    prices: dict[str, dict[str, str]]
    with_defaults: dict[str, Estimate]

    def cost(self, region: str) -> Cost:
        """Give it as the estimate of a launch takes it."""
        return Cost(
            **self.model_dump(exclude={"prices", "with_defaults"}),
            prices=self.prices.get(region, {}),
        )


class IndexedMetric(Shape):
    """A figure of an evaluation.

    Attributes:
        previous: The same figure of the version before, where its card has one.
    """

    evaluation: str
    dataset: str
    observation: str | None = None
    name: str
    value: float
    notes: str | None = None
    previous: float | None = None


class IndexedImage(Shape):
    """A container image of a region, and whether its address means one image for good."""

    region: str
    uri: str
    pinned: Literal["digest", "tag"]


class IndexedModel(Shape):
    """The model behind a version, and by what it is known again."""

    package: str
    archive: str
    version_id: str | None = None
    etag: str | None = None
    sha256: str | None = None
    code: str | None = None
    kms_key: str | None = None
    images: list[IndexedImage]


class IndexedResource(Shape):
    """What a launch builds.

    Attributes:
        condition: The template's condition under which it is built; empty where it always is.
        references: Other resources of the template that it refers to.
        parameters: Parameters that it refers to.
    """

    logical_id: str
    type: str
    condition: str = ""
    references: list[str]
    parameters: list[str]


class IndexedOutput(Shape):
    """What a launch tells."""

    name: str
    description: str = ""


class Right(Shape):
    """What a role may do, a statement of its policy at a time.

    Attributes:
        purpose: The statement's Sid, in which its author says what it is for.
        words: All of it in a sentence.
    """

    purpose: str
    effect: Literal["Allow", "Deny"]
    actions: list[str]
    resources: list[str]
    conditions: list[str]
    words: str


class ExampleCall(Shape):
    """How a running launch is asked, for people to copy; `<…>` stands for what they have to put in."""

    how: str
    python: str
    cli: str


class Change(Shape):
    """What is different for a user between two versions."""

    what: str
    name: str
    change: str


class Breaking(Shape):
    """A parameter that refuses what it took before."""

    parameter: str
    reason: str


class Difference(Shape):
    """All that is different from one version to another, and what of it breaks a launch that is good now."""

    before: str
    after: str
    changes: list[Change]
    breaking: list[Breaking]


class IndexedVersion(Shape):
    """A version of a product: everything that there is to know of it.

    Attributes:
        address: Of its document, from the top of what is published; it stays for good.
        sbom: Likewise of its bill of materials.
        is_newest: Of the versions that may be launched, the one to take.
        template_sha256: The hash of the template's bytes, in hexadecimal.
        differences: From each earlier version to this one, by the earlier one's number.
    """

    product: str
    version: str
    address: str
    sbom: str
    description: str
    is_newest: bool
    life: Life
    card: ModelCard
    metrics: list[IndexedMetric]
    parameters: list[IndexedParameter]
    rules: list[IndexedRule]
    cost: IndexedCost | None = None
    model: IndexedModel
    approval: Approval | None = None
    template_sha256: str
    resources: list[IndexedResource]
    outputs: list[IndexedOutput]
    pulls: list[Right]
    calls: list[ExampleCall]
    differences: dict[str, Difference] = {}
