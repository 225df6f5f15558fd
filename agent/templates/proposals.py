"""Every edit that the templates propose for a design, the likeliest first.

The templates are those that paid elsewhere: operators, constants, conditions, edges, sensitivity
and assignment kinds of CirFix (Ahmad, Huang and Weimer, ASPLOS 2022); replaced literals, added
guards and overwritten defaults of RTL-Repair (Laeufer et al., ASPLOS 2024); and names, indices and
orders, as in the rules of FudgeFactor (Becker et al., HVC 2015).
"""

from dataclasses import dataclass, replace

from hdlsmith.agent.localising.localisation import Suspect
from hdlsmith.agent.mending.source import Edit, Source, edited
from hdlsmith.agent.templates.change import Template, View
from hdlsmith.agent.templates.expressions import EXPRESSIONS
from hdlsmith.agent.templates.processes import PROCESSES
from hdlsmith.design import Design
from hdlsmith.languages import VERILOG_FAMILY

_UNSUSPECTED = 0.02
"""The score of a line that nothing speaks against: tried when all else failed."""
TEMPLATES: dict[Template, float] = {**EXPRESSIONS, **PROCESSES}


@dataclass(frozen=True)
class Proposal:
    """One edit of one file.

    Attributes:
        score: of the line, times that of the template.
    """

    template: str
    path: str
    line: int
    score: float
    edits: tuple[Edit, ...]

    def apply(self, design: Design) -> Design:
        """The design with the edit made."""
        return replace(
            design,
            files=tuple(
                replace(file, text=edited(file.text, *self.edits))
                if file.path == self.path
                else file
                for file in design.files
            ),
        )


def proposals(design: Design, suspects: tuple[Suspect, ...]) -> list[Proposal]:
    """All of them, no text twice."""
    scores = {(s.path, s.line): s.score for s in suspects}
    top = max(scores.values(), default=1.0) or 1.0
    found: dict[tuple[str, tuple[Edit, ...]], Proposal] = {}
    for file in design.sources:
        if file.language not in VERILOG_FAMILY:
            continue
        source = Source(file.text)
        for module in source.modules:
            view = View(source, module)
            for template, prior in TEMPLATES.items():
                for change in template(view):
                    score = scores.get((file.path, change.line), 0.0) / top
                    proposal = Proposal(
                        change.template,
                        file.path,
                        change.line,
                        max(score, _UNSUSPECTED) * prior,
                        change.edits,
                    )
                    found.setdefault((file.path, change.edits), proposal)
    return sorted(found.values(), key=lambda p: -p.score)
