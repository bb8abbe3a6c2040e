"""The verbs, each as a short story: plan, run, score, decide, report. They wire the parts and hold no logic."""

from harness.pipeline.comparing import compare
from harness.pipeline.costing import product_cost, traffic
from harness.pipeline.deriving import (
    EXPORTS,
    catch_up,
    decide,
    decision_code,
    export,
    judge_what_came,
    memo,
    passes,
    report,
    score,
)
from harness.pipeline.machine import examine, fetch_engines, missing_engines, require_engines
from harness.pipeline.planning import (
    Selection,
    bounded,
    catalogue,
    forecast,
    inventory,
    load,
    load_shipped,
    notices,
    plan,
    reload,
    require_budget,
    require_permission,
)
from harness.pipeline.running import exit_code, redactor, remember, run, start, summary
from harness.pipeline.verifying import verify

__all__ = [
    "EXPORTS",
    "Selection",
    "bounded",
    "catalogue",
    "catch_up",
    "compare",
    "decide",
    "decision_code",
    "examine",
    "exit_code",
    "export",
    "fetch_engines",
    "forecast",
    "inventory",
    "judge_what_came",
    "load",
    "load_shipped",
    "memo",
    "missing_engines",
    "notices",
    "passes",
    "plan",
    "product_cost",
    "redactor",
    "reload",
    "remember",
    "report",
    "require_budget",
    "require_engines",
    "require_permission",
    "run",
    "score",
    "start",
    "summary",
    "traffic",
    "verify",
]
