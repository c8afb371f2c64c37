"""Small catalogs as a hub may publish them, for property-based tests."""

import re
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

examples = settings(
    max_examples=30,
    deadline=None,
    # The mocks are the same for every example of a test, and no property looks at them.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""How a property is tried."""

_Drawn = st.SearchStrategy[dict[str, Any]]
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_KEY = st.from_regex(r"[a-z]{1,3}(-[a-z0-9]{1,3})?", fullmatch=True)
_NUMBER = st.from_regex(r"[0-9]\.[0-9]\.[0-9]", fullmatch=True)
_STATEMENT: _Drawn = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": _TEXT | st.lists(_TEXT, max_size=2), "Resource": _TEXT}
)
_POLICY: _Drawn = st.fixed_dictionaries({"Version": _TEXT, "Statement": st.lists(_STATEMENT, max_size=1)})
_ROLE: _Drawn = st.fixed_dictionaries(
    {
        "name": _TEXT,
        "services": st.lists(_TEXT, max_size=2),
        "policy": _POLICY,
    }
)
_PARAMETER: _Drawn = st.fixed_dictionaries(
    {"type": st.sampled_from(["String", "Number", "CommaDelimitedList"]), "description": _TEXT},
    optional={
        "default": _TEXT,
        "allowed_values": st.lists(_TEXT, max_size=2),
        "allowed_pattern": _TEXT.map(re.escape),
        "max_value": st.integers().map(str),
        "no_echo": st.just("true"),
    },
)


def _equals(name: str, value: str) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": name}, value]}


_COMPARED: _Drawn = st.builds(_equals, _TEXT, _TEXT)
_RULE: _Drawn = st.fixed_dictionaries(
    {
        "assertions": st.lists(
            st.fixed_dictionaries({"demand": _COMPARED, "description": _TEXT}), min_size=1, max_size=2
        )
    },
    optional={"condition": st.lists(_COMPARED, min_size=2, max_size=2).map(lambda both: {"Fn::And": both})},
)
_MODEL: _Drawn = st.fixed_dictionaries(
    {
        "package": _TEXT,
        "archive": st.fixed_dictionaries(
            {"uri": _TEXT}, optional=dict.fromkeys(("version_id", "etag", "sha256"), _TEXT)
        ),
        "images": st.dictionaries(
            _TEXT,
            st.fixed_dictionaries({"uri": _TEXT, "pinned": st.sampled_from(["digest", "tag"])}),
            max_size=1,
        ),
        "parameters": st.fixed_dictionaries({}, optional=dict.fromkeys(("archive", "package", "image", "code"), _TEXT)),
    },
    optional={"code": _TEXT},
)
_VERSION: _Drawn = st.fixed_dictionaries(
    {
        "id": _TEXT,
        "state": st.sampled_from(["active", "deprecated", "retired"]),
        "card": st.dictionaries(_TEXT, _TEXT, max_size=2),
        "released": st.dates().map(str),
        "description": _TEXT,
        "template_sha256": _TEXT,
        "parameters": st.dictionaries(_TEXT, _PARAMETER, max_size=2),
        "rules": st.dictionaries(_TEXT, _RULE, max_size=1),
    },
    optional={
        **dict.fromkeys(("replacement", "reason", "model_package"), _TEXT),
        **dict.fromkeys(("deprecated_on", "retires_on"), st.dates().map(str)),
        "model": _MODEL,
    },
)
_PRODUCT: _Drawn = st.fixed_dictionaries(
    {
        "id": _TEXT,
        "first_key": _KEY,
        "name": _TEXT,
        "portfolio": _KEY,
        "owner": _TEXT,
        "description": _TEXT,
        "tags": st.dictionaries(_TEXT, _TEXT, max_size=2),
        "launch_role": _ROLE,
        "execution_role": _ROLE,
        "rules": st.dictionaries(_TEXT, _RULE, max_size=1),
        "tag_options": st.dictionaries(_TEXT, st.lists(_TEXT, max_size=2), max_size=2),
        "tag_updates": st.sampled_from(["ALLOWED", "NOT_ALLOWED"]),
        "versions": st.dictionaries(_NUMBER, _VERSION, min_size=1, max_size=2),
    },
    optional={"stack_set": st.just("true")},
)
_PORTFOLIO: _Drawn = st.fixed_dictionaries(
    {
        "id": _TEXT,
        "first_key": _KEY,
        "name": _TEXT,
        "shares": st.lists(st.fixed_dictionaries({"type": _TEXT, "target": _TEXT}), max_size=2),
    }
)


def offers() -> _Drawn:
    """Draw what a hub offers, by region."""
    region: _Drawn = st.fixed_dictionaries(
        {
            "portfolios": st.dictionaries(_KEY, _PORTFOLIO, max_size=2),
            "products": st.dictionaries(_KEY, _PRODUCT, max_size=2),
        }
    )
    regions = st.dictionaries(st.sampled_from(["eu-central-1", "eu-west-1"]), region, min_size=1, max_size=2)
    return st.builds(_with_portfolios, regions, _PORTFOLIO)


def _with_portfolios(offer: Any, portfolio: Any) -> Any:  # noqa: ANN401 - as drawn
    """Give every product the portfolio that it names."""
    for region in offer.values():
        for product in region["products"].values():
            region["portfolios"].setdefault(product["portfolio"], portfolio)
    return offer
