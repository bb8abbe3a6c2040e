"""A canary key through every fault of a provider that repeats it: no byte that we write holds it, in any spelling."""

import base64
import importlib
import inspect
import json
import os
import pkgutil
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from tests import commands
from tests import fake_provider as provider
from tests.commands import Command
from tests.fake_provider import Fault, running
from tests.fake_provider.faults import Answer
from tests.fake_provider.truth import Exchange

CANARY = 'sk-cAnary+5f/1d"0=c7~a9bZ'
"""Every encoding changes it."""
SECONDS = 120
ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
ARGUMENTS: Mapping[str, Any] = {
    "code": 500, "data": b"some bytes", "promised": 100, "name": "another", "size": 20_000_000, "plain": b"{}",
    "streamed": b"data: {}\n\n", "change": lambda _: None, "order": lambda parts: parts[::-1],
}  # fmt: skip
"""For the parameters of faults that have no default."""

BAKEOFF = """\
name: canary
suites:
  - {name: faq, modality: text, data: faq.csv, scorer: exact_match}
  - {name: voice, modality: tts, data: voice.csv, scorer: word_accuracy}
instruments: {transcriber: hears}
run: {timeout_s: 5, idle_timeout_s: 3, max_attempts: 1, max_in_flight: 16, warm_up: 0}
"""


# -- a provider that repeats the key ---------------------------------------------------------------------------------


