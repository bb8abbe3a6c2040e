"""The process of one embedded engine: verify its weights, load it, warm it, serve it on loopback."""

import argparse
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol

from harness.core.canonical import to_json
from harness.errors import Problem, UsageError
from harness.local import lifeline, weights
from harness.local.catalog import ENGINES
from harness.local.embedded import Engine


def main(argv: Sequence[str] | None = None, *, engines: Mapping[str, Engine] = ENGINES) -> None:
    """Serve one engine until the lifeline ends or a signal comes.

    Writes one line of JSON to stdout: `{"port": 8111}` when the engine is warm and answers, or `{"problems": [...]}`,
    and then ends with status 2. Whatever libraries print goes to stderr.
    """
    parser = argparse.ArgumentParser(prog="python -m harness.local.serve", description=__doc__)
    parser.add_argument("engine", choices=list(engines))
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--lifeline", type=int, metavar="FD", help="end with the other end of this pipe")
    options = parser.parse_args(argv)
    stdout = os.dup(1)
    os.dup2(2, 1)
    if options.lifeline is not None:
        lifeline.hold(options.lifeline)
    engine = engines[options.engine]
    try:
        server = _ready(engine, port=options.port, threads=options.threads)
    except UsageError as error:
        _say(stdout, {"problems": to_json(error.problems)})
        sys.exit(error.exit_code)
    _say(stdout, {"port": server.server_port})
    try:
        server.serve_forever()
    finally:
        os._exit(0)  # an interpreter that ends in order would wait for native threads


class Server(Protocol):
    """A warm engine that listens."""

    server_port: int

    def serve_forever(self) -> None:
        """Answer until the process ends."""


def _ready(engine: Engine, *, port: int, threads: int) -> Server:
    _demand_free(engine, port)
    files = weights.verified(engine, cache=weights.cache_folder(os.environ))
    module = import_module(engine.module if "." in engine.module else f"harness.local.engines.{engine.module}")
    if engine.modality in ("text", "speech"):  # which bring servers of their own
        native: Server = module.listen(engine.name, files, threads=threads, port=port)
        return native
    from harness.local.front import Front

    return Front(engine.name, module.load(files, threads=threads), port=port)


def _demand_free(engine: Engine, port: int) -> None:
    """UsageError E403 where another process listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"the engine {engine.name!r} cannot listen on port {port}: {error.strerror}"
            hint = "end the process that uses it, or leave the port out: a free one is then taken"
            raise UsageError([Problem(code="E403", message=message, hint=hint)]) from error


def _say(descriptor: int, message: Mapping[str, object]) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as stdout:
        stdout.write(json.dumps(message, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
