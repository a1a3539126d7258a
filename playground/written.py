"""Numbers as a text shows them."""

import re

HYPHEN = re.compile(r"-(?=\d)")


def minus(text: str) -> str:
    """The text with a true minus sign before each negative number."""
    return HYPHEN.sub("−", text)


def digits(value: float, form: str = ".3g") -> str:
    """A number in this format, with a true minus sign."""
    return minus(f"{value:{form}}")
