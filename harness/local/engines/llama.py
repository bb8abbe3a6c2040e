"""Language models by llama.cpp, behind its own OpenAI-compatible server."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import xllamacpp

_CONTEXT_TOKENS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """How a base model is asked: examples of answers, and where an answer ends."""

    template: str
    """A Jinja file beside this one."""
    stop: tuple[str, ...]
    """Used where a request names no `stop` of its own."""


_PROMPTS = {"gemma3-270m": Prompt(template="gemma3-270m.jinja", stop=("\n\n", "###"))}
"""Models that were not tuned to follow instructions; the others bring their template in the weights."""


class Server:
    """llama.cpp's own server, which listens on threads of its own as long as this object lives."""

    def __init__(self, native: xllamacpp.Server) -> None:
        self._native = native
        port: int | None = urlsplit(native.listening_address).port
        if port is None:
            raise RuntimeError(f"llama.cpp listens at {native.listening_address!r}")
        self.server_port = port

    def serve_forever(self) -> None:
        """Keep it alive."""
        threading.Event().wait()


def listen(name: str, files: Mapping[str, Path], *, threads: int, port: int) -> Server:
    """Load the model and answer once, to warm it."""
    (path,) = files.values()
    native = xllamacpp.Server(_settings(name, path, threads=threads, port=port))
    native.handle_chat_completions({"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1})
    return Server(native)


def _settings(name: str, path: Path, *, threads: int, port: int) -> xllamacpp.CommonParams:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}  # else replies name a path of this machine
    params.port = port
    params.n_ctx = _CONTEXT_TOKENS
    params.n_parallel = 1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = threads
        cpu.poll = 0  # waiting threads that spin starve the others on a busy machine
    # a prompt seen before must cost what a new one costs, or the time to the first token would flatter us
    params.cache_prompt = False
    params.cache_idle_slots = False
    params.cache_ram_mib = 0
    params.n_ctx_checkpoints = 0
    params.sampling.temp = 0.0  # of requests that say nothing
    params.endpoint_slots = False
    params.ui = False
    params.verbosity = 2  # warnings and errors
    if prompt := _PROMPTS.get(name):
        params.chat_template = Path(__file__).with_name(prompt.template).read_text(encoding="utf-8")
        params.antiprompt = list(prompt.stop)
    return params
