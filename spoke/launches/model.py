"""The model that a launch runs: the one that its version brings, or one of the account's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.catalog.contract import Version
from shared.catalog.parameters import value_problem
from shared.errors import LaunchError
from shared.secret_value import HIDDEN, Secret
from spoke.config import Launch

_WORDS: Final = {"archive": "model", "package": "model package", "image": "image", "code": "inference code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedModel:
    """The model behind a launch.

    Attributes:
        package: The model package in the registry; empty where the model is the account's own.
        archive: The S3 URI of its archive.
        digest: By what the archive is known again, such as `etag:…`; empty where the catalog does not say.
        replaced: The archive that the version brings, where the account runs its own instead.
        parameters: What it sets of the template's parameters.
        words: What each of these parameters takes, in words.
    """

    package: str
    archive: str
    digest: str
    replaced: str = ""
    parameters: Mapping[str, str]
    words: Mapping[str, str]

    @property
    def own(self) -> bool:
        """Whether it is not the catalog's."""
        return bool(self.replaced)

    @property
    def note(self) -> str:
        """What whoever looks at the launch has to know; empty where the model is the catalog's."""
        if not self.own:
            return ""
        return f"runs {self.archive}, which is not the catalog's: the version's is {self.replaced} (ownModel)"

    def changes(self, before: Mapping[str, str], arrow: str = "->") -> Iterator[str]:
        """Say which model makes place for which, where the parameters were others before."""
        for name, word in self.words.items():
            old, new = before.get(name), self.parameters.get(name)
            if old != new:
                yield f"{word} {old or 'none'} {arrow} {new or 'none'}"


def model_of(launch: Launch, version: Version, number: str, region: str, *, where: str) -> LaunchedModel | None:
    """Say what a launch runs; None where the hub is of a release whose versions did not bring their model.

    Raises:
        LaunchError: the settings name what the version brings, or a model of their own where there is no place for it.
    """
    own, model = launch.own_model, version.model
    if model is None:
        if own:
            raise LaunchError(
                "the hub does not say yet which parameter takes the model. Deploy it with this release "
                "(model-catalog stack up hub), "
                "or set the parameter as before.",
                code="own-model-not-taken",
                place=f"{where}: ownModel",
            )
        return None
    brought, names = model.values(region), model.parameters
    words = {name: word for kind, word in _WORDS.items() if (name := getattr(names, kind))}
    _refuse_named(launch, version, number, {**dict.fromkeys(words, ""), **brought}, where)
    found = LaunchedModel(
        package=model.package,
        archive=model.archive.uri,
        digest=model.archive.digest,
        parameters=brought,
        words=words,
    )
    if own is None or own.archive == found.archive:  # whoever tried a model first has it from the catalog now
        return found
    if names.archive is None:
        raise LaunchError(
            f"the template of {number} takes no archive, so it runs the catalog's. Remove it.",
            code="own-model-not-taken",
            place=f"{where}: ownModel",
        )
    problem = value_problem(version.parameters[names.archive], own.archive)
    if problem:
        raise LaunchError(
            f"invalid value {own.archive!r}, which the template's parameter {names.archive} does not take. {problem}",
            code="parameter-invalid",
            place=f"{where}: ownModel.archive",
        )
    own_parameters = {**brought, names.archive: own.archive}
    return replace(found, package="", archive=own.archive, digest="", replaced=found.archive, parameters=own_parameters)


def _refuse_named(launch: Launch, version: Version, number: str, brought: Mapping[str, str], where: str) -> None:
    named = [name for name in launch.parameters if name in brought]
    if not named:
        return
    lines = " and ".join(f"`{name}: {_shown(launch, version, name)}`" for name in named)
    runs = f"{number} runs {brought[named[0]]}" if brought[named[0]] else f"{number} brings none"
    raise LaunchError(
        f"is brought by the version: {runs}. Delete {lines}. Only who must run an archive of their own writes instead: "
        f"ownModel: {{archive: s3://…, acknowledgeNotTheCatalogs: true}}",
        code="parameter-of-the-version",
        place=f"{where}: parameters.{named[0]}",
    )


def _shown(launch: Launch, version: Version, name: str) -> str:
    parameter = version.parameters.get(name)
    value = launch.parameters[name]
    return HIDDEN if isinstance(value, Secret) or (parameter and parameter.no_echo) else str(value)