def spellings(key: str) -> Iterator[str]:
    """Every way in which a key may be written."""
    yield key
    for text in (quote(key, safe=""), quote(key), quote_plus(key)):
        yield from (text, re.sub("%..", lambda escape: escape[0].lower(), text))
    yield from (json.dumps(key)[1:-1], json.dumps(key)[1:-1].replace("/", "\\/"), repr(key)[1:-1])
    yield json.dumps(json.dumps(key))[3:-3]
    yield from (key.encode().hex(), key.encode().hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            one, other = (encode(fill * offset + key.encode() + fill * 3).decode() for fill in (b"\0", b"\xff"))
            yield "".join(a for a, b in zip(one, other, strict=True) if a == b)


def says(code: int, text: str, *, content_type: str = "application/json") -> Fault:
    """A response of these words, with the key in its headers and its content type."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        headers = {"x_request_id": CANARY, "retry_after": CANARY, "www_authenticate": f"Bearer {CANARY}"}
        await exchange.start(code, content_type=f"{content_type}; note={CANARY}", **headers)
        await exchange.write(text.encode())

    return fault


def streams(*events: object) -> Fault:
    body = "".join(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events)
    return says(200, body, content_type="text/event-stream")


def delta(content: str, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": more.pop("finish", None)}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}


def repeating() -> Iterator[tuple[str, Fault]]:
    """Faults of a provider that knows how to repeat the key."""
    everything = " ; ".join((*spellings(CANARY), f"https://api.example.com/v1?key={CANARY}&x=1"))
    for code in (302, 400, 401, 403, 404, 429, 500, 503):
        yield f"status-{code}", says(code, json.dumps({"error": {"message": everything}}))
        yield f"page-{code}", says(code, f"<html>{everything}</html>", content_type="text/html")
    for pad in (270, 280, 290, 295):
        yield f"cut-message-{pad}", says(500, json.dumps({"error": {"message": "x" * pad + CANARY}}))
        yield f"cut-body-{pad}", says(200, "x" * (1750 + pad) + CANARY, content_type="text/html")
    yield "portal", says(200, f"<html>{everything}</html>", content_type="text/html")
    yield "odd-type", says(200, "?", content_type=CANARY)
    yield "not-json", says(200, '{"' + CANARY + '": ')
    yield "broken-event", streams(delta("He"), '{"' + CANARY)
    yield "error-event", streams(delta(f"He {CANARY}"), {"error": {"message": everything}})
    yield "cut-stream", streams(delta("so far " + CANARY))
    yield (
        "answer",
        streams(delta("the key is " + CANARY[:9]), delta(CANARY[9:]), delta(everything, finish="stop"), "[DONE]"),
    )
    yield "names", streams(delta("hi", model=CANARY, id=CANARY, finish=CANARY), "[DONE]")
    call = {
        "index": 0,
        "id": CANARY,
        "type": "function",
        "function": {"name": CANARY, "arguments": json.dumps({"a": CANARY})},
    }
    tool = delta("")
    tool["choices"][0] = {
        "index": 0,
        "delta": {"tool_calls": [call], "reasoning_content": CANARY},
        "finish_reason": "stop",
    }
    yield "tool-call", streams(tool, "[DONE]")


def scripted() -> Iterator[tuple[str, Fault]]:
    """Every fault that the fake provider knows: a new one is found by itself, and needs ARGUMENTS where it asks any."""
    for module in pkgutil.iter_modules(provider.__path__, f"{provider.__name__}."):
        for name, make in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            signature = inspect.signature(make)
            if make.__module__ == module.name and not name.startswith("_") and signature.return_annotation is Fault:
                needed = [p.name for p in signature.parameters.values() if p.default is p.empty and p.kind not in ANY]
                yield name.replace("_", "-"), make(**{parameter: ARGUMENTS[parameter] for parameter in needed})


FAULTS = {**dict(scripted()), **dict(repeating())}


def by_model() -> Fault:
    """Answer as the model's name says, twice: a 429 is asked again and again."""
    asked: Counter[str] = Counter()

    async def fault(exchange: Exchange, answer: Answer) -> None:
        asked[exchange.served.model] += 1
        chosen = FAULTS.get(exchange.served.model.removeprefix("say-"))
        await (chosen(exchange, answer) if chosen and asked[exchange.served.model] <= 2 else answer(exchange))

    return fault


# -- the search ------------------------------------------------------------------------------------------------------


def hits(folder: Path, *said: str) -> list[str]:
    """Where a spelling of the key, or more than half of it, stands: in files, in the database's cells, in `said`."""
    length = len(CANARY) // 2 + 1
    pieces = {CANARY[i : i + length] for i in range(len(CANARY) - length + 1)} | set(spellings(CANARY))
    texts = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".env"}
    texts |= {f"output {i}": text.encode() for i, text in enumerate(said)}
    for path in folder.rglob("run.db"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            texts[f"cells of {path}"] = "\n".join(database.iterdump()).encode()
    return [f"{where}: {piece}" for where, data in texts.items() for piece in pieces if piece.encode() in data]


def bakeoff(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return commands.bakeoff(*arguments, cwd=folder, env=environment(), timeout=SECONDS)


def environment() -> dict[str, str]:
    """Each candidate has an account of its own, or one refused key would end all."""
    return os.environ | {f"ACCOUNT_{i}": CANARY for i in range(len(FAULTS))}


def prepare(folder: Path, url: str) -> None:
    (folder / "bakeoff.yaml").write_text(BAKEOFF)
    (folder / "faq.csv").write_text("id,input,target\nq1,France?,Paris\n")
    (folder / "voice.csv").write_text("id,input,target\nv1,good morning,good morning\n")
    (folder / ".env").write_text(f"HEARS_API_KEY='{CANARY}'\n")
    entries = [entry("hears", "hears", url, "HEARS_API_KEY", "audio_transcription")]
    for i, name in enumerate(FAULTS):
        entries.append(entry(name, name, url, f"ACCOUNT_{i}", "chat"))
        entries.append(entry(f"say-{name}", f"say-{name}", url, f"ACCOUNT_{i}", "audio_speech"))
    entries.append(entry("nobody", "nobody", "http://127.0.0.1:9/v1", "ACCOUNT_0", "chat"))
    (folder / "providers.yaml").write_text("model_list:\n" + "".join(entries))


def entry(name: str, model: str, url: str, variable: str, mode: str) -> str:
    return (
        f"  - model_name: {name}\n"
        f"    litellm_params: {{model: openai/{model}, api_base: '{url}', api_key: os.environ/{variable}}}\n"
        f"    model_info: {{mode: {mode}}}\n"
        "    bakeoff: {usd_per_hour: 0.10}\n"
    )


def test_no_byte_holds_the_key(tmp_path: Path) -> None:
    with running(always=by_model()) as served:
        prepare(tmp_path, served.url)
        with closing(Command("--debug", "run", cwd=tmp_path, env=environment())) as first:
            deadline = time.monotonic() + SECONDS
            while len(served.requests) < len(FAULTS) // 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            first.send_signal(signal.SIGKILL)
            (tmp_path / "first.log").write_text("".join(first.communicate(SECONDS)), encoding="utf-8")
        assert [path.stat().st_size > 0 for path in tmp_path.rglob("run.db-wal")] == [True], "killed in the middle"
        assert hits(tmp_path) == []
        done = [bakeoff(tmp_path, "--debug", "run", "--resume", "latest")]
        sent = {request.model.removeprefix("say-") for request in served.requests}
        assert all(CANARY in request.headers["authorization"] for request in served.requests)
    assert sent == {*FAULTS, "hears"}
    for verb in (["report"], ["memo"], ["export", "--format", "csv"], ["export", "--format", "jsonl", "-o", "-"]):
        done.append(bakeoff(tmp_path, "--debug", *verb, "latest"))
    for one in done:
        assert one.returncode in (0, 1, 3, 4), one.stdout + one.stderr
    assert hits(tmp_path, *(text for one in done for text in (one.stdout, one.stderr))) == []
    (page,) = tmp_path.rglob("report.html")
    assert "a secret was taken out" in page.read_text(encoding="utf-8")


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    for i, spelling in enumerate(spellings(CANARY)):
        (tmp_path / str(i)).write_text(f"<{spelling}>")
        assert any(hit.startswith(str(tmp_path / str(i))) for hit in hits(tmp_path))
