"""Scripts, recordings and replays, over real files."""

import json
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hdlsmith.agent.models import ChatModel, Message, Request, Sampling, Usage
from hdlsmith.agent.openai_model import OpenAIModel
from hdlsmith.agent.replay_model import RecordingModel, ReplayModel, ScriptedModel, exchange_key
from hdlsmith.errors import InputError, ModelError
from tests.fakes.openai_server import FakeOpenAI, Refusal, Stream

ROOT = Path(__file__).resolve().parents[2]


def ask(text: str = "A counter.", repeat: int = 0) -> Request:
    return Request((Message("system", "You write RTL."), Message("user", text)), repeat=repeat)


def record(path: Path, *texts: str, name: str = "scripted") -> None:
    """Record one exchange a text; the answer is the text in upper case."""
    model = RecordingModel(ScriptedModel([t.upper() for t in texts], name), path)
    for text in texts:
        model.complete(ask(text))


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


# ---- scripted


def test_a_script_answers_in_order_and_remembers_the_questions() -> None:
    heard: list[str] = []
    model = ScriptedModel(["one", "two"])
    asked: ChatModel = model
    assert asked.complete(ask("a"), heard.append).text == "one"
    assert asked.complete(ask("b"), heard.append).text == "two"
    assert heard == ["one", "two"]
    assert model.requests == [ask("a"), ask("b")]
    assert model.name == "scripted"


def test_a_script_estimates_its_tokens() -> None:
    usage = ScriptedModel(["x" * 9]).complete(Request((Message("user", "y" * 8),))).usage
    assert usage == Usage(input_tokens=2, output_tokens=3, calls=1)


def test_a_script_may_be_a_function_of_the_request() -> None:
    model = ScriptedModel(lambda request: request.messages[-1].content.upper(), name="upper")
    assert model.complete(ask("abc")).text == "ABC"
    assert model.requests == [ask("abc")]


def test_a_script_that_is_over_says_after_how_many_calls_and_for_which_prompt() -> None:
    model = ScriptedModel(["only"])
    model.complete(ask())
    with pytest.raises(ModelError, match=r"call 2 found no reply .*'Make it blink\.'"):
        model.complete(ask("Make it blink."))


# ---- record and replay


def test_a_replay_repeats_the_recorded_run_without_the_server(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "run.jsonl"
    first, second = ask(), ask(repeat=1)
    with FakeOpenAI([Stream("module a;", usage=(30, 4)), Stream("b", "length")]) as server:
        live = OpenAIModel(name="q", base_url=server.base_url, usd_per_million_input=1.0)
        recorder: ChatModel = RecordingModel(live, path)
        answers = [recorder.complete(first), recorder.complete(second)]

    heard: list[str] = []
    replay: ChatModel = ReplayModel(path)
    assert [replay.complete(r, heard.append) for r in (first, second)] == answers
    assert heard == ["module a;", "b"]
    assert replay.name == recorder.name == "q"
    assert answers[0].usage.usd == pytest.approx(30e-6)
    assert [a.cut_off for a in answers] == [False, True]


def test_recording_passes_the_stream_on(tmp_path: Path) -> None:
    heard: list[str] = []
    RecordingModel(ScriptedModel(["abc"]), tmp_path / "r.jsonl").complete(ask(), heard.append)
    assert heard == ["abc"]


def test_a_failed_call_leaves_no_line(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with FakeOpenAI([Refusal(400)]) as server:
        model = RecordingModel(OpenAIModel(name="q", base_url=server.base_url, retries=0), path)
        with pytest.raises(ModelError):
            model.complete(ask())
    assert lines(path) == []


def test_a_line_holds_the_exchange_for_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "héllo \u2028 wörld")
    (line,) = path.read_bytes().decode("ascii").splitlines()
    stored = json.loads(line)
    assert stored["key"] == exchange_key("scripted", ask("héllo \u2028 wörld"))
    assert stored["request"]["model"] == "scripted"
    assert stored["request"]["messages"][1] == {"role": "user", "content": "héllo \u2028 wörld"}
    assert stored["response"] == "HÉLLO \u2028 WÖRLD"
    assert stored["usage"]["calls"] == 1
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "other",
    [
        Request(ask().messages[::-1]),
        ask("A counter. "),
        ask(repeat=1),
        replace(ask(), sampling=Sampling(temperature=0.1)),
        replace(ask(), sampling=Sampling(seed=0)),
        replace(ask(), sampling=Sampling(top_p=0.5)),
        replace(ask(), sampling=Sampling(max_tokens=1)),
        replace(ask(), schema={}),
    ],
)
def test_whatever_decides_an_answer_is_in_the_key(other: Request) -> None:
    assert exchange_key("m", other) != exchange_key("m", ask())


def test_the_key_depends_on_nothing_else() -> None:
    one = replace(ask(), schema={"a": 1, "b": 2})
    two = replace(ask(), schema={"b": 2, "a": 1})
    assert exchange_key("m", one) == exchange_key("m", two)
    assert exchange_key("m", one) != exchange_key("n", one)


