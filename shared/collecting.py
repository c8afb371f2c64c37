"""Collects what is refused, so that a run tells all of it and nobody mends one mistake after the other."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from shared.errors import CatalogError, Mistake

READ_AS_ANOTHER: Final = "value-read-as-another"


class Mistakes:
    """What was found wrong so far. As a context manager it keeps what is refused within, and goes on."""

    def __init__(self, found: Iterable[CatalogError] = ()) -> None:
        self.found = list[CatalogError]()
        self._told = set[str]()
        self._read_as_another = set[str]()
        for each in found:
            self.add(each)

    def __enter__(self) -> Self:
        """Begin with one of several things that are looked at."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep what was refused."""
        del kind, trace
        if not isinstance(problem, CatalogError):
            return False
        self.add(problem)
        return True

    def add(self, problem: CatalogError) -> None:
        """Keep a mistake, or all that it consists of.

        One that was found before is told once, and of a value that is read as another nothing else.
        """
        for each in problem.all:
            if str(each) in self._told or each.place in self._read_as_another:
                continue
            self.found.append(each)
            self._told.add(str(each))
            if each.code == READ_AS_ANOTHER:
                self._read_as_another.add(each.place)

    def refuse(self) -> None:
        """Raise what was found, if anything was: one mistake as it is, several as one that tells them all."""
        if self.found:
            raise together(self.found)


def together(found: Iterable[CatalogError]) -> CatalogError:
    """Make one error of some, of the kind that all of them are."""
    first, *others = found
    if not others:
        return first
    kinds = {type(each) for each in (first, *others)}
    kind = type(first) if len(kinds) == 1 else CatalogError
    whole = kind("\n".join(map(str, (first, *others))), code="several-mistakes")
    whole.parts = (first, *others)
    return whole


def refuse_all(found: Iterable[Mistake]) -> None:
    """Raise what a validator found, if it found anything, as one mistake that tells all of it."""
    mistakes = [part for each in found for part in each.all]
    if mistakes:
        first = mistakes[0]
        whole = Mistake(str(first), code=first.code, place=first.place)
        whole.parts = tuple(mistakes)
        raise whole
