"""The benchmark's server: what it answers, and the truth that it writes down."""

import http.client
import json
import ssl
from urllib.parse import urlsplit

from benchmarks import certificate
from benchmarks.provider import serving
from benchmarks.server import Pace


def ask(connection: http.client.HTTPConnection, *, stream: bool) -> tuple[str, str]:
    """Return the request's id and the body."""
    body = {"model": "fake", "messages": [], "stream": stream, "stream_options": {"include_usage": True}}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
    response = connection.getresponse()
    return response.headers["x-request-id"], response.read().decode()


def test_the_truth_names_every_request_and_its_place_on_a_connection() -> None:
    with serving(Pace(first_s=0.02, gap_s=0.001, chunks=3)) as provider:
        where = urlsplit(provider.url)
        assert where.hostname
        connections = [http.client.HTTPConnection(where.hostname, where.port) for _ in range(2)]
        answers = [ask(connection, stream=stream) for connection in connections for stream in (True, False)]
        for connection in connections:
            connection.close()
    assert provider.connections == 2
    assert [(str(it.id), it.nth) for it in provider.served] == [
        (name, 1 + n % 2) for n, (name, _) in enumerate(answers)
    ]
    assert all(it.received + 0.02 <= it.first <= it.last for it in provider.served)
    streamed, whole = answers[0][1], answers[1][1]
    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    words = [choice["delta"].get("content", "") for event in events for choice in event["choices"]]
    assert "".join(words) == provider.answer == json.loads(whole)["choices"][0]["message"]["content"]
    assert events[-1]["usage"]["completion_tokens"] == 3
    assert streamed.endswith("data: [DONE]\n\n")


def test_a_certificate_is_believed_by_whoever_has_it(tmp_path) -> None:
    pem = certificate.make(tmp_path)
    with serving(Pace(), certificate=pem) as provider:
        where = urlsplit(provider.url)
        assert where.hostname
        trusting = ssl.create_default_context(cafile=pem)
        connection = http.client.HTTPSConnection(where.hostname, where.port, context=trusting)
        ask(connection, stream=True)
        connection.close()
    assert len(provider.served) == 1
