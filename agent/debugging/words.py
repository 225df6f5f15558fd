"""What somebody's words mean in a design: signals by name or by the words of a name, and lines
whose names and comments share rare words with them.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hdlsmith.agent.localising.recording import Module
from hdlsmith.agent.localising.slices import Place
from hdlsmith.design import Design
from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.comments import Comments
from hdlsmith.retrieval.searching.terms import parts_of, stem, terms_of

_MEANT = 0.6
"""Of a name that is not spelled out but whose every word is said."""
_LETTERS = frozenset("bcdefghjklmnopqrstuvwxyz")
"""Names of one letter that are no English word."""
_LIKE = 0.5
"""Of the statement that shares most with the words."""


def weigh_words(text: str, names: Iterable[str]) -> dict[str, float]:
    """The names that a text spells out, or says in words, and how sure that is."""
    spelled = {word for word in re.findall(r"\w+", text) if parts_of(word) or word in _LETTERS}
    quoted = set(re.findall(r"[`'\"](\w+)[`'\"]", text))
    said = _stems(terms_of(text).words)
    weights = {}
    for name in names:
        words = _stems(words_of(name).split())
        if name in spelled or name in quoted:
            weights[name] = 1.0
        elif words and words <= said:
            weights[name] = _MEANT
    return weights


def weigh_statements(
    text: str, design: Design, modules: tuple[Module, ...]
) -> Iterator[tuple[Place, float, str]]:
    """The statements whose names and comments share words with a text, rare ones counting more."""
    spelled = {stem(word): word for word in terms_of(text).words}
    comments = {file.path: Comments(file.text.encode()) for file in design.files if spelled}
    bags = {
        (module.number, position): _said_at(comments[module.path], module, position) & set(spelled)
        for module in modules
        for position in range(len(module.statements))
        if spelled
    }
    counts = Counter(word for bag in bags.values() for word in bag)
    rarity = {word: math.log(1 + len(bags) / count) for word, count in counts.items()}
    scores = {place: math.fsum(rarity[word] for word in bag) for place, bag in bags.items()}
    most = max(scores.values(), default=0.0)
    for place, score in scores.items():
        if score:
            words = ", ".join(sorted(spelled[word] for word in bags[place]))
            yield place, _LIKE * score / most, f"it speaks of {words}"


def _said_at(comments: Comments, module: Module, position: int) -> frozenset[str]:
    statement = module.statements[position]
    names = (*statement.drives, *statement.reads)
    line = statement.line
    beside = " ".join((comments.behind.get(line, ""), comments.alone.get(line - 1, "")))
    return _stems(terms_of(beside).words).union(*map(_words, names))


def _words(name: str) -> frozenset[str]:
    return _stems((*parts_of(name), *words_of(name).split()))


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(stem, words))
