"""What a request wants and in which language, read off its words by rule; no model is asked."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from hdlsmith.languages import LANGUAGES, Language, language_of


class Intent(StrEnum):
    """What is to be done; named after the command that does it, but for `write` (`solve`)."""

    WRITE = "write"
    DEBUG = "debug"
    EXPLAIN = "explain"
    SEARCH = "search"
    TRACE = "trace"
    LINT = "lint"
    SIMULATE = "simulate"


@dataclass(frozen=True)
class Route:
    """
    Attributes:
        language: that the request names, or that of a file named in it; None where it is silent.
    """

    intent: Intent
    language: Language | None


def route(request: str) -> Route:
    """Where a request goes. A bare description of hardware is a wish to have it written."""
    said = _OPENING.sub("", request.strip())
    if _names_a_thing(said):
        said = f"a {said}"  # with the article it lacks, it starts with no verb
    intent = next((intent for intent, rule in _RULES if rule.search(said)), Intent.WRITE)
    return Route(intent, _language(request))


def _names_a_thing(said: str) -> bool:
    """Whether the first word is no order, but the first of a compound: `test pattern generator`.

    The object of an order has an article or the like, is a plural or a name, or a single word.
    """
    first, *rest = _CLAUSE_END.split(said, maxsplit=1)[0].lower().split() or [""]
    nouns = list(takewhile(_is_bare, rest))
    return first in _ALSO_NOUNS and len(nouns) > 1 and not _PLURAL.search(nouns[-1])


def _is_bare(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None and _CLOSED.fullmatch(word) is None


_ALSO_NOUNS = ("check", "debug", "list", "look", "run", "search", "test")
"""Verbs among those below that are nouns as well. Not `trace`: a signal's name has no article."""

# What no compound of nouns goes on behind: determiners, pronouns, prepositions, conjunctions,
# question words, auxiliaries. Of these a language has only so many.
_CLOSED = re.compile(
    r"an?|the|th(?:is|at|ese|ose)|my|our|your|its|his|her|their|some|any|no|each|every|all|both"
    r"|it|them|him|us|me|and|or|but|nor|not|if|whether|because|so|than|as|how|why|what|which|who"
    r"|when|where|while|until|unless|of|in|on|at|to|for|from|with|without|by|against|through|into"
    r"|over|under|after|before|between|around|about|is|are|was|were|be|ha[sd]|have|do|does|did|can"
    r"|could|will|would|should|may|must"
)
_PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_PLURAL = re.compile(r"[^su]s$")
_CLAUSE_END = re.compile(r"[,.:;!?](?:\s|$)")

_OPENING = re.compile(
    r"^(?:(?:please|now|then|so|also|and|ok(?:ay)?|hi|hey|hello|just|try to|help me(?: to)?|let'?s"
    r"|(?:can|could|would|will) you|i(?:'d| would)? (?:want|need|like)(?: you)? to)\b[\s,.!:]*)+",
    re.IGNORECASE,
)


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# The first that fits decides: commands by their verb, then symptoms, then questions. What is said
# of a thing in a relative clause is wanted of it, and no symptom.
_RULES = (
    (Intent.LINT, _rule(r"^(?:lint\b|(?:run|check|show|any|are there)\b.*\b(?:lint|warnings?))")),
    (
        Intent.SIMULATE,
        _rule(r"^(?:(?:simulate|run|test|verify)\b(?!-)|check\b.*\b(?:simulat|test|pass))"),
    ),
    (Intent.LINT, _rule(r"^(?:check|elaborate|compile|does\b.*\bcompile)\b(?!-)")),
    (Intent.DEBUG, _rule(r"^(?:debug|fix|repair|correct|mend|diagnose|troubleshoot)\b(?!-)")),
    (
        Intent.TRACE,
        _rule(
            r"^(?:trace|follow)\b(?!-)|^(?:show\b.*\b)?(?:who|what|which)\b.*\b(?:drives?|loads?|reads?)\b"
            r"|^(?:show me )?where\b.*\b(?:driven|assigned|set|comes? from|goes?)\b"
        ),
    ),
    (
        Intent.EXPLAIN,
        _rule(
            r"^(?:explain|describe|summari[sz]e|document|walk|teach)\b"
            r"|^(?:show|tell)\b.*\b(?:how|why|what)\b"
        ),
    ),
    (
        Intent.SEARCH,
        _rule(r"^(?:find|search|look|locate|grep|list|show|where|which|is there|are there)\b(?!-)"),
    ),
    (
        Intent.WRITE,
        _rule(
            r"^(?:(?:re)?write|generate|create|implement|design|build|make|code|develop|produce"
            r"|complete|convert|translate|add|change|modify|update|extend|remove|replace|rename)\b"
        ),
    ),
    (Intent.WRITE, _rule(r"^(?:i (?:need|want) )?an?\b[^.?!]*\b(?:that|which|whose)\b")),
    (
        Intent.DEBUG,
        _rule(
            r"\b(?:fails?|failed|failing|mismatch(?:es)?|bugs?|buggy)\b(?!-)"
            r"|(?:n't|\bnot|\bnever) (?:work|compile|elaborate|simulate|pass|advance|change|toggle)"
            r"|(?:\b(?:is|are|gets?|stays?)|'s) (?:\w+ )?(?:wrong|broken|incorrect|stuck)\b"
            r"|\b(?:is|are|goes?|gets?|stays?|comes? up) (?:\w+ )?[xz]\b"
        ),
    ),
    (
        Intent.EXPLAIN,
        _rule(r"^(?:what|how|why|when|who|does|do|is|are|can|could|should|tell)\b|\?\s*$"),
    ),
)

_NAMES = re.compile(
    r"(?P<systemverilog>\bsystem[ -]?verilog\b|(?<![.\w])sv\b)|(?P<verilog>\bverilog\b)"
    r"|(?P<vhdl>(?<!\.)\bvhdl\b)|(?P<chisel>\bchisel\b)|(?P<hls>\bhls\b|(?<!\w)c\+\+)",
    re.IGNORECASE,
)
_SUFFIXES = "|".join(suffix[1:] for info in LANGUAGES.values() for suffix in info.suffixes)
_FILES = re.compile(rf"(?<![\w./-])[\w./-]*\w\.(?:{_SUFFIXES})\b", re.IGNORECASE)
_TARGET = re.compile(r"\b(?:in|into|to|as|using)\s+(?:\w+\s+)?$", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:not|no|from|than|instead of)\s+(?:in\s+|using\s+)?$", re.IGNORECASE)

_NEAR = 40
"""Characters before a name in which the word stands that says what it is for."""


def _language(request: str) -> Language | None:
    """One named by word, else by a file; first what stands behind `in`, `to` and the like."""
    for pattern in (_NAMES, _FILES):
        mentions = [m for m in pattern.finditer(request) if not _REFUSED.search(_before(m))]
        targets = [m for m in mentions if _TARGET.search(_before(m))]
        for mention in (*targets, *mentions):
            return Language(mention.lastgroup) if mention.lastgroup else language_of(mention[0])
    return None


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _NEAR) : match.start()]
