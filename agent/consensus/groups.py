"""Consensus: of several candidates, the largest group that behaves alike.

Choosing by agreement among samples is self-consistency (Wang et al., 2023); for code, where texts
differ and behaviour is what counts, it is clustering by outputs (AlphaCode, Li et al., 2022), and
for Verilog VRank (Zhao et al., 2025). Agreement is no proof: candidates of one model err alike.

An x counts as a value of its own, with one exception. Before a design has settled (see `Stimuli`)
a bit that any candidate leaves unknown is compared in none of them: whether a register is
initialised before its first reset is no difference.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hdlsmith.agent.consensus.distinguishing import Distinguishing, distinguish
from hdlsmith.agent.consensus.profiles import Ports
from hdlsmith.agent.consensus.stimuli import Stimuli, stimuli_for
from hdlsmith.agent.consensus.together import LeftOut, simulate_together
from hdlsmith.design import Design, Direction, Severity, digest_of
from hdlsmith.display import counted
from hdlsmith.errors import InputError
from hdlsmith.sandbox.linters.lint import Linter, lint
from hdlsmith.sandbox.simulation.icarus import Icarus

Trace = tuple[str, ...]
"""All output bits, a string a step."""

Choose = Callable[[Distinguishing], int | None]
"""Which of the groups is right, counting from 0; None where that can't be said."""


@dataclass(frozen=True)
class Group:
    """Candidates that behave alike.

    Attributes:
        members: their indices, rising.
        trace: SHA-256 in hex of what was compared.
        cycles: clock cycles compared; input vectors where there is no clock.
    """

    members: tuple[int, ...]
    trace: str
    cycles: int


@dataclass(frozen=True)
class Consensus:
    """What the candidates have in common.

    Attributes:
        groups: the largest first, equal ones by their first member.
        left_out: index and reason of each candidate that could not be simulated.
        chosen: index of the chosen candidate; None where none could be simulated.
        because: in one sentence.
        distinguishing: where several groups are the largest, what tells these apart.
    """

    groups: tuple[Group, ...]
    left_out: tuple[tuple[int, str], ...]
    chosen: int | None
    because: str
    distinguishing: Distinguishing | None = None


def agree(
    candidates: Sequence[Design],
    ports: Ports,
    icarus: Icarus,
    linters: Sequence[Linter] = (),
    choose: Choose | None = None,
    seed: int = 0,
) -> Consensus:
    """Group candidates by what they do, and choose one of the largest group.

    Several groups of that size: the one with the fewest lint findings in its cleanest member, then
    what `choose` says, then the one whose first member comes first. Within the group: the member
    with the fewest unknown output bits before it has settled, then the first.

    Args:
        ports: that every candidate must have.
        linters: beside pyslang; asked only where groups are equally large.
        choose: asked only where these are equally clean too.

    Raises:
        InputError: no output among the ports.
        SandboxError: the sandbox failed, not a candidate.
    """
    if all(port.direction is Direction.INPUT for port in ports):
        raise InputError("without an output port there is no behaviour to compare")
    stimuli = stimuli_for(ports, seed)
    shown = simulate_together(candidates, stimuli, icarus)
    left_out = tuple((n, s.because) for n, s in enumerate(shown) if isinstance(s, LeftOut))
    traces = {n: s.samples for n, s in enumerate(shown) if not isinstance(s, LeftOut)}
    if not traces:
        return Consensus((), left_out, None, "no candidate can be simulated")
    compared = dict(zip(traces, _compared(list(traces.values()), stimuli.settled), strict=True))
    groups = _groups(compared, stimuli.cycles)
    best = [group for group in groups if len(group.members) == len(groups[0].members)]
    said = _agreement(best, len(candidates), stimuli)
    if len(best) == 1:
        return Consensus(groups, left_out, _most_known(best[0], traces), said)
    clean = _cleanest(best, candidates, linters)
    tied = clean if len(clean) > 1 else best
    distinguishing = distinguish(stimuli, [compared[group.members[0]] for group in tied])
    winner, of_these = tied[0], f"of {len(tied)} groups of this size"
    if len(clean) == 1:
        winner, because = clean[0], f"{of_these} the one with the fewest lint findings"
    elif choose and (choice := choose(distinguishing)) is not None:
        winner, because = tied[choice], f"{of_these} the one preferred on a distinguishing input"
    else:
        because = f"{of_these}, equally clean, the first"
    chosen = _most_known(winner, traces)
    return Consensus(groups, left_out, chosen, f"{said}; {because}", distinguishing)


def _compared(traces: list[Trace], settled: int) -> list[Trace]:
    """The traces with a `-` for each bit that is not compared."""
    early = map(_known_to_all, zip(*(trace[:settled] for trace in traces), strict=True))
    heads = zip(*early, strict=True)
    return [head + trace[settled:] for head, trace in zip(heads, traces, strict=True)]


def _known_to_all(outputs: Trace) -> Trace:
    """What all candidates show in one step."""
    unknown = ["x" in bits for bits in zip(*outputs, strict=True)]
    if not any(unknown):
        return outputs
    return tuple(
        "".join("-" if hide else bit for bit, hide in zip(bits, unknown, strict=True))
        for bits in outputs
    )


def _groups(compared: dict[int, Trace], cycles: int) -> tuple[Group, ...]:
    members: dict[Trace, list[int]] = defaultdict(list)
    for number, trace in compared.items():
        members[trace].append(number)
    groups = (Group(tuple(m), digest_of("\n".join(trace)), cycles) for trace, m in members.items())
    return tuple(sorted(groups, key=lambda group: (-len(group.members), group.members)))


def _agreement(best: list[Group], candidates: int, stimuli: Stimuli) -> str:
    number = len(best[0].members)
    over = counted(stimuli.cycles, "cycle" if stimuli.clock else "input vector")
    if number > 1:
        return f"{number} of {counted(candidates, 'candidate')} agree on {over}"
    if len(best) > 1:
        return f"no two of {counted(candidates, 'candidate')} agree on {over}"
    return f"1 of {counted(candidates, 'candidate')} can be simulated"


def _most_known(group: Group, traces: dict[int, Trace]) -> int:
    return min(group.members, key=lambda number: "".join(traces[number]).count("x"))


def _cleanest(
    groups: list[Group], candidates: Sequence[Design], linters: Sequence[Linter]
) -> list[Group]:
    """The groups whose cleanest member has the fewest findings."""
    findings = [min(_findings(candidates[n], linters) for n in g.members) for g in groups]
    return [g for g, number in zip(groups, findings, strict=True) if number == min(findings)]


def _findings(design: Design, linters: Sequence[Linter]) -> int:
    found = lint(design, linters).diagnostics
    return sum(finding.severity is not Severity.NOTE for finding in found)
