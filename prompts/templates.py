"""Prompt templates: Jinja2 files beside this module, each known by its SHA-256."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, UndefinedError

from hdlsmith.errors import HdlsmithError

_FENCE_RUN = re.compile(r"`{3,}")


@dataclass(frozen=True)
class Prompt:
    """One template.

    Attributes:
        sha256: of the template's text, in hex; goes into every result made with it.
    """

    name: str
    text: str
    sha256: str

    def render(self, **values: object) -> str:
        """The prompt with its blanks filled in.

        Raises:
            HdlsmithError: a variable of the template was not given.
        """
        try:
            return _environment().from_string(self.text).render(**values).strip()
        except UndefinedError as error:
            raise HdlsmithError(f"prompt {self.name!r}: {error.message}") from error


@cache
def load_prompt(name: str) -> Prompt:
    """
    Raises:
        HdlsmithError: there is no template of that name.
    """
    path = files(__package__) / f"{name}.j2"
    if not path.is_file():
        raise HdlsmithError(f"there is no prompt called {name!r}")
    text = path.read_text("utf-8")
    return Prompt(name, text, hashlib.sha256(text.encode()).hexdigest())


def prompts_digest() -> str:
    """SHA-256 in hex over every template: two equal ones ask a model in the same words."""
    names = sorted(path.name for path in files(__package__).iterdir() if path.name.endswith(".j2"))
    hashes = (load_prompt(name.removesuffix(".j2")).sha256 for name in names)
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def fenced(text: str, tag: str = "") -> str:
    """Text from outside as a fenced block that nothing inside it can close."""
    text = str(text)  # an undefined variable of a template says its name here
    longest = max((len(run) for run in _FENCE_RUN.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{tag}\n{text.rstrip()}\n{fence}"


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - prompts are plain text, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["fenced"] = fenced
    return environment
