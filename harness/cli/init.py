"""`bakeoff init`: a bake-off to start from."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE

if TYPE_CHECKING:
    from harness.config.inventory import Offer

STARTER = Path(__file__).parent / "starter"
EMBEDDED = ("smollm2", "gemma3-8shot")
"""The shipped candidates that answer in text without a key."""
HEAD = (
    "# The candidates. A LiteLLM proxy file works here unchanged; a key is named by its variable, never written out.\n"
)
FETCH = "`bakeoff fetch smollm2-135m gemma3-270m` installs them"


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write.")] = HERE,
    api_base: Annotated[
        str | None, typer.Option("--api-base", metavar="URL", help="An OpenAI-compatible server of your own.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Its model's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write bakeoff.yaml, providers.yaml, an example suite and .env.example."""
    from harness import pipeline
    from harness.errors import UsageError

    if model and not api_base:
        raise UsageError("--model names a model of your own server", hint="add --api-base http://HOST:PORT/v1")
    if api_base is not None and not api_base.startswith(("http://", "https://")):
        raise UsageError(f"--api-base takes a URL, not {api_base!r}", hint="--api-base http://HOST:PORT/v1")
    catalogue = pipeline.catalogue(folder)
    found = [offer for offer in catalogue if offer.variables and not offer.missing and not api_base]
    files = {
        "bakeoff.yaml": (STARTER / "bakeoff.yaml").read_text(encoding="utf-8"),
        "providers.yaml": _own_server(api_base, model or "default") if api_base else _providers(found, catalogue),
        "data/faq.csv": (STARTER / "data" / "faq.csv").read_text(encoding="utf-8"),
        ".env.example": "".join(f"{variable}=\n" for variable in _variables(catalogue)),
    }
    if not _has_text(found):  # a machine's time costs a hundredth of what providers ask
        files["bakeoff.yaml"] = files["bakeoff.yaml"].replace("worst: 20, ideal: 0.25", "worst: 0.5, ideal: 0.005")
    if api_base:  # what runs on one's own machine has no price a token, so no budget can hold it
        files["bakeoff.yaml"] = "".join(
            line for line in files["bakeoff.yaml"].splitlines(keepends=True) if not line.startswith("run:")
        )
    taken = [name for name in files if (folder / name).exists()]
    if taken and not force:
        raise UsageError(
            f"{', '.join(taken)} exist already in {folder}", hint="another folder, or --force to overwrite"
        )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    where = "" if folder == HERE else f"cd {folder} && "
    screen.say(f"Wrote {', '.join(files)}.")
    if found:
        names = ", ".join(offer.name for offer in found)
        screen.say(f"Found {', '.join(_variables(found))}, so providers.yaml names {names}.")
    screen.say(f"Next: {where}bakeoff check")


def _own_server(api_base: str, model: str) -> str:
    return f"""\
{HEAD}model_list:
  - model_name: {model.rpartition("/")[2]}
    litellm_params: {{model: openai/{model}, api_base: {api_base}, temperature: 0}}
    bakeoff: {{usd_per_hour: 0.10}}   # what your machine costs an hour
"""


def _providers(found: Sequence["Offer"], catalogue: Sequence["Offer"]) -> str:
    """The entries whose keys were found; the embedded models beside them, or as an example where text has others."""
    remote = "".join(offer.text for offer in found)
    embedded = "".join(offer.text for offer in catalogue if offer.name in EMBEDDED)
    if not found:
        return (
            f"{HEAD}# No provider's key was found, so these are the embedded models: {FETCH}.\nmodel_list:\n{embedded}"
        )
    if not _has_text(found):
        return f"{HEAD}model_list:\n{remote}  # embedded models, which need no key: {FETCH}\n{embedded}"
    example = "".join(f"  # {line[2:]}\n" for line in embedded.splitlines())
    return f"{HEAD}model_list:\n{remote}  # embedded models need no key; {FETCH}:\n{example}"


def _has_text(offers: Sequence["Offer"]) -> bool:
    return any("text" in offer.modalities for offer in offers)


def _variables(offers: Sequence["Offer"]) -> list[str]:
    return list(dict.fromkeys(variable for offer in offers for variable in offer.variables))
