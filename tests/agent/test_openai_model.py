"""The endpoint client against a real server on loopback that behaves well, and badly."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.agent.models import ChatModel, Message, Request, Sampling
from hdlsmith.agent.openai_model import OpenAIModel
from hdlsmith.errors import InputError, ModelError
from hdlsmith.settings import load_settings
from tests.fakes.openai_server import Behaviour, Events, FakeOpenAI, Hang, Page, Refusal, Stream

KEY = "sk-test-0123456789abcdef"
CODE = "module counter(input clk);\nendmodule\n"
ASK = Request((Message("system", "You write RTL."), Message("user", "A counter, please.")))


def model_at(server: FakeOpenAI, **changes: Any) -> OpenAIModel:
    plain: dict[str, Any] = {"name": "m", "base_url": server.base_url, "api_key": KEY}
    return OpenAIModel(**plain | {"timeout_s": 5.0} | changes)


def failure(*behaviours: Behaviour, **changes: Any) -> ModelError:
    """The error a call ends in; always one line, with a remedy, without the key."""
    with FakeOpenAI(behaviours) as server:
        model = model_at(server, **{"retries": 0} | changes)
        with pytest.raises(ModelError) as caught:
            model.complete(ASK)
        assert len(server.requests) == len(behaviours)
    error = caught.value
    for text in (error.message, error.remedy, repr(error), repr(model)):
        assert "\n" not in text
        assert KEY not in text
    assert error.remedy
    return error


def test_streams_the_answer_with_the_servers_token_count() -> None:
    pieces: list[str] = []
    with FakeOpenAI([Stream(CODE, usage=(1000, 500))]) as server:
        model: ChatModel = model_at(server, usd_per_million_input=2.0, usd_per_million_output=10.0)
        completion = model.complete(ASK, pieces.append)
    assert completion.text == CODE == "".join(pieces)
    assert len(pieces) > 1
    assert not completion.cut_off
    usage = completion.usage
    assert (usage.input_tokens, usage.output_tokens, usage.calls) == (1000, 500, 1)
    assert usage.usd == pytest.approx(0.007)
    assert 0 < usage.wall_s < 5
    assert model.name == "m"


def test_sends_what_was_asked() -> None:
    schema = {"type": "object", "properties": {"top": {"type": "string"}}}
    request = Request(ASK.messages, Sampling(0.5, 64, seed=7, top_p=0.9), schema)
    with FakeOpenAI(["{}"]) as server:
        model_at(server).complete(request)
    (received,) = server.requests
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You write RTL."},
            {"role": "user", "content": "A counter, please."},
        ],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 64,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema, "strict": True},
        },
    }


def test_leaves_seed_and_schema_out_when_unset() -> None:
    with FakeOpenAI(["x"]) as server:
        model_at(server).complete(ASK)
    assert not {"seed", "response_format"} & server.requests[0].body.keys()


def test_takes_everything_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_MODEL__API_KEY", KEY)
    with FakeOpenAI([Stream("x", usage=(1_000_000, 0))]) as server:
        flags = {"name": "q", "base_url": server.base_url, "usd_per_million_input": 3.0}
        completion = OpenAIModel.from_settings(load_settings({"model": flags}).model).complete(ASK)
    assert completion.usage.usd == pytest.approx(3.0)
    assert server.requests[0].body["model"] == "q"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_only_our_settings_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    stray = {
        "OPENAI_API_KEY": "sk-stray",
        "OPENAI_ADMIN_KEY": "sk-stray",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/stray",
        "OPENAI_ORG_ID": "stray-org",
        "OPENAI_PROJECT_ID": "stray-project",
        "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-stray\nX-Stray: yes",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    for variable, value in stray.items():
        monkeypatch.setenv(variable, value)
    with FakeOpenAI(["x"]) as server:
        assert model_at(server, api_key=None, retries=0).complete(ASK).text == "x"
    assert "stray" not in str(server.requests[0].headers).lower()


def test_counts_tokens_itself_when_the_server_does_not() -> None:
    with FakeOpenAI([Stream("x" * 41, usage=None)]) as server:
        usage = model_at(server).complete(Request((Message("user", "y" * 40),))).usage
    assert (usage.input_tokens, usage.output_tokens) == (10, 11)


def test_odd_chunks_of_compatible_servers_do_no_harm() -> None:
    odd = (
        '{"choices": null}',
        '{"choices": [{"index": 0}]}',
        '{"choices": [{"delta": null}]}',
        '{"choices": [{"delta": {"content": ["a", "part"]}}]}',
        '["no", "object"]',
        '{"choices": [{"delta": {"content": "fine"}, "finish_reason": "stop"}]}',
        '{"choices": [], "usage": {"prompt_tokens": "many", "completion_tokens": null}}',
    )
    with FakeOpenAI([Events(odd)]) as server:
        completion = model_at(server).complete(ASK)
    assert completion.text == "fine"
    assert completion.usage.output_tokens == 1


def test_says_when_the_token_limit_cut_the_answer() -> None:
    with FakeOpenAI([Stream(CODE, finish_reason="length")]) as server:
        assert model_at(server).complete(ASK).cut_off


def test_an_empty_answer_is_an_answer() -> None:
    with FakeOpenAI([Stream("", usage=None)]) as server:
        assert model_at(server).complete(ASK).text == ""


@pytest.mark.parametrize("status", [429, 500, 503])
def test_asks_again_after_a_passing_refusal(status: int) -> None:
    with FakeOpenAI([Refusal(status), Refusal(status), "late"]) as server:
        assert model_at(server, retries=2).complete(ASK).text == "late"
    assert len(server.requests) == 3


def test_waits_as_long_as_the_server_asks() -> None:
    with FakeOpenAI([Refusal(429, headers={"Retry-After": "0.3"}), "late"]) as server:
        usage = model_at(server).complete(ASK).usage
    assert usage.wall_s > 0.3


@pytest.mark.parametrize(
    "broken",
    [
        Stream(CODE, cut_after=2),
        Stream(CODE, broken_after=2),
        Stream(CODE, error_after=2),
        Stream(CODE, finish_reason=None),
    ],
    ids=["cut", "broken json", "error event", "no end"],
)
def test_asks_again_after_a_broken_stream(broken: Stream) -> None:
    pieces: list[str] = []
    with FakeOpenAI([broken, "whole"]) as server:
        completion = model_at(server, retries=1).complete(ASK, pieces.append)
    assert completion.text == "whole"
    assert pieces[0] == CODE[:8]
    assert pieces[-1] == "whole"
    assert len(server.requests) == 2


def test_retries_of_all_kinds_share_one_allowance() -> None:
    cut = Stream(CODE, cut_after=1)
    error = failure(Refusal(503), cut, Refusal(429), cut, retries=3)
    assert "cut the stream" in error.message


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Stream(CODE, cut_after=1), "cut the stream in the middle of the answer"),
        (Stream(CODE, broken_after=1), "sent broken JSON in the stream"),
        (Stream(CODE, error_after=1), "gave up in mid-answer: overloaded"),
        (Stream(CODE, finish_reason=None), "ended the stream before the answer"),
        (Stream("", finish_reason=None), "sent no answer"),
        (Page(), "sent no answer"),
    ],
    ids=["cut", "broken json", "error event", "no end", "empty", "web page"],
)
def test_a_stream_that_stays_broken_is_explained(broken: Behaviour, says: str) -> None:
    error = failure(broken)
    assert says in error.message
    assert "http://127.0.0.1:" in error.message
    assert "base_url" in error.remedy


@pytest.mark.parametrize(
    ("refusal", "says", "remedy"),
    [
        (Refusal(401, f"bad key {KEY}\nsorry"), "refused the API key (401)", "MODEL__API_KEY"),
        (Refusal(403, "not yours"), "refused the API key (403)", "MODEL__API_KEY"),
        (Refusal(404, "unknown"), "knows no model 'm' (404): unknown", "MODEL__NAME"),
        (Refusal(429, "slow down"), "(429): slow down", "MODEL__RETRIES"),
        (Refusal(500, "oops"), "(500): oops", "server's log"),
        (Refusal(400, "no such field"), "(400): no such field", "server's log"),
        (
            Refusal(400, "maximum context length is 8192 tokens"),
            "the prompt is too long for 'm'",
            "model.max_tokens",
        ),
    ],
)
def test_a_refusal_is_explained(refusal: Refusal, says: str, remedy: str) -> None:
    error = failure(refusal)
    assert says in error.message
    assert remedy in error.remedy


def test_a_missing_key_is_named() -> None:
    assert "wants an API key (401)" in failure(Refusal(401), api_key=None).message


def test_a_long_error_is_cut_short() -> None:
    assert len(failure(Refusal(400, "x" * 5000)).message) < 400


def test_follows_a_model_that_wants_the_newer_name_of_the_limit() -> None:
    refusal = Refusal(400, "use the other", code="unsupported_parameter", param="max_tokens")
    with FakeOpenAI([refusal, "one", "two"]) as server:
        model = model_at(server)
        assert [model.complete(ASK).text, model.complete(ASK).text] == ["one", "two"]
    first, *later = (r.body for r in server.requests)
    assert first["max_tokens"] == 2048
    for body in later:
        assert body["max_completion_tokens"] == 2048
        assert "max_tokens" not in body


@pytest.mark.parametrize("silent", [Hang(), Stream(CODE, pause_s=30.0)], ids=["hang", "stall"])
def test_silence_is_a_timeout(silent: Behaviour) -> None:
    error = failure(silent, timeout_s=0.15)
    assert "sent nothing for 0.15 s" in error.message
    assert "MODEL__TIMEOUT_S" in error.remedy


def test_slow_bytes_are_no_timeout() -> None:
    with FakeOpenAI([Stream("x" * 40, pause_s=0.1)]) as server:
        usage = model_at(server, timeout_s=0.4, retries=0).complete(ASK).usage
    assert usage.wall_s > 0.4


def test_a_dead_endpoint_is_named_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://me:hunter2@127.0.0.1:{port}/v1?key=hunter2"
    with pytest.raises(ModelError) as caught:
        OpenAIModel(name="m", base_url=url, retries=0).complete(ASK)
    assert f"no model endpoint answers at http://127.0.0.1:{port}/v1" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "HDLSMITH_MODEL__BASE_URL" in caught.value.remedy


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://x/v1", "http://", "http://x:port/v1"])
def test_no_address_is_the_users_mistake(url: str) -> None:
    with pytest.raises(InputError) as caught:
        OpenAIModel(name="m", base_url=url)
    assert "model.base_url" in caught.value.message
    assert caught.value.remedy


def test_a_key_no_header_can_carry_is_refused_unseen() -> None:
    with pytest.raises(InputError) as caught:
        OpenAIModel(name="m", base_url="http://127.0.0.1/v1", api_key="sk-sécret")
    assert "cret" not in caught.value.message


def test_whitespace_around_a_pasted_key_is_dropped() -> None:
    with FakeOpenAI(["x"]) as server:
        model_at(server, api_key=f" {KEY}\n").complete(ASK)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_an_error_of_the_listener_is_not_the_endpoints() -> None:
    def listener(piece: str) -> None:
        raise ValueError("the screen is gone")

    with FakeOpenAI([CODE]) as server, pytest.raises(ValueError, match="the screen is gone"):
        model_at(server).complete(ASK, listener)
    assert len(server.requests) == 1


def test_ctrl_c_hangs_up() -> None:
    def interrupt(piece: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with FakeOpenAI([Stream("x" * 4000, pause_s=0.01)]) as server:
        with pytest.raises(KeyboardInterrupt):
            model_at(server).complete(ASK, interrupt)
        assert server.hung_up.wait(2.0)
    assert len(server.requests) == 1


def test_threads_share_a_model() -> None:
    def echo(body: dict[str, Any]) -> Behaviour:
        return Stream(str(body["messages"][0]["content"]), pause_s=0.05)

    answers: dict[str, str] = {}
    with FakeOpenAI(echo) as server:
        model = model_at(server)

        def ask(word: str) -> None:
            answers[word] = model.complete(Request((Message("user", word),))).text

        threads = [threading.Thread(target=ask, args=(word,)) for word in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {word: word for word in "abcd"}


def test_importing_the_client_does_not_import_openai() -> None:
    root = Path(__file__).resolve().parents[2]
    program = "import sys, hdlsmith.agent.openai_model; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True)
