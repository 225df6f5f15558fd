"""Conversations on disk: each in a folder of its own, which survives whatever ends the process.

<state_dir>/chats/<number>/about.json           where it was begun, and its first line
                           checkpoints.sqlite   the conversation after each step
                           transcript.jsonl     every line, prompt, answer and tool call
"""

import contextlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from hdlsmith.errors import InputError
from hdlsmith.json_file import write_json

_ABOUT = "about.json"


@dataclass(frozen=True)
class About:
    """
    Attributes:
        root: the folder that the conversation is about.
        begun_s: since 1970.
    """

    number: int
    root: str
    title: str
    begun_s: float

    def __str__(self) -> str:
        begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.begun_s))
        return f"{self.number:>4}  {begun}  {self.title}"


class Sessions:
    """The conversations about one folder."""

    def __init__(self, state_dir: Path, root: Path) -> None:
        self._folder = state_dir / "chats"
        self._root = str(root)

    def all(self) -> list[About]:
        """The newest first; those alone that are about this folder."""
        found = (_about(path) for path in self._folder.glob(f"*/{_ABOUT}"))
        mine = (about for about in found if about and about.root == self._root)
        return sorted(mine, key=lambda about: -about.number)

    def find(self, number: int | None) -> About:
        """The one of that number; the newest, where none is named.

        Raises:
            InputError: there is none, or it is about another folder.
        """
        known = self.all()
        if number is None and known:
            return known[0]
        found = _about(self._folder / str(number) / _ABOUT)
        if found and found.root != self._root:
            raise InputError(
                f"conversation {number} is about {found.root}", remedy=f"cd {found.root}"
            )
        if not found:
            listed = ", ".join(str(about.number) for about in known[:10])
            raise InputError(
                f"there is no conversation {number or 'about this folder'} to go on with",
                remedy=f"there are: {listed}" if known else "hdlsmith chat begins one",
            )
        return found

    def begin(self, title: str) -> About:
        """A new one; its number is taken at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = max((int(p.name) for p in self._folder.iterdir() if p.name.isdecimal()), default=0)
        while True:
            number += 1
            with contextlib.suppress(FileExistsError):
                (self._folder / str(number)).mkdir(mode=0o700)  # it will hold code and prompts
                break
        about = About(number, self._root, title, time.time())
        write_json(self._folder / str(number) / _ABOUT, asdict(about))
        return about

    def folder(self, about: About) -> Path:
        """Where it lies."""
        return self._folder / str(about.number)


def _about(path: Path) -> About | None:
    try:
        return About(**json.loads(path.read_text("ascii")))
    except (OSError, ValueError, TypeError):  # killed while it began, or none of ours
        return None
