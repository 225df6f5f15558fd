"""What somebody brings to be debugged, and what of it can judge a repair."""

from dataclasses import dataclass

from hdlsmith.agent.localising.bench import Bench, find_benches, module_names, with_reference
from hdlsmith.agent.localising.reference_bench import reference_benches
from hdlsmith.design import Design, SourceFile, digest_of
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate


@dataclass(frozen=True)
class Case:
    """
    Attributes:
        design: the files that may be changed.
        reference: what the design should do; beside a testbench, or in its place.
        log: what tools printed, wherever they ran.
        issue: what somebody says is wrong.
    """

    design: Design
    testbench: tuple[SourceFile, ...] = ()
    reference: Design | None = None
    log: str = ""
    issue: str = ""

    def __post_init__(self) -> None:
        """
        Raises:
            InputError: nothing tells what is wrong.
        """
        if not self.is_judged and not self.log.strip() and not self.issue.strip():
            raise InputError(
                "nothing tells what is wrong",
                remedy="name a --testbench or a --reference, or give a --log or an --issue",
            )

    @property
    def digest(self) -> str:
        """SHA-256 in hex; equal cases are the same work."""
        right = self.reference.digest if self.reference else ""
        files = Design(self.testbench).digest
        return digest_of(self.design.digest, files, right, self.log, self.issue)

    @property
    def language(self) -> Language:
        """That of the first file."""
        languages = (file.language for file in self.design.sources if file.language)
        return next(languages, Language.SYSTEMVERILOG)

    @property
    def is_judged(self) -> bool:
        """Whether anything can tell that a repair is right."""
        return bool(self.testbench) or self.reference is not None


def benches_for(case: Case, design: Design) -> tuple[Bench, ...]:
    """The testbenches that a version of the design is debugged against; none without a judge.

    Raises:
        InputError: they don't fit the design.
        SandboxError: the front end can't be run.
    """
    if case.testbench:
        return find_benches(design, case.testbench, case.reference)
    if case.reference is None:
        return ()
    own = module_names(design)
    tops = elaborate(case.reference).tops
    dut = next((top for top in tops if top in own), next(iter(elaborate(design).tops), ""))
    ports = elaborate(Design(design.files, dut)).ports
    return reference_benches(dut, ports, with_reference(Bench((), "", dut, ports), case.reference))
