"""What can honestly be said after debugging: the verdict and the evidence for it."""

from dataclasses import dataclass, replace

from hdlsmith.agent.debugging.cone import outermost
from hdlsmith.agent.debugging.court import with_patience
from hdlsmith.agent.debugging.debug import Debugged
from hdlsmith.agent.debugging.unchanged import compare_outputs
from hdlsmith.agent.state import Verdict
from hdlsmith.design import Design
from hdlsmith.errors import InputError, MissingToolError
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.formal.equivalence import EquivalenceChecker
from hdlsmith.sandbox.formal.proof import Proof, ProofResult
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus

_DEPTH = 30
_PROOF_CPU_S = 20
_MOST_TOPS = 4


@dataclass(frozen=True)
class Conclusion:
    """
    Attributes:
        because: what the verdict rests on, in one sentence.
        outputs: which outputs the repair left as they were, as far as that was proved; empty where
            nothing was repaired or there is nothing to compare with.
    """

    verdict: Verdict
    because: str
    outputs: str = ""


def conclude(done: Debugged, icarus: Icarus) -> Conclusion:
    """Judge what debugging came to, and prove what can be proved of it.

    VERIFIED takes a testbench of the user's that passes, or a reference that is proved or simulated
    equal. A log or a description verifies nothing.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    icarus = with_patience(icarus, _PROOF_CPU_S)
    verdict, because = _verdict(done, icarus)
    return Conclusion(verdict, because, _outputs(done, icarus))


def _verdict(done: Debugged, icarus: Icarus) -> tuple[Verdict, str]:
    if done.errors:
        return Verdict.REFUTED, f"it does not compile: {done.errors[0]}"
    if not done.after:
        why = "it compiles; no testbench or reference tells whether it is right"
        return Verdict.UNVERIFIED, why
    failing = (result for _, result in done.after if result.outcome is not Outcome.PASS)
    said = next(failing, done.after[-1][1])
    judge = "your testbench" if done.case.testbench else "beside the reference"
    if said.outcome in (Outcome.NO_EVIDENCE, Outcome.COMPILE_ERROR):
        return Verdict.UNVERIFIED, f"{judge}: {said}"
    if said.outcome is not Outcome.PASS:
        return Verdict.REFUTED, f"{judge}: {said}"
    passed_before = done.before and all(r.outcome is Outcome.PASS for _, r in done.before)
    if done.case.issue and passed_before:
        return Verdict.UNVERIFIED, f"{judge}: {said}, but so it was before: the issue is not tested"
    if done.case.testbench:
        return Verdict.VERIFIED, f"{judge}: {said}"
    proof = _against_reference(done, icarus)
    if proof.proof is Proof.REFUTED:
        return Verdict.REFUTED, f"the reference differs where no stimulus looked: {proof.evidence}"
    if proof.proof is Proof.PROVEN:
        return Verdict.VERIFIED, f"proved equal to the reference: {proof.evidence} ({proof.method})"
    return Verdict.VERIFIED, f"{judge}: {said}; equality is not proved: {proof.evidence}"


def _against_reference(done: Debugged, icarus: Icarus) -> ProofResult:
    reference = done.case.reference
    assert reference is not None
    dut = done.benches[0].dut
    tops = elaborate(reference).tops
    right = replace(reference, top=dut if dut in tops else tops[0])
    try:
        checker = EquivalenceChecker.find(icarus)
        return checker.compare(right, replace(done.design, top=dut), _DEPTH)
    except (InputError, MissingToolError) as error:
        return ProofResult(Proof.UNKNOWN, error.message)


def _outputs(done: Debugged, icarus: Icarus) -> str:
    before = done.mended.design if done.mended.steps else done.case.design
    if done.mended.errors or done.errors or _texts(before) == _texts(done.design):
        return ""
    found = done.localisation
    wrong = tuple(name for name, _ in found.wrong_outputs) if found and done.works else ()
    duts = (done.benches[0].dut,) if done.benches else outermost(before)
    try:
        checker = EquivalenceChecker.find(icarus)
    except MissingToolError as error:
        return f"which outputs changed is not proved: {error.message}"
    told = {
        dut: compare_outputs(before, done.design, dut, wrong, checker) for dut in duts[:_MOST_TOPS]
    }
    several = len(told) > 1
    return "; ".join(f"{dut}: {said}" if several else str(said) for dut, said in told.items())


def _texts(design: Design) -> list[str]:
    return [file.text for file in design.files]
