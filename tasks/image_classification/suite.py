"""Telling handwritten digits apart, in pictures of 8 x 8 pixels made larger."""

from harness import Suite, Task
from harness.scorers import LabelMatch

SUITE = Suite(name="image_classification", version=1, licence="CC-BY-4.0", tasks=[
    Task(name="digits", modality="vision", samples="digits.jsonl", language="en", max_tokens=16,
         prompt="Which {{ input }} from 0 to 9 is written by hand in this picture? Answer with the {{ input }} only.",
         scorers=[LabelMatch(labels=tuple("0123456789"))], primary="label_match"),
])  # fmt: skip
