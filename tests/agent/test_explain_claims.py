"""What a model says of a module stands only as far as its source does not deny it."""

from collections.abc import Iterator

import pytest

from hdlsmith.agent.explaining.checking import check
from hdlsmith.agent.explaining.claims import Verdict, claims_in
from hdlsmith.agent.explaining.target import Target, open_target

from .explain_inputs import INVENTED, LOCK, PURPOSE, TRUE, answer, line_of, said

CONFIRMED, UNCHECKED, REFUTED = Verdict.CONFIRMED, Verdict.UNCHECKED, Verdict.REFUTED


@pytest.fixture(scope="module")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("lock")
    (folder / "door_lock.sv").write_text(LOCK)
    with open_target(str(folder / "door_lock.sv")) as target:
        yield target


def verdict(claim: dict[str, object], target: Target) -> Verdict:
    (read,) = claims_in(answer(claim), 9)
    return check(read, target.ground).verdict


@pytest.mark.parametrize("what", INVENTED)
def test_what_is_invented_is_refuted(what: str, lock: Target) -> None:
    assert verdict(INVENTED[what], lock) is REFUTED


@pytest.mark.parametrize("what", INVENTED)
def test_it_is_refuted_too_where_the_form_states_no_fact(what: str, lock: Target) -> None:
    plain = INVENTED[what] | {"kind": "none", "name": "", "other": "", "value": ""}
    assert verdict(plain, lock) is REFUTED


KEY, DRIVE, STEP = line_of("[3:0] key_i"), line_of("state_q <= state_d"), line_of("ARMED:")
FACTS = [
    ("port", {"name": "key_i", "other": "input", "value": "4"}, KEY, CONFIRMED),
    ("port", {"name": "key_i", "other": "output"}, KEY, REFUTED),
    ("port", {"name": "key_i", "value": "8"}, KEY, REFUTED),
    ("port", {"name": "held_q"}, line_of("held_q;"), REFUTED),
    ("state", {"name": "ARMED", "other": "state_q"}, STEP, CONFIRMED),
    ("state", {"name": "ARMED", "other": "held_q"}, STEP, REFUTED),
    ("state", {"name": "right"}, line_of("assign right"), REFUTED),
    ("transition", {"name": "ARMED", "other": "OPENED"}, STEP, CONFIRMED),
    ("transition", {"name": "OPENED", "other": "ARMED"}, STEP, REFUTED),
    ("driver", {"name": "state_q", "other": "state_d"}, DRIVE, CONFIRMED),
    ("driver", {"name": "state_q", "other": "key_i"}, DRIVE, REFUTED),
    ("driver", {"name": "alarm_o", "other": "u_blinker"}, line_of("alarm_o)"), CONFIRMED),
    ("driver", {"name": "open_o", "other": "u_blinker"}, line_of("assign open_o"), REFUTED),
    ("driver", {"name": "clk_i"}, line_of("clk_i,"), REFUTED),
    ("reader", {"name": "right", "other": "state_d"}, STEP, CONFIRMED),
    ("reader", {"name": "right", "other": "held_q"}, STEP, REFUTED),
    ("instance", {"name": "u_blinker", "other": "blinker"}, line_of("u_blinker"), CONFIRMED),
    ("instance", {"name": "u_blinker", "other": "door_lock"}, line_of("u_blinker"), REFUTED),
    ("parameter", {"name": "Hold", "value": "8"}, line_of("Hold = 8"), CONFIRMED),
    ("parameter", {"name": "Hold", "value": "32'h8"}, line_of("Hold = 8"), CONFIRMED),
    ("parameter", {"name": "Hold", "value": "9"}, line_of("Hold = 8"), REFUTED),
    ("clock", {"name": "clk_i", "other": "rising"}, line_of("clk_i,"), CONFIRMED),
    ("clock", {"name": "clk_i", "other": "falling"}, line_of("clk_i,"), REFUTED),
    ("clock", {"name": "right"}, line_of("logic right"), REFUTED),
    ("reset", {"name": "rst_ni", "value": "0"}, line_of("rst_ni,"), CONFIRMED),
    ("reset", {"name": "rst_ni", "value": "1"}, line_of("rst_ni,"), REFUTED),
    ("port", {"name": "key_i", "value": "8 bits"}, KEY, REFUTED),
    ("port", {"name": "key_i", "value": "[7:0]"}, KEY, REFUTED),
    ("clock", {"name": "clk_i", "other": "negative edge"}, line_of("clk_i,"), REFUTED),
    ("reset", {"name": "rst_ni", "value": "1'b1"}, line_of("rst_ni,"), REFUTED),
    ("reset", {"name": "rst_ni", "value": "active high"}, line_of("rst_ni,"), REFUTED),
    ("reset", {"name": "rst_ni", "value": "active low"}, line_of("rst_ni,"), CONFIRMED),
    ("width", {"name": "key_i", "value": "8"}, KEY, UNCHECKED),
    ("line", {"name": "held_q", "value": str(line_of("held_q;"))}, line_of("held_q;"), CONFIRMED),
    ("line", {"name": "held_q", "value": "3"}, line_of("held_q;"), REFUTED),
]


PLAIN = ("input", "output", "rising", "falling")


@pytest.mark.parametrize(("kind", "fact", "line", "wanted"), FACTS)
def test_a_stated_fact_is_looked_up(
    kind: str, fact: dict[str, str], line: int, wanted: Verdict, lock: Target
) -> None:
    words = (fact[key] for key in ("name", "other") if key in fact and fact[key] not in PLAIN)
    names = " and ".join(f"`{word}`" for word in words)
    assert verdict(said(f"This is about {names}.", line, kind=kind, **fact), lock) is wanted


