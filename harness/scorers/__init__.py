"""Pure judges of one output, one family a file."""

from harness.scorers.label import LabelMatch
from harness.scorers.match import Contains, ExactMatch
from harness.scorers.number import NumberMatch
from harness.scorers.registry import SCORERS, by_name
from harness.scorers.rules import Rules
from harness.scorers.speech import Dnsmos, WordAccuracy
from harness.scorers.structured import JsonMatch

__all__ = [
    "SCORERS", "Contains", "Dnsmos", "ExactMatch", "JsonMatch", "LabelMatch", "NumberMatch", "Rules", "WordAccuracy",
    "by_name",
]  # fmt: skip
