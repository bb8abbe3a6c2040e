"""Evidence is what the store says, in order, and media are read only when a page needs them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.core.calls import Call, Role, Unrecorded
from harness.core.manifest import Manifest
from harness.core.suites import Sample
from harness.report.evidence import Evidence, candidates_of, gather, instruments_of, tasks_of
from harness.report.html import report_page
from harness.store.records import Records
from tests.report.bakeoffs import two_slots


@dataclass(frozen=True)
class StoredSample:
    suite: str
    task: str
    sample: Sample


@dataclass(frozen=True)
class ScoreRow:
    key: str
    scorer: str
    signature: str
    value: float | None
    reason: str
    detail: Mapping[str, float]


@dataclass
class FakeLedger:
    """Answers as a ledger does."""

    evidence: Evidence

    def manifest(self) -> Manifest:
        return self.evidence.manifest

    def samples(self) -> list[StoredSample]:
        return [StoredSample(suite=a.suite, task=a.task, sample=a.sample) for a in self.evidence.samples]

    def table(self) -> Records:
        return self.evidence.everything

    def scores(self) -> Iterable[ScoreRow]:
        for j in self.evidence.judgements:
            yield ScoreRow(
                key=j.key, scorer=j.scorer, signature=j.signature, value=j.value, reason=j.reason, detail=j.detail
            )

    def pending(self, *roles: Role) -> Sequence[Call]:
        return [call for call in self.evidence.pending if call.role in roles]

    def uncertain(self) -> Sequence[Call]:
        return self.evidence.uncertain

    def unrecorded(self) -> Unrecorded:
        return self.evidence.unrecorded


@dataclass
class FakeMedia:
    evidence: Evidence
    read: list[str] = field(default_factory=list)

    def get(self, sha256: str) -> bytes:
        self.read.append(sha256)
        return self.evidence.read_media(sha256)

    def path(self, sha256: str) -> Path:
        return self.evidence.media_path(sha256)


def test_gather_reads_everything_that_is_shown() -> None:
    fake = two_slots()
    media = FakeMedia(fake.evidence)
    gathered = gather(FakeLedger(fake.evidence), media)
    assert media.read == []
    page = Path("/runs/one/report.html")
    assert report_page(gathered, fake.decisions, page).html == report_page(fake.evidence, fake.decisions, page).html
    assert len(media.read) == 24


def test_warm_up_calls_of_a_dead_process_are_not_counted_since_they_are_not_sent_again() -> None:
    evidence = two_slots().evidence
    answer = evidence.records[Role.ANSWER][0].call
    dead = replace(evidence, uncertain=(replace(answer, role=Role.WARMUP), answer))
    assert gather(FakeLedger(dead), FakeMedia(dead)).uncertain == (answer,)


def test_the_manifest_is_read_back_into_nouns() -> None:
    manifest = two_slots().evidence.manifest
    assert [(t.suite, t.name, t.slot, t.primary) for t in tasks_of(manifest)] == [
        ("text_core", "facts", "text", "contains"),
        ("text_core", "arithmetic", "text", "contains"),
        ("tts_core", "read", "tts", "word_accuracy"),
    ]
    candidates = candidates_of(manifest)
    assert list(candidates) == ["smollm2", "gpt-mini", "kokoro", "hibari", "espeak"]
    assert str(candidates["smollm2"].machine.usd_per_hour) == "0.10"  # type: ignore[union-attr]
    assert instruments_of(manifest)["mos"].name == "dnsmos"
