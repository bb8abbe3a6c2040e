"""Short-video scripts from a brief, in English and Chinese: does the script keep what the brief demands?"""

from harness import Suite, Task
from harness.scorers import ScriptRules

ENGLISH = """Write the script of a short video. For each scene write exactly three lines, and nothing else:
Scene 1:
Visual: what is seen
Voice: what is spoken
The first spoken sentence hooks the viewer in at most 10 words: it asks something, names a number or says "you".

{{ input }}"""
CHINESE = """请写一个短视频脚本。每个场景只写三行，不要写别的内容：
场景1：
画面：看到什么
口播：说什么
第一句口播不超过二十个字，要抓住观众：提一个问题、给出一个数字，或者直接对“你”说话。

{{ input }}"""

SUITE = Suite(name="script_writing", version=1, licence="Apache-2.0", tasks=[
    Task(name="english", modality="text", samples="english.jsonl", prompt=ENGLISH, max_tokens=400,
         scorers=[ScriptRules()], primary="script_rules"),
    Task(name="chinese", modality="text", samples="chinese.jsonl", prompt=CHINESE, max_tokens=400,
         scorers=[ScriptRules()], primary="script_rules"),
])  # fmt: skip
