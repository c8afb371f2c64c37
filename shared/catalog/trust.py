"""The one door for a contract: it is of the hub that is trusted, and signed where a signature is asked for."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from shared.catalog.contract import Contract, parse
from shared.catalog.signature import is_signed_with, signature_in
from shared.errors import ContractError

_PARTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Which hub somebody trusts.

    Attributes:
        where: The file and key that say so, for messages.
        project: The project of the hub's stacks; with the organization of Pulumi's in front where that is another.
        account: The hub's; empty where nobody pinned it, and then any organization will do.
        keys: The public keys one of which has signed the contract; none where it need not be signed.
    """

    where: str
    project: str
    account: str = ""
    keys: tuple[str, ...] = ()

    def confirm_reference(self, reference: str, organization: str | None = None) -> None:
        """Refuse to read a stack that is not the trusted hub's.

        Args:
            reference: The stack's name, alone or as `<organization>/<project>/<stack>`.
            organization: Of the stack that reads it; None where that is not known.

        Raises:
            ContractError: it is of another project or another organization, or does not tell.
        """
        parts = reference.split("/")
        if len(parts) == 1:
            return
        found = "/".join(parts[:-1])
        if len(parts) == _PARTS:
            theirs, _, project = self.project.rpartition("/")
            owner = theirs or (organization if self.account else None)
            if parts[1] == project and (owner is None or parts[0] == owner):
                return
        raise ContractError(
            f"is no stack of the hub that is trusted here: {found!r} is not the project {self.project!r}. Nothing of "
            f"it was used. Name the hub's stack, or, if that is the hub, have the platform team confirm it and write "
            f"hub: {{accountId: ..., project: {found}}}.",
            code="hub-not-trusted",
            place=f"{self.where}: hubStack {reference}",
        )

    def confirm(self, document: object, source: str) -> None:
        """Refuse what a stack exports, before anything of it is looked at, where it is not of the trusted hub.

        Raises:
            ContractError: it is of another hub, or is not signed as it has to be.
        """
        self._confirm_account(document, source)
        self._confirm_signature(document, source)

    def _confirm_account(self, document: object, source: str) -> None:
        found = _content(document).get("hub_account")
        if self.account and found is not None and found != self.account:
            raise ContractError(
                f"publishes the catalog of the account {found}, and {self.where} trusts {self.account}. Nothing of it "
                f"was used. Correct hubStack; only if the hub has moved, correct hub.accountId.",
                code="hub-of-another-account",
                place=f"stack {source}",
            )

    def _confirm_signature(self, document: object, source: str) -> None:
        content = _content(document)
        if not self.keys or not content:
            return
        signature = signature_in(content)
        if signature and any(is_signed_with(key, content, signature) for key in self.keys):
            return
        named = f" (it names the key {signature.key})" if signature else ""
        why = f"is not signed with a key of hub.contractKeys, or was altered since{named}" if named else "is not signed"
        raise ContractError(
            f"publishes a catalog that {why}, and {self.where} asks for that. Nothing of it was used. Have the "
            f"platform team sign it: model-catalog stack up hub with signing set (docs/operations/signing.md).",
            code="contract-not-signed",
            place=f"stack {source}",
        )


def admit(trusts: Iterable[Trust], document: object, source: str) -> Contract:
    """Take what a stack exports for a contract, where it is all that is asked for.

    Raises:
        ContractError: it is of another hub, is not signed as it has to be, or is no contract.
    """
    for trust in trusts:
        trust.confirm(document, source)
    return parse(document, source=source)


def refuse_older(source: str, contract: Contract, before: str) -> None:
    """Refuse a contract that was signed earlier than the one that a stack was deployed with last.

    Args:
        source: The hub's stack.
        contract: What it publishes.
        before: When the one before was signed; empty where that was not signed, or is not known.

    Raises:
        ContractError: somebody has put an old one back.
    """
    if contract.signature is None or not before:
        return
    if contract.signature.issued_at < dt.datetime.fromisoformat(before):
        raise ContractError(
            f"publishes a catalog that was signed on {contract.signature.issued}, and this stack was deployed with one "
            f"of {before}: somebody has put an old one back. Nothing of it was used. Ask the platform team; after a "
            f"state was restored they have to sign anew: signing.since (docs/operations/signing.md).",
            code="contract-older",
            place=f"stack {source}",
        )


def _content(document: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
