"""Reading receipts, forms and screenshots in English and Chinese: the whole text, one value, all fields."""

from harness import Suite, Task
from harness.scorers import Anls, FieldF1, JsonMatch, OcrContains

TEXT_EN = "Write down all the text in this {{ input }}, line by line, and nothing else."
TEXT_ZH = "请逐行写出这张{{ input }}上的全部文字，不要写别的内容。"
LOOKUP_EN = "{{ input }} Answer with the value only, as it is written in the picture."
LOOKUP_ZH = "{{ input }}只回答图中所写的值。"
FIELDS = """Read this {{ input }} and reply with JSON only, with the keys {{ metadata.wanted | join(", ") }}. \
Every value is a text, written as in the picture{% if "total" in metadata.wanted %}; the total has no currency sign\
{% endif %}."""

SUITE = Suite(name="doc_ocr", version=1, licence="Apache-2.0", tasks=[
    Task(name="text_en", modality="vision", samples="text_en.jsonl", prompt=TEXT_EN, max_tokens=400,
         scorers=[Anls()], primary="anls"),
    Task(name="text_zh", modality="vision", samples="text_zh.jsonl", prompt=TEXT_ZH, max_tokens=400,
         scorers=[Anls()], primary="anls"),
    Task(name="lookup_en", modality="vision", samples="lookup_en.jsonl", prompt=LOOKUP_EN, max_tokens=64,
         scorers=[Anls(), OcrContains()], primary="anls"),
    Task(name="lookup_zh", modality="vision", samples="lookup_zh.jsonl", prompt=LOOKUP_ZH, max_tokens=64,
         scorers=[Anls(), OcrContains()], primary="anls"),
    Task(name="fields", modality="vision", samples="fields.jsonl", prompt=FIELDS, max_tokens=200,
         scorers=[FieldF1(), JsonMatch()], primary="field_f1"),
])  # fmt: skip
