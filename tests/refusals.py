"""`python -m tests.refusals`: what `python -m tests.support.refusals` was called before release 0.2."""

from tests.support.refusals import DOCUMENT, render

if __name__ == "__main__":
    _ = DOCUMENT.write_text(render())
