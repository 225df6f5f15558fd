"""An answer shown while it is written: the text of a `say`, out of JSON that has no end yet."""

import json
import re
from typing import Literal

_OPENING = re.compile(
    r'(?:```\w*\s*)?\{(?:\s*"action"\s*:\s*\{)?\s*"tool"\s*:\s*"say"\s*,\s*"text"\s*:\s*"'
)
_LONGEST_OPENING = 200
_WHOLE_CHARACTERS = re.compile(
    r'(?:[^"\\]|\\["\\/bfnrt]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}'
    r"|\\u(?![dD][89abAB])[0-9a-fA-F]{4})*"
)


class Speech:
    """What of a model's answer is meant for the user, piece by piece.

    Attributes:
        shown: all of it so far.
    """

    def __init__(self) -> None:
        self.shown = ""
        self._raw = ""
        self._at = 0
        self._form: Literal["unknown", "prose", "string", "over"] = "unknown"

    def add(self, piece: str) -> str:
        """The answer goes on; returns what is new for the user."""
        if self._form == "over":
            return ""
        self._raw = (self._raw + piece) if self._raw else piece.lstrip()
        if self._form == "unknown":
            self._recognise()
        new = ""
        if self._form == "prose":
            new, self._at = self._raw[self._at :], len(self._raw)
        elif self._form == "string":
            new = self._characters()
        self.shown += new
        return new

    def _recognise(self) -> None:
        if self._raw and self._raw[0] not in "{`":
            self._form = "prose"
        elif opening := _OPENING.match(self._raw):
            self._form, self._at = "string", opening.end()
        elif len(self._raw) > _LONGEST_OPENING:
            self._form = "over"

    def _characters(self) -> str:
        found = _WHOLE_CHARACTERS.match(self._raw, self._at)
        assert found  # it may be empty
        self._at = found.end()
        if self._raw.startswith('"', self._at):
            self._form = "over"
        text = json.loads(f'"{found[0]}"', strict=False)
        assert isinstance(text, str)
        return text
