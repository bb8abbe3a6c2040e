"""`bakeoff init`: a bake-off to start from."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import screen
from harness.cli.options import HERE

STARTER = Path(__file__).parent / "starter"

MODELS = {
    "OPENAI_API_KEY": ("gpt-4o-mini", "openai/gpt-4o-mini"),
    "ANTHROPIC_API_KEY": ("claude-haiku", "anthropic/claude-haiku-4-5"),
    "GEMINI_API_KEY": ("gemini-flash", "gemini/gemini-2.5-flash"),
    "DEEPSEEK_API_KEY": ("deepseek-chat", "deepseek/deepseek-chat"),
    "DASHSCOPE_API_KEY": ("qwen-plus", "dashscope/qwen-plus"),
}
"""A key in the environment → the name and the model that it can pay for."""

EMBEDDED = """\
# No provider's key was found, so these are the embedded models: `bakeoff fetch smollm2-135m gemma3-270m` installs
# them. A LiteLLM proxy file works here unchanged; a key is named by its variable: `os.environ/OPENAI_API_KEY`.
model_list:
  - model_name: smollm2
    litellm_params: {model: local/smollm2-135m, temperature: 0}
    bakeoff: {usd_per_hour: 0.10}
  - model_name: gemma3-8shot   # a base model: eight worked examples go before each question
    litellm_params: {model: local/gemma3-270m, temperature: 0}
    bakeoff: {usd_per_hour: 0.10}
"""


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
    from harness.config.environment import read
    from harness.errors import UsageError

    if model and not api_base:
        raise UsageError("--model names a model of your own server", hint="add --api-base http://HOST:PORT/v1")
    found = [variable for variable in MODELS if read(folder).get(variable)]
    files = {
        "bakeoff.yaml": (STARTER / "bakeoff.yaml").read_text(encoding="utf-8"),
        "providers.yaml": _providers(found, api_base, model or "default"),
        "data/faq.csv": (STARTER / "data" / "faq.csv").read_text(encoding="utf-8"),
        ".env.example": "".join(f"{variable}=\n" for variable in MODELS),
    }
    if api_base or not found:  # a machine's time costs a hundredth of what providers ask
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
    screen.say(f"Next: {where}bakeoff check")


def _providers(found: list[str], api_base: str | None, model: str) -> str:
    if not found and not api_base:
        return EMBEDDED
    lines = ["# The candidates. A LiteLLM proxy file works here unchanged.", "model_list:"]
    if api_base:
        lines += [
            f"  - model_name: {model.rpartition('/')[2]}",
            f"    litellm_params: {{model: openai/{model}, api_base: {api_base}, temperature: 0}}",
            "    bakeoff: {usd_per_hour: 0.10}   # what your machine costs an hour",
        ]
    for variable in found if not api_base else []:
        name, identifier = MODELS[variable]
        lines += [
            f"  - model_name: {name}",
            f"    litellm_params: {{model: {identifier}, api_key: os.environ/{variable}, temperature: 0}}",
        ]
    return "\n".join(lines) + "\n"
