"""`bakeoff init`: a bake-off to start from."""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen
from harness.cli.manner import counted, listed, tell
from harness.cli.options import HERE
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.config.inventory import Offer
    from harness.config.spreadsheet import Sheet

STARTER = Path(__file__).parent / "starter"
HEAD = (
    "# The candidates. A LiteLLM proxy file works here unchanged; a key is named by its variable, never written out.\n"
)
LISTED = 8
"""Rows that are named; of more it says how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a bake-off may be for."""

    modalities: tuple[str, ...]
    embedded: tuple[str, ...]
    """The shipped models that do it without a key."""
    suite: str | None = None
    """The shipped suite that is begun with, or a part of it; None: a table of one's own."""
    candidates: tuple[str, ...] = ()
    """Shipped chains of those models, which are named in bakeoff.yaml."""


USES: Mapping[str, Use] = {
    "text": Use(modalities=("text",), embedded=("smollm2", "gemma3-8shot")),
    "tts": Use(modalities=("tts",), embedded=("hibari", "espeak"), suite="tts_core"),
    "transcription": Use(modalities=("transcription",), embedded=("whisper-tiny", "whisper-base"), suite="asr_core"),
    "speech": Use(
        modalities=("speech",), embedded=("whisper-tiny", "smollm2", "hibari"), suite="spoken_qa",
        candidates=("talk-smollm2-hibari", "talk-smollm2-espeak"),
    ),
    "vision": Use(
        modalities=("vision",), embedded=("plain-rapidocr", "plain-rapidocr-v4"), suite="doc_ocr",
        candidates=("plain-rapidocr", "plain-rapidocr-v4", "read-rapidocr-smollm2"),
    ),
    "rag": Use(
        modalities=("embedding", "rerank"), embedded=("bm25", "wordllama"), suite="rag_nodes, tasks: [retrieval]"
    ),
}  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write.")] = HERE,
    use: Annotated[
        str | None,
        typer.Option("--for", metavar="|".join(USES), help="What the models are to do.", show_default="text"),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--from-spreadsheet", metavar="FILE", help="Make the suite from a CSV, TSV, XLSX or JSONL file."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take what is found.")] = False,
    api_base: Annotated[
        str | None, typer.Option("--api-base", metavar="URL", help="An OpenAI-compatible server of your own.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Its model's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write bakeoff.yaml, providers.yaml, an example suite and .env.example."""
    from harness import pipeline

    if model and not api_base:
        raise UsageError("--model names a model of your own server", hint="add --api-base http://HOST:PORT/v1")
    if api_base is not None and not api_base.startswith(("http://", "https://")):
        raise UsageError(f"--api-base takes a URL, not {api_base!r}", hint="--api-base http://HOST:PORT/v1")
    if use is not None and use not in USES:
        raise UsageError(f"--for is one of {', '.join(USES)}, not {use!r}")
    if sheet is not None and use not in (None, "text"):
        raise UsageError("--from-spreadsheet makes a suite of questions in text", hint="drop --for")
    asks = not yes and is_terminal()
    if asks and use is None and sheet is None:
        use = _ask_use()
    if asks and use in (None, "text") and sheet is None and (said := _ask(tell("init.ask.sheet"))):
        sheet = Path(said)
    doing, read = USES[use or "text"], None if sheet is None else pipeline.read_sheet(sheet)
    catalogue = pipeline.catalogue(folder)
    found = [offer for offer in catalogue if offer.variables and not offer.missing and not api_base]
    found = [offer for offer in found if doing.suite is None or set(doing.modalities) & set(offer.modalities)]
    if asks and found:
        found = _ask_keys(found)
    has_remote = any(set(doing.modalities) & set(offer.modalities) for offer in found)
    files = {
        "bakeoff.yaml": _bakeoff(doing, read, dear=has_remote, own=bool(api_base)).encode(),
        "providers.yaml": (
            _own_server(api_base, model or "default") if api_base else _providers(found, catalogue, doing, has_remote)
        ).encode(),
        ".env.example": "".join(f"{variable}=\n" for variable in _variables(catalogue)).encode(),
    }
    if read is not None:
        files[f"data/{read.file}"] = read.content
    elif doing.suite is None:
        files["data/faq.csv"] = (STARTER / "data" / "faq.csv").read_bytes()
    taken = [name for name in files if (folder / name).exists()]
    if taken and not force:
        raise UsageError(
            f"{', '.join(taken)} exist already in {folder}", hint="another folder, or --force to overwrite"
        )
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    where = "" if folder == HERE else f"cd {shlex.quote(str(folder))} && "
    screen.say(tell("init.wrote", files=listed(list(files))))
    if found:
        names = listed([offer.name for offer in found])
        screen.say(tell("init.found", variables=listed(_variables(found)), candidates=names))
    if read is not None:
        _tell_sheet(read, f"data/{read.file}")
    screen.next_step(tell("next", command=f"{where}bakeoff check"))


# -- questions -----------------------------------------------------------------------------------------------------


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(question: str) -> str:
    """Ask on stderr, and return what is said: nothing at the end of the input."""
    sys.stderr.write(f"{question}\n> ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _ask_use() -> str:
    choices = [f"  {number}. {tell(f'init.ask.task.{name}')}" for number, name in enumerate(USES, start=1)]
    said = _ask("\n".join([tell("init.ask.task"), *choices]))
    named = dict(zip(map(str, range(1, len(USES) + 1)), USES, strict=True))
    return named.get(said, said if said in USES else "text")


def _ask_keys(found: Sequence["Offer"]) -> list["Offer"]:
    said = _ask("\n".join([listed(_variables(found)), tell("init.ask.keys")]))
    wanted = {part.strip() for part in said.replace("、", ",").split(",") if part.strip()}
    return list(found) if not wanted else [offer for offer in found if wanted & set(offer.variables)]


# -- files ---------------------------------------------------------------------------------------------------------


def _bakeoff(doing: Use, read: "Sheet | None", *, dear: bool, own: bool) -> str:
    """Return bakeoff.yaml; `dear`: providers ask for dollars, a hundred times what a machine's time costs."""
    text = (STARTER / "bakeoff.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("  - name: faq\n")
    run = rest[rest.index("run: ") :]
    run_line, _, decision = run.partition("\n")
    if doing.suite is not None:
        head = (
            head[: head.index("  # A suite can be")]
            + f"  - {{suite: {doing.suite}, limit: 6}}   # shipped; a part of it\n"
        )
        rest = f"candidates: [{', '.join(doing.candidates)}]\n" if doing.candidates and not dear else ""
        decision = ""
    elif read is not None:
        rest = _suite(read)
    else:
        rest = "  - name: faq\n" + rest[: rest.index("run: ")]
    if not dear:
        decision = decision.replace("worst: 20, ideal: 0.25", "worst: 0.5, ideal: 0.005")
    # what runs on one's own machine has no price a token, so no budget can hold it
    return head + rest + ("" if own else run_line + "\n") + decision


def _suite(read: "Sheet") -> str:
    return (
        f"  - name: {json.dumps(read.name, ensure_ascii=False)}\n"
        "    modality: text\n"
        f"    data: {json.dumps(f'data/{read.file}', ensure_ascii=False)}\n"
        f"    prompt: {json.dumps(read.prompt, ensure_ascii=False)}\n"
        f"    scorer: {json.dumps(read.scorer, ensure_ascii=False)}   # others: `bakeoff list`\n"
        f"    max_tokens: {1024 if read.why in ('long', 'none') else 512}\n"
    )


def _tell_sheet(read: "Sheet", file: str) -> None:
    key = "init.sheet" if read.expected else "init.sheet.untargeted"
    screen.say(tell(key, file=file, rows=counted(read.rows, "row"), input=read.asked, target=read.expected))
    why = tell(f"init.why.{read.why}", n=read.labels)
    screen.say(tell("init.sheet.scorer", scorer=next(iter(read.scorer)), why=why))
    for notice in read.notices:
        screen.note(tell("note", text=notice))
    if read.tags:
        screen.say(tell("init.columns", names=listed(read.tags)))
    left_out = [("init.blank", read.blank), ("init.unanswered", read.unanswered)]
    if said := [tell(key, n=len(rows), lines=_lines(rows)) for key, rows in left_out if rows]:
        screen.say(tell("init.sheet.left_out", what=listed(said)))


def _lines(rows: Sequence[int]) -> str:
    more = ["…"] if len(rows) > LISTED else []
    return listed([*map(str, rows[:LISTED]), *more])


def _own_server(api_base: str, model: str) -> str:
    return f"""\
{HEAD}model_list:
  - model_name: {model.rpartition("/")[2]}
    litellm_params: {{model: openai/{model}, api_base: {api_base}, temperature: 0}}
    bakeoff: {{usd_per_hour: 0.10}}   # what your machine costs an hour
"""


def _providers(found: Sequence["Offer"], catalogue: Sequence["Offer"], doing: Use, has_remote: bool) -> str:
    """The entries whose keys were found; the embedded models beside them, or as an example where others do the job."""
    remote = "".join(offer.text for offer in found)
    offers = [offer for offer in catalogue if offer.name in doing.embedded]
    embedded = "".join(offer.text for offer in offers)
    fetch = f"`bakeoff fetch {' '.join(offer.model.removeprefix('local/') for offer in offers)}` installs them"
    if not found:
        none = f"# No provider's key was found, so these are the embedded models: {fetch}, as the first run does.\n"
        return f"{HEAD}{none}model_list:\n{embedded}"
    if not has_remote:
        return f"{HEAD}model_list:\n{remote}  # embedded models, which need no key: {fetch}\n{embedded}"
    example = "".join(f"  # {line[2:]}\n" for line in embedded.splitlines())
    return f"{HEAD}model_list:\n{remote}  # embedded models need no key; {fetch}:\n{example}"


def _variables(offers: Sequence["Offer"]) -> list[str]:
    return list(dict.fromkeys(variable for offer in offers for variable in offer.variables))
