"""The port that make sandbox is given."""

import argparse

import pytest

from cli.rehearsal.sandbox_server import port_number


def test_a_port_is_read() -> None:
    assert 5005 == port_number("5005")


@pytest.mark.parametrize("text", ["65536", "-1", "http", ""])
def test_what_is_no_port_is_refused_with_a_good_example(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"expected a number from 0 to 65535, such as 5005"):
        port_number(text)
