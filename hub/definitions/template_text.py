"""Reads the text of a template: every value as it is written, and every function in its long form."""

import yaml

from shared.documents import Strict


class TextLoader(Strict, yaml.CBaseLoader):
    """Loads every scalar as the text that it is, which is also how the contract carries it."""


def _short_form(loader: TextLoader, suffix: str, node: yaml.Node) -> object:
    """Write `!Sub` and its kind in their long form, without evaluating them."""
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    match node:
        case yaml.MappingNode():
            return {name: loader.construct_mapping(node, deep=True)}
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case yaml.ScalarNode():
            return {name: loader.construct_scalar(node)}
        case _:
            raise yaml.MarkedYAMLError(problem="an unknown kind of node", problem_mark=node.start_mark)


TextLoader.add_multi_constructor("!", _short_form)  # pyright: ignore[reportUnknownMemberType] - untyped in its stubs
