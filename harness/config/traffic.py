"""`traffic:` of bakeoff.yaml, or a file that holds nothing else: what the product will send."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.config.models import ExchangeSection, TrafficSection
from harness.config.paths import BAKEOFF_FILE
from harness.config.source import Source, read
from harness.config.validate import validate
from harness.config.where import Where
from harness.core.candidates import Exchange
from harness.core.suggest import did_you_mean, meant
from harness.core.suites import Suite
from harness.core.traffic import Seat, SelfHosting, Traffic
from harness.core.wording import worded
from harness.errors import Problem, UsageError


def load_traffic(folder: Path, file: Path | None = None, *, requests: float | None = None) -> Traffic | None:
    """Return the traffic that `file` describes, or where there is none bakeoff.yaml in `folder`.

    Where neither says anything of traffic, `requests` a month are all that is known of it: all else has a default.
    None where nothing says how many come. UsageError with every problem of the file.
    """
    path = folder / BAKEOFF_FILE if file is None else file
    alone = None if requests is None else Traffic(requests=requests)
    if file is None and not path.is_file():
        return alone
    if not path.is_file():
        raise UsageError(
            [
                Problem(
                    code="E200",
                    message=worded("there is no {path}", path=path),
                    hint=worded("--requests N says how many come in a month, --traffic FILE names a file"),
                )
            ]
        )
    source = read(path)
    problems: list[Problem] = []
    where: Where = ()
    if file is None or (isinstance(source.data, dict) and source.data.keys() == {"traffic"}):
        where = ("traffic",)
        if not isinstance(source.data, dict) or "traffic" not in source.data:
            return alone
    data = source.data if where == () else source.data["traffic"]  # type: ignore[index,call-overload]
    section = validate(TrafficSection, source, data, where, problems)
    if section is not None:
        problems.extend(contradictions(section, source, where))
    if section is None or problems:
        raise UsageError(problems)
    return _traffic(section)


def load_exchange(folder: Path) -> Exchange | None:
    """Return what bakeoff.yaml in `folder` says that a dollar costs; None where it says nothing, or is not there."""
    path = folder / BAKEOFF_FILE
    source = read(path) if path.is_file() else None
    if source is None or not isinstance(source.data, dict) or source.data.get("exchange") is None:
        return None
    problems: list[Problem] = []
    section = validate(ExchangeSection, source, source.data["exchange"], ("exchange",), problems)
    if section is None or problems:
        raise UsageError(problems)
    return Exchange(cny_per_usd=section.cny_per_usd, date=section.date)


def contradictions(
    given: TrafficSection, source: Source, where: Where, suites: Sequence[Suite] | None = None
) -> Iterator[Problem]:
    """Find what says nothing, or two things, and in the mix the misspelt names of `suites`, where those are known."""

    def unread(*keys: str) -> bool:
        return any(source.lacks_some((*where, key)) for key in keys)

    by_user = given.users is not None and given.requests_per_user is not None
    if (
        given.requests_per_month is None
        and not by_user
        and not unread("requests_per_month", "requests_per_user", "users")
    ):
        hint = worded("requests_per_month, or users with requests_per_user")
        yield source.problem("E206", worded("how many requests come in a month is missing"), where, hint=hint)
    if given.requests_per_month is not None and given.requests_per_user is not None:
        message = worded("'requests_per_user' and 'requests_per_month' both say how many requests come")
        yield source.problem("E204", message, (*where, "requests_per_user"), key=True, hint=worded("keep one of them"))
    if given.seat is not None and given.users is None and not unread("users"):
        message, hint = worded("the key 'users' is missing: a seat has a user"), worded("users: how many there are")
        yield source.problem("E206", message, (*where, "seat"), key=True, hint=hint)
    host = given.self_hosting
    if host is not None and (host.requests_per_s is None) == (host.candidate is None) and not unread("self_hosting"):
        message = worded(
            "what a replica serves is said by requests_per_s or by a candidate of the run, and by one of them"
        )
        yield source.problem("E204", message, (*where, "self_hosting"), key=True, hint=worded("keep one of them"))
    if given.mix is not None and not any(given.mix.values()) and not unread("mix"):
        hint = worded("give at least one a share above 0")
        yield source.problem("E217", worded("all shares of the mix are zero"), (*where, "mix"), key=True, hint=hint)
    if suites is None:
        return
    for name in strangers(given, suites):
        if (best := meant(name, _names(suites))) is not None and best not in (given.mix or {}):
            message = worded("the mix names '{name}', which is no suite of these", name=name)
            nearest = did_you_mean(name, _names(suites))
            yield source.problem("E209", message, (*where, "mix", name), key=True, hint=nearest)


def strangers(given: TrafficSection, suites: Sequence[Suite]) -> list[str]:
    """Return the names in the mix that none of `suites` is called: of another product, or of what was taken out."""
    known = _names(suites)
    return [name for name in given.mix or {} if name not in known]


def _names(suites: Sequence[Suite]) -> list[str]:
    return [name for suite in suites for name in (suite.name, *(f"{suite.name}/{it.name}" for it in suite.tasks))]


def _traffic(given: TrafficSection) -> Traffic:
    each, users = given.requests_per_user, given.users
    requests = given.requests_per_month if each is None or users is None else users * each
    own = given.model_dump(
        exclude_none=True, exclude={"requests_per_month", "requests_per_user", "seat", "self_hosting"}
    )
    return Traffic(
        requests=requests or 0.0,
        seat=None if given.seat is None else Seat(**given.seat.model_dump(exclude_none=True)),
        self_hosting=(
            None if given.self_hosting is None else SelfHosting(**given.self_hosting.model_dump(exclude_none=True))
        ),
        **own,
    )
