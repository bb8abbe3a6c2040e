"""The bench of a large run that never ran: many samples, tags, texts of ordinary length, some faults."""

import random
from collections.abc import Iterator
from decimal import Decimal

from harness.core.calls import Call, Failure, Fault, Marks, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Prices
from harness.core.requests import ChatRequest
from harness.core.suites import Sample
from harness.report.evidence import AskedSample, Judgement
from tests.report.benches import Bench, record

TASKS = ("facts", "arithmetic", "sentiment", "summaries")
TOPICS = ("billing", "delivery", "returns", "accounts", "products", "hours", "complaints", "other")
LEVELS = ("easy", "medium", "hard")
TEXT = (
    "the order has arrived late and its box was open please send another one to my address before friday or give back "
    "what i have paid for it because a friend of mine needs the lamp on her desk and cannot read without any light "
    "model answers questions about prices colours sizes weights guarantees invoices parcels stations lines tickets"
)
WORDS = TEXT.split(" ")


def wide(samples: int, *, candidates: int = 10, seed: int = 7) -> Bench:
    """Return `samples` samples of four tasks, each answered by every candidate; no candidate is as good as another."""
    rng, bench = random.Random(seed), Bench()
    prices = Prices(usd={"input_cost_per_token": Decimal("1e-7"), "output_cost_per_token": Decimal("6e-7")},
                    source="litellm 1.106.2", date="2026-11-01")  # fmt: skip
    bench.candidates = [
        Candidate(name=f"candidate-{c}", model=f"openai/model-{c}", modalities=frozenset({"text"}), prices=prices)
        for c in range(candidates)
    ]
    for i in range(samples):
        metadata = {"lang": "zh" if i % 5 == 4 else "en", "topic": rng.choice(TOPICS), "difficulty": rng.choice(LEVELS)}
        text, target = _text(rng, 20, 60), _text(rng, 4, 12)
        sample = Sample(id=f"sample-{i:05}", input=text, target=target, metadata=metadata)
        bench.samples.append(AskedSample(suite="text_core", task=TASKS[i % len(TASKS)], sample=sample))
        for answer, judgement in _answers(rng, bench, i, sample, hard=LEVELS.index(metadata["difficulty"])):
            bench.answers.append(answer)
            bench.judgements += [] if judgement is None else [judgement]
    return bench


def _text(rng: random.Random, least: int, most: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))


def _answers(
    rng: random.Random, bench: Bench, i: int, sample: Sample, *, hard: int
) -> Iterator[tuple[Record, Judgement | None]]:
    request = ChatRequest(messages=({"role": "user", "content": str(sample.input)},), max_tokens=64)
    for c, candidate in enumerate(bench.candidates):
        key = f"{i:032x}{c:032x}"
        call = Call(key=key, role=Role.ANSWER, candidate=candidate.name, request=request, suite="text_core",
                    task=TASKS[i % len(TASKS)], sample=sample.id)  # fmt: skip
        luck = rng.random()
        if luck < 0.003:
            failure = Failure(fault=Fault.INFRA, kind="timeout", message="no answer within 60 s")
            yield record(call, failure, attempts=3), None
            continue
        skill = 0.55 + 0.04 * c - 0.15 * hard
        value = float(luck < skill) if i % 4 < 2 else round(12 * min(1.0, max(0.0, rng.gauss(skill, 0.2)))) / 12
        text = str(sample.target) if value == 1.0 else _text(rng, 6, 40)
        total_ms = round(rng.lognormvariate(6.5, 0.4), 3)
        tokens = 4 + len(text) // 4
        yield (
            record(
                call,
                Output(text=text, finish_reason="stop", model=f"model-{c}"),
                marks=Marks(ttft_ms=total_ms / 2, ttfo_ms=total_ms / 2, total_ms=total_ms),
                usage=Usage(input_tokens=40 + i % 7, output_tokens=tokens, source="provider"),
                cost=Decimal(tokens) * Decimal("6e-7") + (40 + i % 7) * Decimal("1e-7"),
                source="provider",
            ),
            Judgement(
                key=key, scorer="contains", signature="contains@1()", value=value,
                reason="" if value == 1.0 else f"{sample.target!r} is not in the answer", detail={},
            ),
        )  # fmt: skip
