"""Keeps proposals as branches: one commit each, written again only when the proposal or its files have changed."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cli.proposals.placing import Closed, Described, Placed, Placement, Status
from cli.proposals.proposal import PREFIX, Proposal
from cli.proposals.repository import Repository
from shared.errors import ConfigError

_TRAILER: Final = "Proposal: "
_SIGNED: Final = re.compile(rf"^{_TRAILER}(sha256:[0-9a-f]{{64}})$", re.MULTILINE)
NO_LONGER: Final = "Nothing is left of it to propose: the launches have moved, or the version is no longer offered."


class Branches:
    """The branches of a checkout, or of its remote."""

    def __init__(self, repository: Repository, *, push: bool) -> None:
        """Learn which there are.

        Args:
            repository: The checkout.
            push: The remote's count, and what is written here is pushed.

        Raises:
            NotReachedError: the remote does not answer.
        """
        self._repository, self._push = repository, push
        if push:
            repository.fetch(PREFIX)
        self._there: Mapping[str, str] = repository.branches(PREFIX, remote=push)

    def place(self, proposals: Sequence[Described], *, write: bool) -> Placement:
        """Write what is new or has changed, and take away what is no longer needed.

        Args:
            proposals: All that there are.
            write: Without it, only what would be done is said.

        Raises:
            ConfigError: a file that would change has changes that are not committed.
            NotReachedError: git failed, or the remote refuses.
        """
        for each in proposals:
            self._refuse_uncommitted(each.proposal)
        placed = [self._placed(each, write=write) for each in proposals]
        needed = {each.proposal.branch for each in proposals}
        closed = [Closed(branch=name, reason=NO_LONGER) for name in self._ours() if name not in needed]
        for each in closed if write else ():
            if self._push:
                self._repository.push(each.branch, "", self._there[each.branch])
            else:
                self._repository.forget(each.branch)
        return Placement(placed=placed, closed=closed, base=self._repository.base)

    def _placed(self, described: Described, *, write: bool) -> Placed:
        proposal, there = described.proposal, self._there.get(described.proposal.branch, "")
        status, note = self._status(proposal, there)
        if write and status in (Status.NEW, Status.UPDATED):
            message = f"{proposal.title}\n\n{_plain(described.description)}\n{_TRAILER}{proposal.digest}\n"
            commit = self._repository.commit(proposal.after, message)
            if self._push:
                self._repository.push(proposal.branch, commit, there)
            else:
                self._repository.point(proposal.branch, commit)
        return Placed(described=described, status=status, note=note)

    def _status(self, proposal: Proposal, there: str) -> tuple[Status, str]:
        if not there:
            return Status.NEW, ""
        digest = self._digest(there)
        if not digest:
            return Status.LEFT, "somebody else has committed on the branch"
        if digest == proposal.digest and self._fits(proposal, there):
            return Status.UNCHANGED, ""
        if not self._push and self._repository.checked_out == proposal.branch:
            return Status.LEFT, "the branch is checked out"
        return Status.UPDATED, ""

    def _fits(self, proposal: Proposal, commit: str) -> bool:
        """Whether the files of a branch are as if it were written today: else it could not be merged as it is."""
        return all(self._repository.text(commit, file) == text for file, text in proposal.after.items())

    def _digest(self, commit: str) -> str:
        found = _SIGNED.findall(self._repository.message(commit))
        return found[-1] if found else ""

    def _ours(self) -> list[str]:
        """Name the branches that proposals were written to, and nobody else has committed on."""
        return [name for name, commit in self._there.items() if self._digest(commit)]

    def _refuse_uncommitted(self, proposal: Proposal) -> None:
        for file, text in proposal.before.items():
            if self._repository.text(self._repository.base, file) != text:
                raise ConfigError(
                    f"has changes that are not committed, and a branch for {proposal.title} would leave them out. "
                    f"Commit them first, or have patches: --out FOLDER",
                    code="settings-uncommitted",
                    place=file,
                )


def _plain(description: str) -> str:
    """Take out what git would take for a comment's line, and what nobody sees."""
    lines = [line for line in description.splitlines() if not line.startswith("<!--")]
    return "\n".join(line.lstrip("#").lstrip() if line.startswith("#") else line for line in lines).strip() + "\n"
