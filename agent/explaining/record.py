"""An explanation as JSON types."""

from dataclasses import asdict
from typing import Any

from hdlsmith.agent.explaining.explain import Explanation
from hdlsmith.agent.explaining.grain import Grain
from hdlsmith.agent.explaining.views import notes_of
from hdlsmith.retrieval.anatomy.diagrams import mermaid


def explanation_record(explained: Explanation) -> dict[str, Any]:
    """What programs read: the anatomy, or the blocks or lines that were asked about, and the
    claims that stand.
    """
    target = explained.target
    anatomy = asdict(target.anatomy)
    del anatomy["text"]
    record: dict[str, Any] = {
        "target": target.name,
        "module": target.anatomy.module,
        "language": target.anatomy.language.value,
        "grain": explained.grain.value,
        "lines": [target.first_line, target.last_line],
        "origin": explained.page.origin,
    }
    if explained.grain is Grain.MODULE:
        diagrams = {fsm.register: mermaid(fsm) for fsm in target.anatomy.fsms}
        record |= {"anatomy": anatomy, "diagrams": diagrams}
    elif explained.grain is Grain.BLOCK:
        record["blocks"] = [asdict(block) for block in target.blocks()]
    else:
        at = target.ground.place
        record["notes"] = [{"at": at(n.line), **n._asdict()} for n in notes_of(target)]
    record["claims"] = [
        {
            "section": section.key,
            "text": claim.claim.text,
            "places": list(claim.places),
            "verdict": claim.verdict.value,
            "why": claim.why,
        }
        for section in explained.page.sections
        for claim in section.claims
    ]
    record |= {
        "claims_refuted": len(explained.refuted),
        "stopped_by": explained.stopped_by,
        "usage": asdict(explained.usage),
    }
    return record | ({"judgement": asdict(explained.judgement)} if explained.judgement else {})
