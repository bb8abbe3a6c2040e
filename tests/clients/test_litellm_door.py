"""The contract with LiteLLM: each test fails when an upgrade breaks what a measurement rests on."""

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest

from harness.clients import litellm_door
from harness.core.calls import Output
from harness.errors import BakeoffError
from tests.clients.trip import attempt, chat, mos, speech
from tests.fake_provider import running


def test_clients_load_nothing_heavy() -> None:
    code = "import sys, harness.clients.retry; print(*sorted(sys.modules))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"litellm", "openai", "aiohttp", "numpy", "soundfile", "pandas", "plotly"}


def test_settings() -> None:
    litellm = litellm_door.load()
    assert litellm_door.load() is litellm
    assert litellm.drop_params is False
    assert litellm.num_retries is None
    assert litellm.cache is None
    assert litellm.disable_token_counter is True
    assert litellm.constants.REPEATED_STREAMING_CHUNK_LIMIT >= 10**9


def test_nothing_is_told_to_anybody() -> None:
    """No callback, no telemetry: what is asked and answered goes to the provider and nowhere else."""
    litellm = litellm_door.load()
    heard_by = ("callbacks", "input_callback", "success_callback", "failure_callback", "service_callback")
    heard_by += ("_async_input_callback", "_async_success_callback", "_async_failure_callback")
    # the name of LiteLLM's cache is put there as soon as its Gemini client is loaded; there is no cache behind it
    hearers = {name: [hearer for hearer in getattr(litellm, name) if hearer != "cache"] for name in heard_by}
    assert hearers == {name: [] for name in heard_by}
    assert litellm.cache is None
    assert not getattr(litellm, "telemetry", False)


def test_sdk_never_retries() -> None:
    litellm_door.load()
    from openai._models import FinalRequestOptions

    assert FinalRequestOptions.construct(method="post", url="/x", max_retries=5).get_max_retries(2) == 0


def test_a_handler_of_pictures_that_cannot_be_asked_asynchronously_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    litellm_door.load()
    from litellm.llms.custom_httpx.llm_http_handler import BaseLLMHTTPHandler

    monkeypatch.setattr(BaseLLMHTTPHandler, "image_generation_handler", lambda *_: None)
    with pytest.raises(BakeoffError, match="image_generation_handler has changed"):
        litellm_door._ask_for_pictures_asynchronously()


def test_changed_sdk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    litellm_door.load()
    from openai import _models

    monkeypatch.setattr(_models, "FinalRequestOptions", type("FinalRequestOptions", (), {}))
    with pytest.raises(BakeoffError, match="get_max_retries"):
        litellm_door._forbid_hidden_retries()


def test_changed_handler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    litellm_door.load()
    from litellm.llms.custom_httpx import http_handler

    monkeypatch.setattr(http_handler, "AsyncHTTPHandler", type("AsyncHTTPHandler", (), {}))
    with pytest.raises(BakeoffError, match="single_connection_post_request"):
        litellm_door._forbid_second_connections()


def test_changed_transport_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    litellm_door.load()
    from litellm.llms.custom_httpx import aiohttp_transport, http_handler

    with monkeypatch.context() as patch:
        patch.setattr(aiohttp_transport, "LiteLLMAiohttpTransport", type("Another", (), {}))
        with pytest.raises(BakeoffError, match="has changed"):
            litellm_door._install_tap()
    handler = SimpleNamespace(create_async_transport=lambda: None)
    monkeypatch.setattr(http_handler, "AsyncHTTPHandler", handler)
    with pytest.raises(BakeoffError, match="another transport"):
        litellm_door._install_tap()


def test_engines_are_never_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is for the internet; what listens on loopback is ours."""
    litellm_door.load()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with running() as provider:
        for request in (chat(), speech(), mos()):
            for host in ("localhost", "127.0.0.1"):
                url = provider.url.replace("127.0.0.1", host)
                assert isinstance(asyncio.run(attempt(request, url)).outcome, Output), (request, host)
