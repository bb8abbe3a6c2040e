"""The memo's words in English."""

from collections.abc import Mapping
from types import MappingProxyType

MEMO: Mapping[str, str] = MappingProxyType(
    {
        "memo.decision": "Decision",
        "memo.title": "Which model for {name}?",
        "memo.slot": "Evidence: {slot}",
        "memo.drivers": "Decision drivers",
        "memo.results": "Results",
        "memo.confirmation": "Confirmation",
        "memo.sensitivity": "What would change our mind",
        "memo.costs": "Costs",
        "memo.margin": "Price and margin",
        "memo.cases": "Bad cases",
        "memo.method": "Evidence: how it was measured",
        "memo.risks": "Risks that no run measures",
        "memo.rerun": "Re-run when",
        "memo.appendix": "To check, and to understand",
        "memo.glossary": "What the words mean:",
        # who signs; the keys are those of the front matter
        "matter.status": "Status",
        "matter.incomplete": "Incomplete",
        "matter.date": "Date",
        "matter.decision-makers": "Decision-makers",
        "matter.consulted": "Consulted",
        "matter.informed": "Informed",
        "matter.run": "Run",
        "matter.evidence": "Hash of the evidence",
        "matter.data": "Hash of the samples",
        "matter.rules": "Hashes of weights and gates",
        "matter.verdicts": "Verdicts",
        "matter.recommended": "Recommended",
        "matter.models": "Models",
        "matter.prices": "Prices",
        "matter.requests_a_month": "Requests a month",
        "matter.traffic": "Traffic",
        "matter.tool": "Tool",
        "matter.proposed": "proposed",
        "matter.yes": "yes",
        "matter.no": "no",
        "matter.nobody": "nobody",
        "matter.pair": "{name}: {value}",
        # bottom line
        "memo.why": "Why: {why}",
        "memo.sureness": "Chance to be best: {p_best}. Score: {score}.",
        "memo.no_spread": "The score has no interval: a task with one judged sample shows no spread.",
        "memo.context": "The bake-off {name} received {answered} of {planned} planned answers; {errors} were lost to "
        "infrastructure or to Bakeoff.",
        "memo.cost": "Cost per 1,000 requests: {cost}.",
        "memo.cost_month": "Cost per 1,000 requests: {cost}. A month of {requests} requests: {month}.",
        "memo.changes": "What would change it: {changes}",
        "memo.measured": "As measured: {facts}",
        "memo.fact": "{label}: {value}.",
        "memo.risk": "Risk: {caveat}",
        "memo.fallback": "Fallback: {candidate}, next in the ranking.",
        "memo.fallback_unproven": "Fallback: {candidate}, next in the ranking, once its gates are proven.",
        "memo.no_fallback": "There is no fallback: no other candidate was ranked.",
        "memo.waiver": "Waiver needed: these gates are not proven for {candidate}: {metrics}. Signed by: ____",
        "memo.reweighed": "The weights or gates are not those that were frozen before the first call: see below.",
        # context, drivers, options
        "memo.gate_passed": "Gate: {metric} {limit}, which everybody passes.",
        "memo.gate": "Gate: {metric} {limit}.",
        "memo.rule_frozen": "The weights and gates were frozen before the first call (rule {hash}).",
        "memo.rule_changed": "The weights or gates were changed after the first call: this memo follows rule {hash}; "
        "rule {frozen} was frozen.",
        "memo.rule_unfrozen": "The weights and gates were not frozen before the first call (rule {hash}).",
        "memo.out": "{candidate}: excluded by its gates: {metrics}.",
        "memo.stopped": "{candidate}: not ranked: {stopped}.",
        "memo.stop_rule": "Candidates that had lost for certain were asked no more, by a rule that was fixed before "
        "the first call (run.stop, rule {hash}).",
        "memo.unranked": "{candidate}: not ranked.",
        "memo.incumbent": "Keeping what the product uses today is an option too; it competes only if it was a "
        "candidate of this run.",
        # results and what would change them
        "memo.with_n": "{estimate}, n {n}",
        "memo.gate_cell": "{status}: {value}",
        "memo.gate_bound": "{status}: {value}, bound {bound}",
        "memo.gate_head": "{metric}, {limit}",
        "memo.weighed": "{name} ({weight})",
        "memo.matrix_cell": "{measured}; {product}",
        "memo.difference": "{pair}: {difference}.",
        "memo.difference_p": "{pair}: {difference}; Holm-corrected p {p}.",
        "memo.together": "{interval}.",
        "memo.detectable": "A difference of {size} or more would have been shown.",
        "memo.blind": "So few samples can show no difference.",
        "memo.without": "Without {criterion}, {leader} leads.",
        "memo.no_sensitivity": "Nothing that was tried changes the lead.",
        # costs
        "memo.month": "Requests a month, times what a request cost on average. The interval is that of the average: "
        "how many requests come is given, not measured. The command bakeoff cost also draws the volume, and adds seats "
        "and margins.",
        "memo.units": "{candidate}: {units}.",
        "memo.month_head": "{requests} a month",
        "memo.margin.none": "The traffic asks nothing of this slot.",
        "memo.margin.traffic": "{requests} requests a month, and months vary by {spread}. In brackets: nine months of "
        "ten.",
        "memo.margin.kept": "Of a seat's price {margin} are to be left. Its cost is before the payment's fees.",
        "memo.margin.request": "A request",
        "memo.margin.month": "A month",
        "memo.margin.user": "A user a month",
        "memo.margin.seat": "A seat a month",
        "memo.margin.even": "Breaks even at",
        "memo.margin.asked": "Price that keeps the margin",
        "memo.margin.price": "Sold for",
        "memo.margin.fair": "Requests of a seat up to which it keeps the margin",
        "memo.margin.losing": "Seats at a loss",
        "memo.margin.any": "any number",
        "memo.margin.no_price": "no price does",
        "memo.margin.own": "On machines of your own ({replicas} at work or to spare) the same traffic costs {month} a "
        "month, {each} per 1,000 requests; {candidate} costs more from {requests} requests a month.",
        "memo.margin.own_never": "On machines of your own ({replicas} at work or to spare) the same traffic costs "
        "{month} a month, {each} per 1,000 requests; within what they carry, {candidate} never costs more.",
        "memo.margin.own_short": "On machines of your own, {replicas} would not carry this traffic, for {month} a "
        "month: beside {candidate} they are no choice.",
        "memo.slice": "{kind} {name}",
        "memo.case": "{suite}/{task}/{id}",
        "memo.bad_answer": "{candidate}: {why}",
        # consequences
        "memo.confirm": "Confirm with a canary before the switch. Roll back when {candidate} leaves one of these "
        "limits: the gates, and the bad end of each measured interval or, where that is stricter, the worst anchor.",
        "memo.limit": "{metric}: {limit}",
        "memo.confirm_none": "Nothing is switched, so nothing needs a canary.",
        "memo.y": "In the context of {name}, facing the choice for {slot}, we decided for {winner} and against "
        "{others}, to achieve the best balance of {criteria}, accepting {accepted}.",
        "memo.y_any": "In the context of {name}, facing the choice for {slot}, we decided for {winner}, the cheapest "
        "of those that what was measured does not tell apart, accepting {accepted}.",
        "memo.y_alone": "In the context of {name}, facing the choice for {slot}, we decided for {winner}, which had no "
        "rival, to achieve the best balance of {criteria}, accepting {accepted}.",
        "memo.accepted_caveats": "the caveats and risks above",
        "memo.accepted_risks": "the risks above",
        "memo.y_none": "In the context of {name}, facing the choice for {slot}, we decided for no candidate, accepting "
        "that the choice stays open.",
        # method
        "memo.suite": "{suite}, version {version}, licence {licence}; digest {digest}.",
        "memo.unlicensed": "not stated",
        "memo.model": "{name} is {model} with {params}.",
        "memo.instrument": "{name} is {candidate} ({model}): {calls} calls, {failures} failures.",
        "memo.calls_line": "{candidate}: {answered} of {planned} answered, {candidate_faults} failed by the candidate, "
        "{infra} lost to infrastructure, {harness} lost to Bakeoff, {excluded} left out by the plan, {pending}.",
        "memo.calls_all": "Every planned answer came.",
        "memo.warning": "{warning}.",
        "memo.calls_rest": "Of the others every planned answer came.",
        "memo.settings": "Settings: {settings}.",
        "memo.setting": "{name} {value}",
        "memo.spend": "Billed by providers: {billed}. Machine time: {machine}.",
        "memo.unrecorded": "May have been billed beside: {unrecorded}.",
        # risks, and when to run again
        "memo.people": "People must judge them:",
        "memo.risk.data": "where the data goes, how long it is kept, and what the licence allows",
        "memo.risk.retirement": "when the provider retires the model",
        "memo.risk.limits": "rate limits at the product's peak",
        "memo.risk.vendor": "dependence on a single vendor",
        "memo.risk.contamination": "public samples that the model was trained on",
        "memo.risk.drift": "a model that changes behind the same name",
        "memo.rerun.model": "the model's version or a price changes;",
        "memo.rerun.traffic": "traffic mix or volume moves by a fifth;",
        "memo.rerun.candidate": "a new candidate appears;",
        "memo.rerun.crossover": "a weight reaches a point at which the lead changes;",
        "memo.rerun.canary": "the canary leaves its limits;",
        "memo.rerun.quarter": "a quarter has passed.",
        "memo.reproduce": "This memo again, from the records, without asking a model again: {command}",
        "memo.verify": "Are its numbers those of the records? {command}",
        "memo.term.gate": "Gate: a must-have. It passes or fails when a bound at 95% does, and is unproven in between.",
        "memo.term.value": "Value: a measurement between the worst that is acceptable, 0, and the ideal, 1.",
        "memo.term.score": "Score: the values of a candidate, weighed by what matters, from 0 to 1.",
        "memo.term.interval": "Interval, in brackets: where a figure lies at 95%, had other samples of the same kind "
        "been asked.",
        "memo.term.p_best": "Chance to be best: how often a candidate comes first when samples and weights are drawn "
        "again.",
        "memo.term.near_tie": "Near-tie: so close to the first that the difference means nothing.",
        "memo.term.verdict": "Verdict: clear, lean (probably), toss-up (too close to call), none (nobody is good "
        "enough) or incomplete.",
        "memo.term.coverage": "Coverage: the share of planned answers that could be judged. A lost answer is no bad "
        "answer.",
        "memo.term.cluster": "Cluster: samples that are alike, such as questions on one document; they count as one "
        "when luck is judged.",
        "memo.term.holm": "Holm-corrected p: how often so large a difference comes by chance where there is none, with "
        "all pairs looked at.",
        "memo.links": "Each number leads to its place in {page}, which must lie beside this memo; in Markdown by the "
        "notes at the end.",
    }
)
