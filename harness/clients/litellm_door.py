"""The one door to LiteLLM: imports it on first use, with the settings and the patches that a measurement needs.

The patches are of private pieces, so each is checked when it is made: a LiteLLM or SDK that has changed is refused
loudly, never measured wrongly.

1. No hidden retries. `max_retries=0` is ignored for embeddings and images, and a caller's client is overwritten; the
   OpenAI SDK asks `FinalRequestOptions.get_max_retries` every time. LiteLLM's own handler (reranking, Anthropic) sends
   again when a connection breaks, through `AsyncHTTPHandler.single_connection_post_request`.
2. The tap. Every asynchronous provider path ends in `LiteLLMAiohttpTransport.handle_async_request`.
3. No path beside it. `aimage_generation` asks many providers (Gemini, DashScope) in a thread, with a client that no tap
   sees and no deadline ends, though `BaseLLMHTTPHandler` can ask them asynchronously.
"""

import gc
import inspect
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx

from harness.clients.in_process import head_sent
from harness.clients.tap import forward
from harness.core.wording import worded
from harness.errors import BakeoffError

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else the price map is fetched on import and differs by day
    "LITELLM_MODE": "PRODUCTION",  # else .env of the working folder is loaded on import
    "REPEATED_STREAMING_CHUNK_LIMIT": "1000000000",  # else a model that repeats itself looks like a dead provider
    "DISABLE_AIOHTTP_TRANSPORT": "False",  # the tap is in the aiohttp transport
    "LITELLM_HTTP2": "False",  # would bypass it too
    "WEBSOCKETS_MAX_REDIRECTS": "1",  # none is followed: another host would be shown the key
    "REALTIME_WEBSOCKET_MAX_MESSAGE_SIZE_BYTES": str(4 * 2**20),  # else one event of a live session may fill the memory
}
_LOOPBACK = "127.0.0.1,localhost,::1"
_UNAWAITED = "coroutine 'BaseLLMHTTPHandler.async_"
"""It makes some of its calls in a thread and awaits them afterwards: a deadline of ours may come in between."""


@cache
def load() -> ModuleType:
    """Import LiteLLM (seconds) and return it, ready to be measured; BakeoffError where it is not what is expected."""
    os.environ.update(_ENVIRONMENT)
    for name in ("NO_PROXY", "no_proxy"):  # embedded engines are never behind a proxy
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _LOOPBACK)))
    with _no_search_for_garbage():
        import litellm

    litellm.suppress_debug_info = True
    litellm.disable_token_counter = True  # invented usage becomes zeros, which can be told from the provider's
    litellm.disable_streaming_logging = True
    litellm.drop_params = False
    litellm.num_retries = None
    litellm.cache = None
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # its error lines can hold keys
    warnings.filterwarnings("ignore", _UNAWAITED, RuntimeWarning)
    _forbid_hidden_retries()
    _forbid_second_connections()
    _install_tap()
    _ask_for_pictures_asynchronously()
    module: ModuleType = litellm
    return module


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Import without Python's search for cycles, which finds none and takes a quarter of the time.

    What was imported is left out of later searches too: each would stop the event loop for as long as a token takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def timeout(total_s: float) -> httpx.Timeout:
    """What LiteLLM is told: later than our own deadlines, which are the ones that count."""
    return httpx.Timeout(total_s + 5, connect=min(10.0, total_s + 5))


def _forbid_hidden_retries() -> None:
    from openai import _models

    options = _models.FinalRequestOptions
    _expect(
        "get_max_retries" in vars(options)
        and list(inspect.signature(options.get_max_retries).parameters) == ["self", "max_retries"],
        "the OpenAI SDK no longer asks FinalRequestOptions.get_max_retries",
    )
    options.get_max_retries = lambda self, max_retries: 0  # type: ignore[method-assign]  # noqa: ARG005


def _forbid_second_connections() -> None:
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    _expect(
        inspect.iscoroutinefunction(vars(AsyncHTTPHandler).get("single_connection_post_request")),
        "AsyncHTTPHandler no longer retries through single_connection_post_request",
    )

    async def fail(*_: object, **__: object) -> None:
        raise  # what broke the first connection: it is being handled where this is called

    AsyncHTTPHandler.single_connection_post_request = fail


def _install_tap() -> None:
    import aiohttp
    from litellm.llms.custom_httpx.aiohttp_transport import LiteLLMAiohttpTransport as Transport
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    _expect(
        inspect.iscoroutinefunction(vars(Transport).get("handle_async_request"))
        and inspect.isfunction(vars(Transport).get("get_valid_client_session")),
        "LiteLLMAiohttpTransport has changed",
    )
    _expect(isinstance(AsyncHTTPHandler.create_async_transport(), Transport), "LiteLLM uses another transport")
    untapped = Transport.handle_async_request

    async def on_head_sent(_session: aiohttp.ClientSession, _context: SimpleNamespace, _params: object) -> None:
        head_sent()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(on_head_sent)
    trace.freeze()

    async def handle_async_request(self: Any, request: httpx.Request) -> httpx.Response:
        async def handle(outgoing: httpx.Request) -> httpx.Response:
            traces = self.get_valid_client_session().trace_configs
            if trace not in traces:
                traces.append(trace)
            response: httpx.Response = await untapped(self, outgoing)
            return response

        return await forward(handle, request, verify=self._ssl_verify is not False)

    Transport.handle_async_request = handle_async_request


def _ask_for_pictures_asynchronously() -> None:
    from litellm.llms.custom_httpx.llm_http_handler import BaseLLMHTTPHandler as Handler

    ask = vars(Handler).get("image_generation_handler")
    _expect(
        inspect.isfunction(ask)
        and "_is_async" in inspect.signature(ask).parameters
        and inspect.iscoroutinefunction(vars(Handler).get("async_image_generation_handler")),
        "BaseLLMHTTPHandler.image_generation_handler has changed",
    )

    def image_generation_handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        return ask(self, *args, **{**kwargs, "_is_async": True})

    Handler.image_generation_handler = image_generation_handler


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise BakeoffError(
            worded("this LiteLLM cannot be measured: {what}", what=what),
            hint=worded("install the versions that requirements/*.lock pin"),
        )
