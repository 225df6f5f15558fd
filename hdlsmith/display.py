"""Text on its way to a terminal."""

import re

# C0 and C1 controls but tab and line feed: a tool's output or a model's answer must not be able
# to move the cursor, clear the screen or set the title of the user's terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with control characters made visible as `\\x1b`, and no lone surrogates."""
    shown = _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", text.replace("\r\n", "\n"))
    return shown.encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """As `printable`, on a single line."""
    return printable(" ".join(text.split()))


def counted(number: int, noun: str) -> str:
    """`1 check`, `2 checks`, `1,000 checks`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
