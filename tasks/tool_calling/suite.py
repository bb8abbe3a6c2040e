"""Tool calls: the right tool with the right arguments, several at once, or none where none fits."""

from harness import Suite, Task
from harness.scorers import ToolCalls

SUITE = Suite(name="tool_calling", version=1, licence="Apache-2.0", tasks=[
    Task(name=name, modality="text", samples=f"{name}.jsonl", max_tokens=256,
         scorers=[ToolCalls()], primary="tool_calls")
    for name in ("simple", "multiple", "parallel", "relevance")
])  # fmt: skip
