"""A decision as JUnit XML, for the page where CI shows its tests: a case for each gate of each candidate. Pure."""

from collections.abc import Collection, Sequence
from xml.etree import ElementTree

from harness.core.decision import Decision, GateResult, GateStatus
from harness.decide.gates import limit
from harness.report.visible import visible


def junit_text(run: str, decisions: Sequence[Decision], *, reweighed: Collection[str] = ()) -> str:
    """Return a suite a slot: a failed gate is a failure, one that is not proven is skipped, with the reason.

    The verdict stands in the suite's properties, and whether its rule is that which was frozen with the run, before it
    was sent or when it was imported: of the slots in `reweighed` it is not.
    """
    root = ElementTree.Element("testsuites", name=visible(run))
    for decision in decisions:
        results = [result for line in decision.ranking for result in line.gates]
        counts = {status: sum(result.status is status for result in results) for status in GateStatus}
        suite = ElementTree.SubElement(
            root, "testsuite", name=visible(decision.slot), tests=str(len(results)), errors="0",
            failures=str(counts[GateStatus.FAIL]), skipped=str(counts[GateStatus.UNPROVEN]),
        )  # fmt: skip
        properties = ElementTree.SubElement(suite, "properties")
        rule = "changed since it was frozen" if decision.slot in reweighed else "as it was frozen"
        verdict = decision.verdict
        for name, value in (("verdict", verdict.kind.value), ("sentence", verdict.sentence), ("rule", rule)):
            ElementTree.SubElement(properties, "property", name=name, value=visible(value))
        for result in results:
            _case(suite, decision.slot, result)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, slot: str, result: GateResult) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=visible(f"{slot}.{result.candidate}"), name=visible(limit(result.gate))
    )
    tag = {GateStatus.FAIL: "failure", GateStatus.UNPROVEN: "skipped"}.get(result.status)
    if tag is not None:
        ElementTree.SubElement(case, tag, message=visible(result.reason))
