"""The verbs, each as a short story: plan, run, score, decide, report. They wire the parts and hold no logic."""

from harness.pipeline.comparing import compare
from harness.pipeline.costing import exchange, product_cost, traffic
from harness.pipeline.deriving import (
    EXPORTS,
    catch_up,
    decide,
    decided,
    decision_code,
    export,
    judge_what_came,
    memo,
    passes,
    report,
    score,
)
from harness.pipeline.importing import import_logs
from harness.pipeline.machine import examine, fetch_engines, missing_engines, require_engines
from harness.pipeline.planning import (
    Selection,
    bounded,
    catalogue,
    forecast,
    forecast_from_pilot,
    inventory,
    load,
    load_shipped,
    notices,
    pilot,
    plan,
    reload,
    require_budget,
    require_permission,
)
from harness.pipeline.prices import candidate_prices, price_book, price_changes, update_prices
from harness.pipeline.running import exit_code, foreseen, redactor, remember, run, start, summary
from harness.pipeline.tabling import decide_table
from harness.pipeline.verifying import verify

__all__ = [
    "EXPORTS",
    "Selection",
    "bounded",
    "candidate_prices",
    "catalogue",
    "catch_up",
    "compare",
    "decide",
    "decide_table",
    "decided",
    "decision_code",
    "examine",
    "exchange",
    "exit_code",
    "export",
    "fetch_engines",
    "forecast",
    "forecast_from_pilot",
    "foreseen",
    "import_logs",
    "inventory",
    "judge_what_came",
    "load",
    "load_shipped",
    "memo",
    "missing_engines",
    "notices",
    "passes",
    "pilot",
    "plan",
    "price_book",
    "price_changes",
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
    "update_prices",
    "verify",
]
