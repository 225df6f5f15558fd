"""The line under an answer: what the tools have shown in this turn, whatever the model says."""

import re

from hdlsmith.agent.chat.state import Entry, Speaker, Standing, this_turn

_CLAIM = re.compile(
    r"\b(?:verif\w+|pass(?:es|ed|ing)?|prove[nds]?|works?|correct\w*|bug[- ]free|no errors?)\b",
    re.IGNORECASE,
)
_UNSHOWN = "no tool has shown in this turn that anything passes or is right"


def evidence_line(entries: tuple[Entry, ...]) -> str:
    """Verdicts of tools since the user's last word; those from before a change count no more."""
    turn = this_turn(entries)
    changed = max((n for n, entry in enumerate(turn) if entry.speaker is Speaker.CHANGE), default=0)
    since = turn[changed:]
    said = "; ".join(dict.fromkeys(entry.evidence for entry in since if entry.evidence))
    line = f"evidence: {said or 'none'}"
    claims = any(e.speaker is Speaker.AGENT and _CLAIM.search(e.text) for e in turn)
    shown = any(entry.standing is Standing.SHOWN for entry in since)
    return f"{line}; {_UNSHOWN}" if claims and not shown else line
