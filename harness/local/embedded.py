"""What is known of an embedded engine before it runs: which packages hold it, which bytes it loads, its licence."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    template_tokens: int | None = None
    """What its own template puts around a question, as the engine counts it; None: no more than any chat."""
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


def files(package: str, folder: str, sha256_of: Mapping[str, str]) -> tuple[Weight, ...]:
    return tuple(
        Weight(file=file, sha256=sha256, parts=(Part(package=package, path=f"{folder}/{file}"),))
        for file, sha256 in sha256_of.items()
    )
