"""The embedded engines as data, by what they do."""

from collections.abc import Mapping
from types import MappingProxyType

from harness.local.catalog.ears import EARS
from harness.local.catalog.eyes import EYES
from harness.local.catalog.gauges import GAUGES
from harness.local.catalog.minds import MINDS
from harness.local.catalog.searches import SEARCHES
from harness.local.catalog.voices import VOICES
from harness.local.embedded import Engine

_EAR, _MIND, _VOICE = EARS[0], MINDS[0], VOICES[0]
_LIVE = Engine(
    name="live-cascade",
    modality="speech",
    summary="Whisper tiny.en, SmolLM2-135M and hibari, talked to in live sessions; hears by loudness who speaks",
    version=f"1, of {_EAR.version}, {_MIND.version}, {_VOICE.version}",
    module="live",
    runtimes=("xllamacpp", *_EAR.runtimes, *_VOICE.runtimes),
    packages=(*_EAR.packages, *_MIND.packages, *_VOICE.packages),
    weights=(*_EAR.weights, *_MIND.weights, *_VOICE.weights),
    licence="MIT, Apache-2.0",
    languages=_EAR.languages,
)
"""Three of the engines in one process."""

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {engine.name: engine for engine in (*MINDS, *VOICES, *EARS, *EYES, *GAUGES, *SEARCHES, _LIVE)}
)
"""Name → engine, in the order in which they are listed."""