SENTENCES = [
    ("`key_i` is a 4-bit input.", KEY, CONFIRMED),
    ("`key_i` is a 5-bit input.", KEY, REFUTED),
    ("`key_i` is an output.", KEY, REFUTED),
    ("The output `key_i` tells the key.", KEY, REFUTED),
    ("`key_valid_i` drives `alarm_o`.", line_of("alarm_o)"), REFUTED),
    ("It goes from `OPENED` to `ARMED`.", STEP, REFUTED),
    ("It goes from `ARMED` to `OPENED`.", STEP, CONFIRMED),
    ("`held_q` is clocked by `rst_ni`.", line_of("held_q  <= '0"), REFUTED),
    ("The parameter `Hold` is 9.", line_of("Hold = 8"), REFUTED),
    ("The HALTED state is left by a reset of `state_q`.", STEP - 5, REFUTED),
    ("A wrong key sets panic_flag.", STEP, REFUTED),
    ("See line 999 for `state_q`.", DRIVE, REFUTED),
    (f"On line {DRIVE} `key_i` is read.", KEY, REFUTED),
    ("`state_q` follows `state_d` (other.sv:3).", DRIVE, REFUTED),
    ("Nothing is cited for `state_q`.", None, REFUTED),
    ("A wrong key blocks the lock.", STEP, UNCHECKED),
    ("The module takes `open_o` as an input.", line_of("open_o,"), REFUTED),
    ("The inputs `key_i` and `alarm_o` are sampled.", line_of("alarm_o"), REFUTED),
    ("The 8-bit input `key_i` is compared.", KEY, REFUTED),
    ("The input `key_i` has a width of 8 bits.", KEY, REFUTED),
    ("`held_q` is a seven-bit counter.", line_of("held_q;"), REFUTED),
    ("`held_q` is a 4-bit counter.", line_of("held_q;"), CONFIRMED),
    ("From `OPENED` the machine returns to `ARMED`.", STEP, REFUTED),
    ("It moves from OPENED to ARMED.", STEP, REFUTED),
    ("`ARMED` is entered from `OPENED`.", STEP, REFUTED),
    ("`ARMED` leads to `OPENED`.", STEP, CONFIRMED),
    ("`alarm_o` comes from `held_q`.", line_of("alarm_o)"), REFUTED),
    ("`u_blinker` generates `open_o`.", line_of("u_blinker"), REFUTED),
    ("The reset `rst_ni` is active high.", line_of("rst_ni,"), REFUTED),
    ("`rst_ni` is a synchronous reset.", line_of("rst_ni,"), REFUTED),
    ("`rst_ni` is an asynchronous reset.", line_of("rst_ni,"), CONFIRMED),
    ("`state_q` has three states.", line_of("state_q, state_d"), REFUTED),
    ("A four-state FSM is held in `state_q`.", line_of("state_q, state_d"), CONFIRMED),
    ("The module has three inputs, `clk_i` among them.", line_of("clk_i,"), REFUTED),
    ("The instance `held_q` counts.", line_of("held_q;"), REFUTED),
    ("It instantiates `blinker`.", line_of("u_blinker"), CONFIRMED),
    ("It instantiates `state_e`.", line_of("state_e;"), REFUTED),
    ("The default of `Hold` is 16.", line_of("Hold = 8"), REFUTED),
    ("`Hold` defaults to 8.", line_of("Hold = 8"), CONFIRMED),
    ("`held_q` counts on the falling edge of `clk_i`.", line_of("posedge clk_i"), REFUTED),
    ("It waits for a rising edge of `key_valid_i`.", line_of("key_valid_i"), UNCHECKED),
]


@pytest.mark.parametrize(("sentence", "line", "wanted"), SENTENCES)
def test_a_sentence_is_read_for_names_lines_and_facts(
    sentence: str, line: int | None, wanted: Verdict, lock: Target
) -> None:
    claim = said(sentence, *([line] if line else []))
    assert verdict(claim, lock) is wanted


@pytest.mark.parametrize("cite", ["0", "2-9999", "x.sv:5", "soon", "5-2"])
def test_a_citation_that_leads_nowhere_refutes(cite: str, lock: Target) -> None:
    assert verdict(said("It resets `state_q`.", cite), lock) is REFUTED


@pytest.mark.parametrize(
    "cite", [f"{DRIVE}", f"line {DRIVE}", f"door_lock.sv:{DRIVE}", f"{DRIVE - 3}-{DRIVE}"]
)
def test_a_citation_may_be_written_in_several_ways(cite: str, lock: Target) -> None:
    assert verdict(said("It follows `state_d`.", cite), lock) is not REFUTED


def test_a_true_fact_confirms_no_other_sentence(lock: Target) -> None:
    claim = TRUE | {"text": "`right` is the most important net.", "cites": [line_of("right  =")]}
    assert verdict(claim, lock) is UNCHECKED


def test_a_line_must_hold_a_name_of_the_claim(lock: Target) -> None:
    assert verdict(TRUE | {"cites": ["2"]}, lock) is REFUTED
    assert verdict(PURPOSE, lock) is UNCHECKED


def test_lines_of_another_module_of_the_file_are_no_evidence(lock: Target) -> None:
    other = line_of("else light_o") - 1
    assert verdict(said("`rst_ni` resets it.", other), lock) is REFUTED


def test_broken_answers_lose_what_is_broken() -> None:
    whole = answer(TRUE, PURPOSE)
    assert len(claims_in(whole[:-40], 9)) == 1
    assert claims_in("no JSON", 9) == ()
    assert (
        claims_in('{"claims": [3, {"text": ""}, {"text": 5, "kind": "magic"}]}', 9)[0].text == "5"
    )
    assert len(claims_in(whole, 1)) == 1
