"""How a command speaks: in which language, and how much it says."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from harness.cli.words import LANGUAGES, translations, words
from harness.core.wording import Wording, translated, worded
from harness.errors import UsageError

VARIABLE = "BAKEOFF_LANG"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says in which language a system speaks: the first that is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What is asked of every verb alike."""

    language: str = "en"
    quiet: bool = False
    """Results and errors only."""
    verbose: bool = False
    """Each failed attempt too, and each wait, as it happens."""
    debug: bool = False
    as_json: bool = False
    """One JSON document on stdout, of an error too."""
    verb: str | None = None
    """None: it is not known yet."""


MANNER: ContextVar[Manner] = ContextVar("manner", default=Manner())  # noqa: B039 - it is frozen
"""Of the command that runs."""


def read(arguments: Sequence[str], env: Mapping[str, str]) -> tuple[Manner, list[str]]:
    """Return how the command is to speak, and the arguments without what says so, which may stand anywhere.

    UsageError for a language that is not spoken.
    """
    rest, said = list(arguments), dict.fromkeys(("quiet", "verbose", "debug"), False)
    language = _language(env.get(VARIABLE) or _of_system(env), VARIABLE)
    end = rest.index("--") if "--" in rest else len(rest)
    kept: list[str] = []
    given = iter(rest[:end])
    for argument in given:
        name, equals, value = argument.partition("=")
        if name == "--lang":
            language = _language(value if equals else next(given, ""), "--lang")
        elif argument in ("--quiet", "--verbose", "--debug"):
            said[argument[2:]] = True
        else:
            kept.append(argument)
    manner = Manner(
        language=language, quiet=said["quiet"], verbose=said["verbose"], debug=said["debug"], as_json="--json" in kept
    )
    return manner, kept + rest[end:]


def tell(key: str, **pieces: object) -> str:
    """Return our sentence `key` in the language of the command, the sentences among its pieces too."""
    said = {name: in_language(piece) if isinstance(piece, Wording) else piece for name, piece in pieces.items()}
    return words(MANNER.get().language)[key].format(**said)


def in_language(text: str) -> str:
    """Return what another layer says in the language of the command."""
    language = MANNER.get().language
    if language == "en" or not isinstance(text, Wording):
        return text
    return translated(text, translations(language), comma=words(language)["list.comma"])


def is_told(key: str) -> bool:
    """Whether there is a sentence `key`."""
    return key in words("en")


def counted(number: int, noun: str) -> str:
    """Return `1 suite`, `2 suites`."""
    one, _, several = words(MANNER.get().language)[f"count.{noun}"].partition("|")
    return (one if number == 1 or not several else several).format(n=number)


def listed(parts: Sequence[str]) -> str:
    """Return the parts with the commas of the language."""
    return tell("list.comma").join(map(in_language, parts))


def _of_system(env: Mapping[str, str]) -> str:
    """Return the language of the system where we speak it, else English."""
    locale = next(filter(None, (env.get(name) for name in LOCALE)), "")
    return next((language for language in LANGUAGES if locale.startswith(language)), "en")


def _language(written: str, where: str) -> str:
    if written not in LANGUAGES:
        raise UsageError(
            worded("{where} is en or zh, not {written!r}", where=where, written=written),
            hint=f"{where}=en",
        )
    return written
