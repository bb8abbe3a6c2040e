"""JsonMatch and FieldF1: what parses, what is valid, which fields are right."""

import json
import random
import subprocess
import sys
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.scorers import FieldF1, JsonMatch
from harness.scorers.structured import MAX_DEPTH, extract
from tests.scorers.judging import Case, judged, why

PERSON: dict[str, Json] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
ANY, SCHEMA, RAW = JsonMatch(), JsonMatch(schema=PERSON), JsonMatch(raw_only=True)
ANNA: Json = {"name": "Anna", "age": 30}
TEXT = '{"name": "Anna", "age": 30}'


@pytest.mark.parametrize(
    "case",
    [
        Case(why="the object alone", scorer=SCHEMA, target=ANNA, text=TEXT),
        Case(why="raw only", scorer=RAW, target=ANNA, text=f"\n{TEXT}\n"),
        Case(why="fenced", scorer=SCHEMA, target=ANNA, text=f"Here:\n```json\n{TEXT}\n```\nDone {{}}."),
        Case(why="fenced without a language", scorer=SCHEMA, target=ANNA, text=f"```\n{TEXT}\n```"),
        Case(why="text after it", scorer=SCHEMA, target=ANNA, text=f"{TEXT}\n\nThis is {{the}} JSON."),
        Case(why="text before it", scorer=SCHEMA, target=ANNA, text=f"Sure: {TEXT}"),
        Case(why="brackets in the text before it", scorer=SCHEMA, target=ANNA, text=f"[as asked]: {TEXT}"),
        Case(why="an unclosed fence", scorer=SCHEMA, target=ANNA, text=f"```json\n{TEXT}"),
        Case(why="order, case and white space", scorer=SCHEMA, target=ANNA, text='{"age":30,"name":" anna "}'),
        Case(why="numbers by value", scorer=ANY, target={"x": 1}, text='{"x": 1.0}'),
        Case(why="nested", scorer=ANY, target={"a": [{"b": None}, []]}, text='{"a": [{"b": null}, []]}'),
        Case(why="a list", scorer=ANY, target=["x", "y"], text='The list is ["x", "y"].'),
        Case(why="an empty object", scorer=ANY, target={}, text="{}"),
        Case(why="Chinese", scorer=ANY, target={"城市": "北京"}, text='{"城市": "北 京。"}'),
    ],
    ids=why,
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        Case(why="empty", scorer=ANY, target=ANNA, text=""),
        Case(why="no JSON", scorer=ANY, target=ANNA, text="Anna is 30."),
        Case(why="raw only, but fenced", scorer=RAW, target=ANNA, text=f"```json\n{TEXT}\n```"),
        Case(why="raw only, but text follows", scorer=RAW, target=ANNA, text=f"{TEXT} ok"),
        Case(why="cut", scorer=ANY, target=ANNA, text=TEXT[:-1]),
        Case(why="single quotes", scorer=ANY, target=ANNA, text="{'name': 'Anna', 'age': 30}"),
        Case(why="duplicate keys", scorer=ANY, target=ANNA, text='{"name": "Bob", "name": "Anna", "age": 30}'),
        Case(why="NaN", scorer=ANY, target={"x": 1}, text='{"x": NaN}'),
        Case(why="infinity by overflow", scorer=ANY, target={"x": 1}, text='{"x": 1e999}'),
        Case(why="an integer of 5,000 digits", scorer=ANY, target={"x": 1}, text=f'{{"x": {"9" * 5000}}}'),
        Case(why="the schema's type", scorer=SCHEMA, target=ANNA, text='{"name": "Anna", "age": "30"}'),
        Case(why="a field that the schema forbids", scorer=SCHEMA, target=ANNA, text=f'{TEXT[:-1]}, "city": "Rome"}}'),
        Case(why="a missing field", scorer=SCHEMA, target=ANNA, text='{"name": "Anna"}'),
        Case(why="a number as text is not the number", scorer=ANY, target={"x": 1}, text='{"x": "1"}'),
        Case(why="true is not 1", scorer=ANY, target={"x": 1}, text='{"x": true}'),
        Case(why="1 is not true", scorer=ANY, target={"x": True}, text='{"x": 1}'),
        Case(why="the items by position", scorer=ANY, target=["x", "y"], text='["y", "x"]'),
        Case(why="a list for an object", scorer=ANY, target={"0": "x"}, text='["x"]'),
        Case(why="nothing but punctuation is not equal", scorer=ANY, target={"x": "?"}, text='{"x": "!"}'),
        Case(why="nested by the thousand", scorer=ANY, target=[], text="[" * 50_000),
        Case(why="nested too deep", scorer=ANY, target=[], text="[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
    ],
    ids=why,
)
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert case.result.reason


