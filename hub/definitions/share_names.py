"""The names that shares have in their stack."""

from collections.abc import Mapping, Sequence

from hub.config import ShareSetting
from shared.errors import ConfigError


def share_names(shares: Sequence[ShareSetting], original_keys: Mapping[str, str], *, where: str) -> Sequence[str]:
    """Name each share by its portfolio, type and target.

    Args:
        shares: As the settings list them.
        original_keys: Of the portfolios, by key.
        where: The stack's settings file, for messages.

    Raises:
        ConfigError: two shares would have one name. Another name for one of them would make it anew.
    """
    seen: dict[str, int] = {}
    for index, share in enumerate(shares):
        name = f"{original_keys[share.portfolio]}-{_slug(share)}"
        other = seen.setdefault(name, index)
        if other != index:
            raise ConfigError(
                f"the share has the same name in the stack as shares[{other}], {name!r}, because upper case and "
                f"slashes do not count. Name the unit of one of them by its id, for example ou-a1b2-c3d4e5f6, or share "
                f"by another type.",
                code="share-names-collide",
                place=f"{where}: shares[{index}]",
            )
    return list(seen)


def _slug(share: ShareSetting) -> str:
    words = share.type.lower().replace("_", "-")
    return f"{words}-{share.target.replace('/', '-').lower()}" if share.target else words
