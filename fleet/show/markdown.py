"""Markdown for comments on pull requests, in which no text leaves its place."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def cell(text: str) -> str:
    """Keep a text on its line, in its cell, and a text."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def fenced(text: str) -> str:
    """Write a text as it is."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text.strip()}\n{fence}"


def marked(subject: str, parts: Iterable[str]) -> str:
    """Write a comment that begins with a line that nobody sees, by which the next one on the subject finds it."""
    return "\n\n".join([f"<!-- model-catalog preview of {subject} -->", *filter(None, parts)]) + "\n"
