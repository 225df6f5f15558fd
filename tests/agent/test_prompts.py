"""Prompts are data: loaded by name, hashed, and strict about their blanks."""

import hashlib
from importlib.resources import files

import pytest

from hdlsmith.errors import HdlsmithError
from hdlsmith.prompts.templates import fenced, load_prompt


def test_a_prompt_is_known_by_the_hash_of_its_text() -> None:
    text = (files("hdlsmith.prompts") / "write.j2").read_bytes()
    assert load_prompt("write").sha256 == hashlib.sha256(text).hexdigest()


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(HdlsmithError, match=r"prompt 'plan'.*'request' is undefined"):
        load_prompt("plan").render()


def test_an_unknown_prompt_is_named() -> None:
    with pytest.raises(HdlsmithError, match="'nope'"):
        load_prompt("nope")


@pytest.mark.parametrize("text", ["plain", "```", "a\n`````\nb", "``````` inside"])
def test_nothing_inside_a_fence_closes_it(text: str) -> None:
    first, *middle, last = fenced(text, "text").split("\n")
    assert first == f"{last}text"
    assert all(last not in line for line in middle)