def test_the_last_recording_of_a_request_wins(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    for answer in ("old", "new"):
        RecordingModel(ScriptedModel([answer]), path).complete(ask())
    assert ReplayModel(path).complete(ask()).text == "new"


# ---- a miss


def test_a_miss_shows_where_the_prompt_changed(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "Something else\nentirely\n", "Write a counter\nof 8 bits\nwith reset\n")
    with pytest.raises(ModelError) as caught:
        ReplayModel(path).complete(ask("Write a counter\nof 9 bits\nwith reset\n"))
    assert f"{path}:2, differs first at message 2 (user), line 2" in caught.value.message
    assert "recorded 'of 8 bits', asked 'of 9 bits'" in caught.value.message
    assert "'Write a counter" in caught.value.message
    assert "\n" not in caught.value.message
    assert "record again" in caught.value.remedy


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (ask("A counter.\n"), "message 2 (user), line 2: recorded '0.0', asked ''"),
        (ask(repeat=3), "repeat: recorded '0', asked '3'"),
        (replace(ask(), sampling=Sampling(seed=5)), "sampling.seed: recorded 'None', asked '5'"),
        (replace(ask(), schema={"a": 1}), "schema: recorded 'null', asked '{\"a\": 1}'"),
        (Request(ask().messages[:1]), "sampling.temperature: recorded 'A counter.'"),
    ],
)
def test_a_miss_names_any_difference(tmp_path: Path, changed: Request, says: str) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "A counter.")
    with pytest.raises(ModelError) as caught:
        ReplayModel(path).complete(changed)
    assert says in caught.value.message


# ---- files that are not as they should be


@pytest.mark.parametrize("keep", [5, 40, -2])
def test_a_torn_last_line_costs_only_itself(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "a", "b")
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:keep])

    assert ReplayModel(path).complete(ask("a")).text == "A"
    record(path, "c")
    replay = ReplayModel(path)
    assert [replay.complete(ask(t)).text for t in "ac"] == ["A", "C"]
    with pytest.raises(ModelError):
        replay.complete(ask("b"))


def test_a_torn_only_line_does_not_stop_the_next_recording(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"ke')
    record(path, "a")
    assert ReplayModel(path).complete(ask("a")).text == "A"


def test_a_killed_run_keeps_every_answer_it_gave(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = """if True:
        import sys
        from pathlib import Path
        from hdlsmith.agent.models import Message, Request
        from hdlsmith.agent.replay_model import RecordingModel, ScriptedModel
        model = RecordingModel(ScriptedModel(lambda request: "x" * 5000), Path(sys.argv[1]))
        for repeat in range(1_000_000):
            model.complete(Request((Message("user", "again"),), repeat=repeat))
            print(repeat, flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line == "20\n":
                run.send_signal(signal.SIGKILL)
                break
        answered = [20, *(int(line) for line in run.stdout if line.endswith("\n"))]
    replay = ReplayModel(path)
    for repeat in range(answered[-1] + 1):
        request = Request((Message("user", "again"),), repeat=repeat)
        assert replay.complete(request).text == "x" * 5000


def test_threads_and_recorders_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"

    def work(worker: int) -> None:
        model = RecordingModel(ScriptedModel(lambda request: "y" * 9000), path)
        for repeat in range(10):
            model.complete(ask(f"worker {worker}", repeat))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replay = ReplayModel(path)
    assert len(lines(path)) == 40
    assert replay.complete(ask("worker 3", 9)).text == "y" * 9000


def test_a_missing_recording_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the recording .*gone\.jsonl: No such file"):
        ReplayModel(tmp_path / "gone.jsonl")


@pytest.mark.parametrize("content", [b"", b'{"key": "torn'])
def test_an_empty_recording_is_the_users_mistake(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"r\.jsonl:1: the recording holds no exchange"):
        ReplayModel(path)


@pytest.mark.parametrize(
    "broken",
    [b"not json\n", b"[1]\n", b'{"key": "x"}\n', b'"\xff"\n', b'{"key": "x", "re\n'],
)
def test_a_broken_line_is_named(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "a", "b")
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + broken + second)
    with pytest.raises(InputError, match=r"r\.jsonl:2: ") as caught:
        ReplayModel(path)
    assert caught.value.remedy


def test_an_edited_prompt_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "abc")
    path.write_text(path.read_text().replace("abc", "abd"))
    with pytest.raises(InputError, match=r"r\.jsonl:1: .*the key is not that of the request"):
        ReplayModel(path)


def test_several_models_in_a_file_must_be_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "a", name="big")
    record(path, "b", name="small")
    with pytest.raises(InputError, match="several models: big, small"):
        ReplayModel(path)
    assert ReplayModel(path, "small").complete(ask("b")).text == "B"
    with pytest.raises(InputError, match="no exchange of 'huge'"):
        ReplayModel(path, "huge")


def test_recording_leaves_a_file_alone_that_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("buy milk")
    with pytest.raises(InputError, match="is no recording"):
        RecordingModel(ScriptedModel([]), path)
    assert path.read_text() == "buy milk"


def test_a_place_that_cannot_be_written_is_said_before_the_first_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "r.jsonl"):
        with pytest.raises(InputError, match="cannot record into"):
            RecordingModel(ScriptedModel([]), path)


def test_a_full_disk_is_reported_and_the_file_stays_good(tmp_path: Path) -> None:
    # A limit on the file's size breaks off a write in its middle, as a full disk does.
    path = tmp_path / "r.jsonl"
    program = """if True:
        import resource, sys
        from pathlib import Path
        from hdlsmith.agent.models import Message, Request
        from hdlsmith.agent.replay_model import RecordingModel, ScriptedModel
        model = RecordingModel(ScriptedModel(["x" * 1000] * 3), Path(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        for repeat in range(3):
            try:
                model.complete(Request((Message("user", "again"),), repeat=repeat))
            except OSError as error:
                print(f"call {repeat}: {error.strerror}")
    """
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "call 2: File too large\n"
    record(path, "a")
    assert ReplayModel(path).complete(ask("a")).text == "A"
    assert len(lines(path)) == 3
