"""The figures of a version's evaluations, beside those of the version before."""

from collections import Counter
from collections.abc import Iterator, Mapping

from hub.definitions.model import CatalogVersion
from pages.index.version import IndexedMetric

Figures = Mapping[tuple[str, str], float]
"""By evaluation and metric: only figures of one evaluation are compared."""


def metrics(version: CatalogVersion, before: CatalogVersion | None) -> list[IndexedMetric]:
    """Give the figures, each with the same one of the version before, where its card has it."""
    previous = _figures(before) if before else {}
    return [
        IndexedMetric(
            evaluation=each.name,
            dataset=each.dataset,
            observation=each.observation,
            name=metric.name,
            value=metric.value,
            notes=metric.notes,
            previous=previous.get((each.name, metric.name)),
        )
        for each in version.card.evaluations
        for metric in each.metrics
    ]


def metric_changes(old: CatalogVersion, new: CatalogVersion) -> Iterator[tuple[str, str]]:
    """Say which figures change, and how; a metric of several evaluations is named with its own."""
    gone = _figures(old)
    names = Counter(name for _, name in {**gone, **_figures(new)})

    def title(evaluation: str, name: str) -> str:
        return name if names[name] == 1 else f"{name} of {evaluation}"

    for each in metrics(new, old):
        previous = gone.pop((each.evaluation, each.name), None)
        if previous is None:
            yield title(each.evaluation, each.name), f"added, {each.value:g}"
        elif previous != each.value:
            yield title(each.evaluation, each.name), f"{previous:g} → {each.value:g}"
    for place in gone:
        yield title(*place), "removed"


def _figures(version: CatalogVersion) -> dict[tuple[str, str], float]:
    return {(each.name, metric.name): metric.value for each in version.card.evaluations for metric in each.metrics}
