"""The day on which a hub ran last, as its outputs say it."""

import datetime as dt

from shared.errors import ContractError


def day_of(value: object, *, source: str) -> dt.date | None:
    """Read the day on which a hub ran last; None where it does not say.

    Raises:
        ContractError: it is none.
    """
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise ContractError(
            f"publishes a catalog that is damaged: {value!r:.60} is no date. Deploy the hub again with this release: "
            f"model-catalog stack up hub.",
            code="catalog-damaged",
            place=f"stack {source}",
        ) from None
