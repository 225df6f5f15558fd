"""What a request leaves open follows the repository; what it names stays."""

from hdlsmith.agent.house_style import adopt
from hdlsmith.agent.state import Plan
from hdlsmith.design import Direction, Port
from hdlsmith.retrieval.structure.conventions import Conventions

HOUSE = Conventions(
    clock="clk_i",
    reset="rst_ni",
    reset_style="asynchronous",
    reset_level="0",
    input_suffix="_i",
    output_suffix="_o",
    process="always_ff",
)
PLAN = Plan(
    top="counter",
    ports=(
        Port("clk", Direction.INPUT),
        Port("rst", Direction.INPUT),
        Port("en", Direction.INPUT),
        Port("count", Direction.OUTPUT, 4),
    ),
    clock="clk",
    reset="rst",
)


def names(plan: Plan) -> list[str]:
    return [port.name for port in plan.ports]


def test_open_names_follow_the_house() -> None:
    plan = adopt(PLAN, "a 4-bit counter with an enable and a reset", HOUSE)
    assert names(plan) == ["clk_i", "rst_ni", "en_i", "count_o"]
    assert (plan.clock, plan.reset) == ("clk_i", "rst_ni")
    assert (plan.reset_style, plan.reset_level) == ("asynchronous", "0")


def test_what_the_request_names_stays() -> None:
    plan = adopt(PLAN, "a counter with reset `rst` and output count", HOUSE)
    assert names(plan) == ["clk_i", "rst", "en_i", "count"]
    assert plan.reset_level == ""


def test_the_word_reset_is_no_name() -> None:
    ports = (*PLAN.ports[:1], Port("reset", Direction.INPUT), PLAN.ports[3])
    plan = Plan("counter", ports, clock="clk", reset="reset")
    assert names(adopt(plan, "a counter with a reset", HOUSE)) == ["clk_i", "rst_ni", "count_o"]
    assert names(adopt(plan, "a counter, its reset is `reset`", HOUSE))[1] == "reset"


def test_what_the_request_says_of_its_reset_stays() -> None:
    synchronous = Plan(**{**vars(PLAN), "reset_style": "synchronous"})
    assert adopt(synchronous, "a counter, synchronous reset", HOUSE).reset_style == "synchronous"


def test_a_binding_interface_is_left_alone() -> None:
    binding = Plan(**{**vars(PLAN), "binding": True})
    assert adopt(binding, "a counter", HOUSE) == binding


def test_two_ports_never_become_one() -> None:
    ports = (Port("d", Direction.INPUT), Port("d_i", Direction.INPUT))
    assert adopt(Plan("m", ports), "something", HOUSE).ports == ports


def test_a_house_without_habits_changes_nothing() -> None:
    assert adopt(PLAN, "a counter", Conventions()) == PLAN
