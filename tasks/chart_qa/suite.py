"""Reading bar, line and pie charts: values within five percent, names letter for letter."""

from harness import Suite, Task
from harness.scorers import RelaxedAccuracy

PROMPT = """{{ input }}{% if metadata.lang == "zh" %}只回答一个数字或一个名称，不带单位。\
{% else %} Answer with one number or one name only, without a unit.{% endif %}"""

SUITE = Suite(name="chart_qa", version=1, licence="Apache-2.0", tasks=[
    Task(name=name, modality="vision", samples=f"{name}.jsonl", prompt=PROMPT, max_tokens=32,
         scorers=[RelaxedAccuracy()], primary="relaxed_accuracy")
    for name in ("bars", "lines", "pies")
])  # fmt: skip
