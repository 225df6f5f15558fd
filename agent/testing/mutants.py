"""Mutants of a design: small faults that a test ought to find.

That a test is as good as the share of mutants it kills is mutation analysis (DeMillo, Lipton and
Sayward, 1978). The faults are the small edits that template repair tries, the other way round.
"""

import random
from collections import defaultdict
from itertools import chain, islice, zip_longest

from hdlsmith.agent.templates.proposals import Proposal, proposals
from hdlsmith.design import Design


def mutants(design: Design, most: int) -> tuple[Design, ...]:
    """Versions of a design with one edit each, of as many kinds as there are; always the same."""
    kinds: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in proposals(design, ()):
        kinds[proposal.template].append(proposal)
    rng = random.Random(0)  # noqa: S311
    for alike in kinds.values():
        rng.shuffle(alike)
    in_turn = chain.from_iterable(zip_longest(*kinds.values()))
    return tuple(p.apply(design) for p in islice(filter(None, in_turn), most))
