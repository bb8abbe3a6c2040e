"""Conversations by a script: does it wait while the user pauses, fall silent when cut into, go on when agreed with?"""

from harness import Suite, Task
from harness.scorers import Patience, Steadiness, Yielding

SUITE = Suite(name="turn_taking", version=1, licence="Apache-2.0", slot="turn_taking", tasks=[
    Task(name="pause", modality="speech", samples="pause.jsonl", language="en", max_tokens=48, prompt="",
         scorers=[Patience()], primary="patience"),
    Task(name="interruption", modality="speech", samples="interruption.jsonl", language="en", max_tokens=96, prompt="",
         scorers=[Yielding()], primary="yielding"),
    Task(name="backchannel", modality="speech", samples="backchannel.jsonl", language="en", max_tokens=96, prompt="",
         scorers=[Steadiness()], primary="steadiness"),
])  # fmt: skip
