"""A process, an assign or a function in plain words."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import RESET_NAME, words_of
from hdlsmith.retrieval.meaning.code import Assignment, Code
from hdlsmith.retrieval.meaning.flops import Flops, in_terms_of
from hdlsmith.retrieval.meaning.forms import form_of
from hdlsmith.retrieval.meaning.logic import target_words
from hdlsmith.retrieval.meaning.order import in_order
from hdlsmith.retrieval.meaning.phrases import clip, say
from hdlsmith.retrieval.meaning.registers import register_words
from hdlsmith.retrieval.meaning.resets import resets

MAX_WORDS = 80
_MOST_TARGETS = 5
_MOST_NAMES = 12
_MOST_CALLS = 5

_SYSTEM_TASKS = {
    "prints messages": ("$display", "$write", "$monitor", "$strobe", "$info"),
    "reports errors": ("$error", "$fatal", "$warning"),
    "loads memory from file": ("$readmemh", "$readmemb"),
    "reads and writes files": ("$fopen", "$fscanf", "$fwrite", "$fdisplay", "$fclose"),
    "ends simulation": ("$finish", "$stop"),
}


class BlockWords(NamedTuple):
    """What a block does, and what it does to each thing it assigns (by name)."""

    words: str
    targets: dict[str, str]


def describe_block(code: Code, flops: Flops) -> BlockWords:
    """Describe code by the forms its assignments have.

    Args:
        flops: of the module around.
    """
    grouped: dict[str, list[Assignment]] = {}
    for assignment in code.assignments:
        grouped.setdefault(assignment.name, []).append(assignment)
    clocked = any(edge for edge, _ in code.events)
    targets = {
        name: _target(name, [*group, *_as_a_whole(name, grouped)], flops, clocked)
        for name, group in grouped.items()
    }
    parts = [words_of(code.label), *_returned(code), *_told(targets), *_beside(code)]
    if clocked:
        parts.append(_clocking(code))
    return BlockWords(clip(". ".join(filter(None, parts)), MAX_WORDS), targets)


def _as_a_whole(name: str, grouped: dict[str, list[Assignment]]) -> list[Assignment]:
    """Of a field the assignments of its record."""
    record, dot, _ = name.partition(".")
    return grouped.get(record, []) if dot else []


def _target(name: str, group: list[Assignment], flops: Flops, clocked: bool) -> str:
    if clocked:
        return register_words(name, group)
    register = flops.register.get(name)
    if register and (
        form := form_of(register, in_order([in_terms_of(a, register) for a in group]))
    ):
        return f"next value of {form}"
    return target_words(group, flops)


def _told(targets: dict[str, str]) -> Iterator[str]:
    names = list(targets)
    if len(names) == 1:
        yield targets[names[0]]
        return
    most = MAX_WORDS // min(_MOST_TARGETS, len(names) or 1)
    for name in names[:_MOST_TARGETS]:
        yield f"{words_of(name)}: {clip(targets[name], most)}"
    if others := names[_MOST_TARGETS : _MOST_TARGETS + _MOST_NAMES]:
        yield f"also drives {', '.join(map(words_of, others))}"


def _returned(code: Code) -> Iterator[str]:
    said = [say(value, 20) for value in code.returns[:4]]
    if any(said):
        yield "returns " + ", ".join(filter(None, said))


def _beside(code: Code) -> Iterator[str]:
    called = {call.text for call in code.calls}
    for does, tasks in _SYSTEM_TASKS.items():
        if not called.isdisjoint(tasks):
            yield does
    own = [call for call in code.calls if call.text and not call.text.startswith("$")]
    if own:
        yield "calls " + ", ".join(clip(say(call), 8) for call in own[:_MOST_CALLS])
    if code.checks:
        yield "asserts " + ", ".join(say(check, 16) for check in code.checks[:_MOST_CALLS])
    if code.kind == "initial" and code.waits:
        yield "drives stimuli over time"


def _clocking(code: Code) -> str:
    edges = [(edge, name) for edge, name in code.events if edge]
    words = ""
    for edge, name in [event for event in edges if not RESET_NAME.search(event[1])][:1]:
        words = f"on {'rising' if edge == 'posedge' else 'falling'} {words_of(name)}"
    if len(edges) > 1:
        return f"{words}, asynchronous reset"
    return f"{words}, synchronous reset" if _synchronous_reset(code.assignments) else words


def _synchronous_reset(assignments: Sequence[Assignment]) -> bool:
    return any(a.conditions and resets(a.conditions[0]) for a in assignments)
