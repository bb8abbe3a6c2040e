"""Clips made from a prompt, of which code can see whether they are as long and as large as was ordered."""

from harness import Suite, Task
from harness.scorers import OrderedClip

SUITE = Suite(name="video_prompts", version=1, licence="CC0-1.0", tasks=[
    Task(name="clips", modality="video_generation", samples="clips.jsonl",
         scorers=[OrderedClip()], primary="ordered_clip"),
])  # fmt: skip
