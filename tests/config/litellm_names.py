"""Reads the names of harness/config/litellm_names.txt out of the installed LiteLLM; run as a module, it writes them."""

import inspect
import re
from collections.abc import Iterator

from harness.clients import litellm_door
from harness.config.litellm_names import FILE


def text() -> str:
    """Return the file as it must be; prices, and what is LiteLLM's own business, are left out."""
    litellm_door.load()
    written = (name for name in _parameters() if re.fullmatch(r"[a-z]\w*", name) and "cost" not in name)
    lines = {f"parameter {name}" for name in written} | {f"provider {name}" for name in _providers()}
    return "".join(f"{line}\n" for line in sorted(lines | {f"endpoint {name}" for name in _endpoints()}))


def _parameters() -> Iterator[str]:
    import litellm
    from litellm import constants
    from litellm.types.router import LiteLLM_Params
    from litellm.types.utils import LlmProviders, all_litellm_params
    from litellm.utils import ProviderConfigManager

    yield from all_litellm_params
    yield from LiteLLM_Params.model_fields
    yield from constants.DEFAULT_CHAT_COMPLETION_PARAM_VALUES
    yield from constants.OPENAI_CHAT_COMPLETION_PARAMS
    yield from constants.OPENAI_TRANSCRIPTION_PARAMS
    yield from constants.OPENAI_EMBEDDING_PARAMS
    for call in (
        litellm.completion, litellm.embedding, litellm.speech, litellm.transcription, litellm.image_generation,
        litellm.rerank, litellm.responses, litellm.video_generation,
    ):  # fmt: skip
        yield from inspect.signature(call).parameters
    for provider in LlmProviders:
        if config := ProviderConfigManager.get_provider_chat_config("x", provider):
            yield from config.get_supported_openai_params("x")
            yield from (name for kind in type(config).__mro__ for name in vars(kind).get("__annotations__", ()))


def _providers() -> Iterator[str]:
    import litellm
    from litellm.llms.openai_like.json_loader import JSONProviderRegistry
    from litellm.types.utils import LlmProviders

    yield from (provider.value for provider in LlmProviders)
    yield from litellm.openai_compatible_providers
    yield from JSONProviderRegistry.list_providers()


def _endpoints() -> Iterator[str]:
    import litellm

    yield from litellm.openai_compatible_endpoints


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
