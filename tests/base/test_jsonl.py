"""Append-only records that survive a kill at any instant."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.jsonl import JsonlWriter, read_jsonl

ROOT = Path(__file__).parents[2]


def records_in(path: Path) -> list[dict[str, object]]:
    return [record for _, record in read_jsonl(path)]


def test_blank_lines_count(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('\n{"n": 1}\n\n{"n": 2}')
    assert list(read_jsonl(path)) == [(2, {"n": 1}), (4, {"n": 2})]


def test_a_torn_line_of_a_finished_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"n": 1}\n{"n"')
    with pytest.raises(InputError, match=r"log\.jsonl:2: not JSON"):
        list(read_jsonl(path, growing=False))


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "log.jsonl"
    records = [{"n": 1}, {"text": 'µ\n"\u2028'}, {"odd": "\ud800"}]
    with JsonlWriter(path) as writer:
        for record in records:
            writer.append(record)
    assert records_in(path) == records


@pytest.mark.parametrize("torn", [b'{"n": 2', b"{", b'{"t": "\xc3', b"x" * 200_000])
def test_a_torn_last_line_is_passed_over_and_cut_off(torn: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n": 1}\n' + torn)
    assert records_in(path) == [{"n": 1}]
    with JsonlWriter(path) as writer:
        writer.append({"n": 3})
    assert records_in(path) == [{"n": 1}, {"n": 3}]


def test_a_file_that_is_one_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n"')
    with JsonlWriter(path) as writer:
        writer.append({"n": 1})
    assert path.read_bytes() == b'{"n": 1}\n'


def test_a_last_line_that_only_lacks_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n": 1}')
    assert records_in(path) == [{"n": 1}]
    with JsonlWriter(path) as writer:
        writer.append({"n": 2})
    assert records_in(path) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("line", [b"not json", b"[1]", b"\xff\xfe"])
def test_a_broken_line_in_the_middle_is_named(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n": 1}\n' + line + b'\n{"n": 2}\n')
    with pytest.raises(InputError, match=r"log\.jsonl:2: not "):
        list(read_jsonl(path))


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        list(read_jsonl(tmp_path / "none"))


def test_threads_never_tear_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with JsonlWriter(path) as writer:

        def work(name: int) -> None:
            for number in range(200):
                writer.append({"name": name, "number": number, "pad": "x" * (number * 17)})

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seen = [(record["name"], record["number"]) for _, record in read_jsonl(path)]
    assert sorted(seen) == [(n, k) for n in range(8) for k in range(200)]
    assert all([k for n, k in seen if n == name] == list(range(200)) for name in range(8))


def test_kill_9_in_a_loop_loses_no_acknowledged_record(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from hdlsmith.jsonl import JsonlWriter\n"
        "with JsonlWriter(Path(sys.argv[2])) as writer:\n"
        "    number = int(sys.argv[3])\n"
        "    while True:\n"
        "        writer.append({'number': number, 'pad': 'y' * 50_000})\n"
        "        print(number, flush=True); number += 1\n"
    )
    acknowledged = -1
    for _ in range(6):
        argv = [sys.executable, "-c", script, str(ROOT), str(path), str(acknowledged + 1)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.02)
            os.kill(writer.pid, signal.SIGKILL)
            told = [line for line in writer.stdout.read().split("\n")[:-1] if line]
        last = int(told[-1]) if told else acknowledged + 1
        numbers = [record["number"] for _, record in read_jsonl(path)]
        assert last in numbers
        assert numbers == list(range(len(numbers)))
        acknowledged = numbers[-1]
    with JsonlWriter(path) as writer:
        writer.append({"number": acknowledged + 1})
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == list(
        range(acknowledged + 2)
    )


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from hdlsmith.jsonl import JsonlWriter, read_jsonl\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "path = Path(sys.argv[2]); writer = JsonlWriter(path); failed = 0\n"
        "for number in range(20):\n"
        "    try: writer.append({'pad': 'z' * 90})\n"
        "    except OSError: failed += 1\n"
        "print(failed, path.read_bytes().endswith(b'\\n'), len(list(read_jsonl(path))))\n"
    )
    argv = [sys.executable, "-c", script, str(ROOT), str(tmp_path / "log.jsonl")]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert (int(said[0]) > 0, said[1], int(said[2])) == (True, "True", 20 - int(said[0]))
