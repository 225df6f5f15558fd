"""The sections of a page at each grain, and the source lines that a section speaks of."""

import re
from collections.abc import Iterator

from hdlsmith.agent.explaining.grain import Grain
from hdlsmith.agent.explaining.lines import LineNote, describe_lines
from hdlsmith.agent.explaining.markdown import section_blocks
from hdlsmith.agent.explaining.page import Listing, Paragraph, Part, Section, Table, code
from hdlsmith.agent.explaining.sections import sections_of
from hdlsmith.agent.explaining.target import Target
from hdlsmith.agent.explaining.wording import names, place
from hdlsmith.languages import LANGUAGES
from hdlsmith.retrieval.anatomy.anatomy import Block
from hdlsmith.retrieval.nodes import Kind

_DECLARATIONS = "declarations"
_AROUND_LINES = 4


def sections_at(target: Target, grain: Grain) -> tuple[Section, ...]:
    """What is computed of a target."""
    if grain is Grain.MODULE:
        return sections_of(target.anatomy)
    found: tuple[Section, ...] = ()
    if grain is Grain.BLOCK:
        found = tuple(_block(target, block) for block in target.blocks())
    return found or tuple(_by_line(target))


def notes_of(target: Target) -> list[LineNote]:
    """What each meant line does."""
    return list(describe_lines(target.ground, target.first_line, target.last_line))


def _block(target: Target, block: Block) -> Section:
    return Section(
        f"block {block.span.line}",
        f"{_named(block)} at {place(block.span, block.last_line)}",
        tuple(_about(block, _lines(target, block.span.line, block.last_line))),
    )


def _named(block: Block) -> str:
    return " ".join(filter(None, (block.kind.capitalize(), code(block.name))))


def _about(block: Block, listing: Listing) -> Iterator[Part]:
    told = [block.words and f"{block.words}."]
    told += [f"Drives {names(block.drives)}."] if block.drives else []
    verb = "Is connected to" if block.kind == Kind.INSTANCE else "Reads"
    told += [f"{verb} {names(block.reads)}."] if block.reads else []
    yield Paragraph(" ".join(filter(None, told)))
    yield listing


def _lines(target: Target, first: int, last: int) -> Listing:
    lines = (target.ground.line(number) or "" for number in range(first, last + 1))
    return Listing("\n".join(lines), first, LANGUAGES[target.anatomy.language].fence_tags[0])


def _by_line(target: Target) -> Iterator[Section]:
    """What lies in no block first, then each block."""
    groups: dict[int, list[LineNote]] = {}
    blocks = [block for block in target.blocks() if block.last_line > block.span.line]
    for note in notes_of(target):
        around = (b.span.line for b in blocks if b.span.line <= note.line <= b.last_line)
        groups.setdefault(max(around, default=0), []).append(note)
    titles = {block.span.line: f"{_named(block)} at {place(block.span)}" for block in blocks}
    for line, notes in sorted(groups.items()):
        key = f"block {line}" if line else _DECLARATIONS
        yield Section(
            key, titles.get(line, "Declarations and assignments"), (_table(target, notes),)
        )
    if not groups:
        nothing = Paragraph("By the graph nothing is declared, assigned or connected here.")
        yield Section(_DECLARATIONS, "Nothing to tell", (nothing,))
    if target.first_line == target.last_line:
        first = max(target.ground.first_line, target.first_line - _AROUND_LINES)
        last = min(target.ground.last_line, target.last_line + _AROUND_LINES)
        yield Section("source", "The lines around it", (_lines(target, first, last),))


def _table(target: Target, notes: list[LineNote]) -> Table:
    at = target.ground.place
    rows = tuple((code(at(n.line)), code(n.text), n.words) for n in notes)
    return Table(("At", "Source", "What it does"), rows)


def evidence(section: Section, target: Target, most_characters: int) -> str:
    """The source lines that a section names, behind their numbers, with `…` for the gaps."""
    ground = target.ground
    path = re.escape(ground.path)
    said = "\n\n".join(section_blocks(section))
    wanted: set[int] = set()
    for first, last in re.findall(rf"{path}:(\d+)(?:-(\d+))?", said):
        wanted.update(range(int(first), int(last or first) + 1))
    if section.key == "summary":
        wanted.update(range(ground.first_line, ground.last_line + 1))
    shown: list[str] = []
    before, left = 0, most_characters
    for number in sorted(wanted):
        line = ground.line(number)
        if line is None or not line.strip():
            continue
        left -= len(line) + 7
        if left < 0:
            break
        shown += ["…"] * (number > before + 1 and bool(shown))
        shown.append(f"{number:>5}  {line.rstrip()}")
        before = number
    return "\n".join(shown)
