"""Instructions of IFEval's 25 kinds, in English and Chinese: does the model do what it is told, to the letter?"""

from harness import Suite, Task
from harness.scorers import InstructionFollowing

SUITE = Suite(name="instruction_following", version=1, licence="Apache-2.0", tasks=[
    Task(name="english", modality="text", samples="english.jsonl", max_tokens=256,
         scorers=[InstructionFollowing()], primary="instruction_following"),
    Task(name="chinese", modality="text", samples="chinese.jsonl", max_tokens=256,
         scorers=[InstructionFollowing()], primary="instruction_following"),
])  # fmt: skip
