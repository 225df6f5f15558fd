"""Words of texts and questions, as the full-text tables see them."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CLASSES = bytes(
    ord("a") if chr(c).islower() or chr(c).isdigit() else ord("A") if chr(c).isupper() else 0
    for c in range(128)
) + bytes(128)
_HUMPS = re.compile(rb"A(?:(?<=aA)|(?<=AA)(?=a))")


def split_name(name: str) -> str:
    """`writeEnable` as `write Enable`: SQLite's tokenizer would take it for one word."""
    return _HUMP.sub(" ", name)


def split_texts(texts: Iterable[bytes]) -> list[str]:
    """As `split_name`, made for megabytes: what is looked for begins with one fixed character
    once every letter is replaced by its class.

    Args:
        texts: without NUL.
    """
    text = b"\0".join(texts)
    classes = text.translate(_CLASSES)
    cuts = [found.start() for found in _HUMPS.finditer(classes)]
    if cuts:
        ends = (*cuts, len(text))
        text = b" ".join(text[a:b] for a, b in zip((0, *cuts), ends, strict=True))
    return text.decode("utf-8", "replace").split("\0")


def any_word(text: str) -> str:
    """An FTS5 query for any of the words in a text; empty if there is none."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(split_name(text)))
    return " OR ".join(f'"{word}"' for word in words)
