"""How a test expects an error of AWS's: see the fixture `api_error`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

Expect = Callable[..., AbstractContextManager[object]]
