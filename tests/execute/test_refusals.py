"""What is said of a provider that cannot be used: who, where, why, what to do, and never a key."""

import pytest

from harness.core.candidates import Candidate
from harness.errors import Place, Problem
from harness.execute.refusals import refused_key, sentence, unknown_model, unreachable
from tests.execute.bakeoffs import remote


def find(*path: str) -> Place | None:
    return Place(file="providers.yaml", line=4, column=len(path[-1]))


def own(url: str = "http://127.0.0.1:8000/v1", **changes: object) -> Candidate:
    return remote("mine", model="openai/qwen", base_url=url, **changes)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("cannot connect to 127.0.0.1: Connection refused", "is the server running, and is that its port?"),
        ("cannot connect to h: [Connect call failed ('127.0.0.1', 9)]", "is the server running, and is that its port?"),
        ("cannot connect to h: Name or service not known", "is the host spelt right, and has this machine a network?"),
        (
            "cannot connect to h: its certificate is not trusted: self-signed",
            "is SSL_CERT_FILE set to the certificates that vouch for it?",
        ),
        (
            "cannot connect to h: [SSL: WRONG_VERSION_NUMBER] wrong version number",
            "does the server speak https at all, or should the address begin with http://?",
        ),
        (
            "cannot connect to h: no connection within 10 s",
            "is the address right, and does a firewall or a proxy stand before it?",
        ),
    ],
)
def test_an_address_where_nobody_answers(said: str, asked: str) -> None:
    problem = unreachable([own(), remote("twin", base_url="http://127.0.0.1:8000/v1")], said, find)
    assert (problem.code, problem.line, problem.column, problem.hint) == ("E105", 4, len("api_base"), asked)
    assert problem.message == f"nobody answers at http://127.0.0.1:8000/v1, where 'mine', 'twin' are asked: {said}"


def test_an_address_without_its_version_is_suspected() -> None:
    without = "Many OpenAI-compatible servers want /v1 at its end: http://h:8000/v1"
    assert str(unreachable([own("http://h:8000/")], "refused", find).hint).endswith(without)
    problem = unknown_model(own("http://h:8000"), "HTTP 404: Not Found", find)
    assert (problem.code, problem.column) == ("E106", len("api_base"))
    assert problem.message == "model or path not found at http://h:8000, where 'mine' is asked: HTTP 404: Not Found"
    assert str(problem.hint) == f"is 'qwen' the model's name there? {without}"
    problem = unknown_model(own(), "HTTP 404: no such model", find)
    names = "is 'qwen' the model's name there? http://127.0.0.1:8000/v1/models usually lists the names."
    assert (problem.column, problem.hint) == (len("model"), names)


@pytest.mark.parametrize(
    ("candidate", "kind", "message", "hint"),
    [
        pytest.param(
            own(),
            "credentials",
            "http://127.0.0.1:8000/v1 refuses the key of 'mine', which ACME_API_KEY holds: HTTP 401: no",
            "put the right key into ACME_API_KEY (the environment, else .env), or name another variable as api_key",
            id="refused",
        ),
        pytest.param(
            own(api_key_env=None),
            "credentials",
            "http://127.0.0.1:8000/v1 refuses 'mine', for which providers.yaml names no key: HTTP 401: no",
            "name the variable that holds it: api_key: os.environ/NAME",
            id="none",
        ),
        pytest.param(
            own(),
            "quota",
            "the credit of 'mine' at http://127.0.0.1:8000/v1 is used up (the key that ACME_API_KEY holds): "
            "HTTP 401: no",
            "top it up, or name the variable of another key as api_key",
            id="spent",
        ),
    ],
)
def test_a_key_that_is_refused(candidate: Candidate, kind: str, message: str, hint: str) -> None:
    problem = refused_key([candidate], kind, "HTTP 401: no", find)
    assert (problem.code, problem.message, problem.hint) == ("E104", message, hint)
    assert sentence(problem) == f"{message} (providers.yaml:4:7); fix: {hint}"


def test_what_no_file_says_has_no_place() -> None:
    problem = unknown_model(remote("a"), "HTTP 404: no", lambda *_: None)
    assert problem == Problem(
        code="E106",
        message="model not found at acme, where 'a' is asked: HTTP 404: no",
        hint="is 'a' the model's name there?",
    )
