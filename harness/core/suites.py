"""What is asked: suites of tasks, tasks of samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.canonical import Json
from harness.core.media import Audio, Image

if TYPE_CHECKING:
    from harness.core.scores import Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One thing to ask, with what a right answer is judged against."""

    id: str
    """Unique in its task."""
    input: Json
    target: Json = None
    files: tuple[str, ...] = ()
    """Paths of media, relative to the suite's folder, or `data:` URLs."""
    media: tuple[Image | Audio, ...] = ()
    """What `files` hold where the task's modality takes pictures or a recording, in the same order; once loaded."""
    metadata: Mapping[str, Json] = field(default_factory=dict)
    """Slices (`lang`, `topic`, ...), `cluster` and `params`."""

    @property
    def cluster(self) -> str:
        """The unit that was sampled at random: a document, a conversation; by default the sample itself."""
        cluster = self.metadata.get("cluster")
        return self.id if cluster is None else str(cluster)

    @property
    def params(self) -> Mapping[str, Json]:
        """Request parameters of this sample alone, such as `tools`; ValueError where `metadata.params` is no object."""
        params = self.metadata.get("params", {})
        if isinstance(params, dict):
            return params
        raise ValueError(f"metadata.params is an object of request parameters, not {params!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Samples of one modality with the scorers that judge the outputs."""

    name: str
    modality: str
    samples: str | Sequence[Sample]
    """A data file beside suite.py as written by an author; a tuple of samples once loaded."""
    scorers: Sequence["Scorer"]
    documents: str | None = None
    """A data file beside suite.py whose rows are passages, with `id` and `input`. Each sample then has them as
    `metadata.documents`, id → text; one with `metadata.pool`, a list of ids, has those."""
    primary: str
    """Name of the one scorer whose value is this task's quality."""
    prompt: str = "{{ input }}"
    """Jinja template of the user's message; it sees `input`, `metadata` and `files`, never `target`."""
    system: str | None = None
    """Jinja template of the system prompt: of a chat, or of the stages that write where documents are searched."""
    max_tokens: int = 256
    """Bounds the cost of a call. For speech it does not apply: the input's length bounds it."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """Request parameters that belong to the task, such as `stop`; those of a sample win, and a candidate's own. In a
    cascade they go to the stages that do what the task is about."""
    slot: str | None = None
    """The job that candidates are chosen for; by default the suite's slot, then the modality."""
    language: str | None = None
    """BCP 47 tag, where every sample shares it; a sample's `metadata.lang` wins."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scorers", tuple(self.scorers))
        if not isinstance(self.samples, str):
            object.__setattr__(self, "samples", tuple(self.samples))

    @property
    def loaded(self) -> tuple[Sample, ...]:
        """The samples; ValueError before `config` has loaded them."""
        if isinstance(self.samples, tuple):
            return self.samples
        raise ValueError(f"task {self.name!r} has not been loaded: its samples are still {self.samples!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A versioned folder of tasks."""

    name: str
    version: int
    tasks: Sequence[Task]
    slot: str | None = None
    licence: str | None = None
    folder: str | None = None
    """Where it was loaded from; data and media paths are relative to it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.tasks))

    def slot_of(self, task: Task) -> str:
        """The job that `task` stands for."""
        return task.slot or self.slot or task.modality