@pytest.mark.parametrize(
    "case",
    [
        Case(why="no target", scorer=ANY, target=None, text="{}"),
        Case(why="a text as target", scorer=ANY, target="x", text='"x"'),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


@pytest.mark.parametrize(
    ("target", "text", "share"),
    [
        pytest.param({"a": 1, "b": 2}, '{"a": 1, "b": 3}', 1 / 2, id="one of two"),
        pytest.param({"a": 1, "b": 2}, '{"a": 1}', 1 / 2, id="one missing"),
        pytest.param({"a": 1}, '{"a": 1, "b": 2}', 1 / 2, id="one invented"),
        pytest.param({"a": [1, 2], "b": {"c": 3}}, '{"a": [1], "b": {"c": 3}}', 2 / 3, id="leaves count"),
    ],
)
def test_the_value_is_the_share_of_fields_without_a_schema(target: dict[str, Json], text: str, share: float) -> None:
    assert judged(ANY, target, text).value == pytest.approx(share)


def test_the_detail_tells_parsed_raw_valid_and_fields() -> None:
    wrong_type = judged(SCHEMA, ANNA, 'So: {"name": "Anna", "age": "30"}')
    assert wrong_type.detail == {"parsed": 1, "raw": 0, "valid": 0, "equal": 1, "fields": 2}
    assert wrong_type.reason == "schema: age: '30' is not of type 'integer'"
    assert judged(SCHEMA, ANNA, TEXT).detail == {"parsed": 1, "raw": 1, "valid": 1, "equal": 2, "fields": 2}
    assert judged(SCHEMA, ANNA, "no").detail == {"parsed": 0, "raw": 0, "valid": 0, "equal": 0}


def test_a_schema_that_is_none_is_refused_before_anything_is_judged() -> None:
    from jsonschema.exceptions import SchemaError

    with pytest.raises(SchemaError):
        judged(JsonMatch(schema={"type": "objekt"}), {}, "{}")


def test_a_reference_is_never_fetched() -> None:
    from referencing.exceptions import Unresolvable

    with pytest.raises(Unresolvable):
        judged(JsonMatch(schema={"$ref": "http://127.0.0.1:9/person.json"}), ANNA, TEXT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda item: st.lists(item, max_size=3) | st.dictionaries(st.text(max_size=5), item, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_every_object_finds_itself(value: dict[str, Json]) -> None:
    assert judged(ANY, value, json.dumps(value)).value == 1.0
    found = extract(f"Answer: {json.dumps(value)} end")
    assert found is not None
    assert (found.value, found.raw) == (value, False)


def test_the_parameters_can_come_from_yaml() -> None:
    hint = typing.get_type_hints(JsonMatch)["schema"]  # as config reads inline suites
    assert TypeAdapter(hint).validate_json(json.dumps(PERSON), strict=True) == PERSON


def test_jsonschema_is_not_imported_with_the_scorer() -> None:
    code = "import sys, harness.scorers; sys.exit('jsonschema' in sys.modules or 'whisper_normalizer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- FieldF1 -------------------------------------------------------------------------------------------------------

RECEIPT: Json = {"shop": "Corner Café", "items": [{"name": "tea", "price": 2.5}], "total": 2.5}


@pytest.mark.parametrize(
    ("text", "f1"),
    [
        (json.dumps(RECEIPT), 1.0),
        ('```json\n{"total": 2.50, "shop": "corner café", "items": [{"price": 2.5, "name": "Tea"}]}\n```', 1.0),
        ('{"shop": "Corner Café", "total": 2.5}', 2 * 2 / (4 + 2)),
        ('{"shop": "Corner Café", "total": 3}', 2 * 1 / (4 + 2)),
        ('{"shop": "Corner Café", "total": 2.5, "tip": 1, "vat": 0}', 2 * 2 / (4 + 4)),
        ('{"total": "2.5"}', 0.0),
        ("{}", 0.0),
        ("no JSON", 0.0),
        ("", 0.0),
    ],
)
def test_field_f1(text: str, f1: float) -> None:
    assert judged(FieldF1(), RECEIPT, text).value == pytest.approx(f1)


@pytest.mark.parametrize("target", [None, "x", {}, []])
def test_field_f1_needs_a_field(target: Json) -> None:
    assert isinstance(Case(why="", scorer=FieldF1(), target=target, text="{}").result, Unscored)


def test_field_f1_equals_precision_and_recall_of_flat_records() -> None:
    """Against the definition by sets, on random flat records."""
    rng = random.Random(17)
    for _ in range(60):
        wanted, given = ({rng.choice("abcdef"): rng.randint(0, 2) for _ in range(rng.randint(1, 6))} for _ in range(2))
        hits = len(wanted.items() & given.items())
        precision, recall = hits / len(given), hits / len(wanted)
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        assert judged(FieldF1(), wanted, json.dumps(given)).value == pytest.approx(f1)
