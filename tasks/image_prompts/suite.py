"""Pictures made from a prompt, of which code can see whether they show what was asked for: writing, plain shapes."""

from harness import Suite, Task
from harness.scorers import DrawnShapes, RenderedText

SUITE = Suite(name="image_prompts", version=1, licence="CC0-1.0", tasks=[
    Task(name="writing", modality="image_generation", samples="writing.jsonl",
         scorers=[RenderedText()], primary="rendered_text"),
    Task(name="shapes", modality="image_generation", samples="shapes.jsonl",
         scorers=[DrawnShapes()], primary="drawn_shapes"),
])  # fmt: skip
