"""The nodes of a retrieval chain, each a job of its own, over one small corpus in English and Chinese."""

from harness import Suite, Task
from harness.scorers import (
    AveragePrecision,
    Citations,
    Contains,
    EntityF1,
    Faithfulness,
    LabelMatch,
    Ndcg,
    RecallAt,
    ReciprocalRank,
    RewriteRecall,
)

LABELS = ("tickets", "hours", "lost", "waste", "parking", "papers")
ENTITIES = """Find the persons, places, dates and amounts of money in the text. Reply with JSON only, in the order of \
the text, each as it is written: {"entities": [{"label": "person", "text": "..."}]}; labels: person, place, date, money.
Text: {{ input }}"""
REWRITE = """{% for turn in metadata.history %}- {{ turn }}
{% endfor %}- {{ input }}
Rewrite the last line as one search query that can be understood without the others, in its language. Reply with the \
query only."""
EXPAND = """Write one query, in the language of this one, that says the same in the words that an official page of a \
city would use, with what else it may call it. Reply with the query only.
Query: {{ input }}"""
ANSWER = """{% for id, text in metadata.documents.items() %}[{{ id }}] {{ text }}
{% endfor %}Answer in one sentence, from these passages alone, in the language of the question, and end it with the id \
of the passage in brackets.
Question: {{ input }}"""

SUITE = Suite(name="rag_nodes", version=2, licence="Apache-2.0", tasks=[
    Task(name="intent", slot="rag.intent", modality="text", samples="intent.jsonl", max_tokens=16,
         prompt="What is this message to a city's service desk about? Reply with one of: "
                f"{', '.join(LABELS)} (identity and other papers).\nMessage: {{{{ input }}}}",
         scorers=[LabelMatch(labels=LABELS)], primary="label_match"),
    Task(name="entities", slot="rag.entities", modality="text", samples="entities.jsonl", max_tokens=160,
         prompt=ENTITIES, scorers=[EntityF1(), EntityF1(match="partial")], primary="entity_f1"),
    Task(name="rewrite", slot="rag.rewrite", modality="text", samples="rewrite.jsonl", documents="passages.jsonl",
         max_tokens=48, prompt=REWRITE, scorers=[RewriteRecall(k=3)], primary="rewrite_recall"),
    Task(name="expand", slot="rag.expand", modality="text", samples="expand.jsonl", documents="passages.jsonl",
         max_tokens=64, prompt=EXPAND, scorers=[RewriteRecall(k=3)], primary="rewrite_recall"),
    Task(name="retrieval", slot="rag.retrieval", modality="rerank", samples="retrieval.jsonl",
         documents="passages.jsonl", scorers=[Ndcg(k=10), RecallAt(k=5), ReciprocalRank(), AveragePrecision()],
         primary="ndcg"),
    Task(name="rerank", slot="rag.rerank", modality="rerank", samples="rerank.jsonl", documents="passages.jsonl",
         scorers=[Ndcg(k=10), ReciprocalRank()], primary="ndcg"),
    Task(name="answer", slot="rag.answer", modality="text", samples="answer.jsonl", documents="passages.jsonl",
         max_tokens=96, prompt=ANSWER, scorers=[Contains(max_words=60), Citations(), Faithfulness()],
         primary="contains"),
])  # fmt: skip
