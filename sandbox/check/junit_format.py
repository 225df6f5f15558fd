"""A report as JUnit XML, in the form that GitLab, Jenkins and the common viewers read."""

import re
from xml.etree import ElementTree

from hdlsmith.display import printable
from hdlsmith.sandbox.check.plan import Kind
from hdlsmith.sandbox.check.report import Report, Status, UnitResult
from hdlsmith.sandbox.check.text_format import safe

_HEADER = '<?xml version="1.0" encoding="utf-8"?>'
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TAGS = {Status.FAILED: "failure", Status.UNVERIFIED: "error", Status.BROKEN: "error"}


def as_junit(report: Report) -> str:
    """One suite a kind of unit, one case a unit. What was not shown to work is an error."""
    root = ElementTree.Element("testsuites", name="hdlsmith check")
    unusable = tuple(
        UnitResult(Kind.LINT, str(d.span), str(d.span), Status.FAILED, d.message, (d,))
        for d in report.unusable
    )
    for kind in Kind:
        results = [result for result in (*unusable, *report.results) if result.kind is kind]
        if results:
            _suite(root, kind, results)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, "unicode").replace("##[", "&#35;#[")
    return f"{_HEADER}\n{text}"


def _suite(root: ElementTree.Element, kind: Kind, results: list[UnitResult]) -> None:
    tags = [_TAGS.get(result.status) for result in results]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=kind,
        tests=str(len(results)),
        failures=str(tags.count("failure")),
        errors=str(tags.count("error")),
        skipped="0",
        time=f"{sum(result.wall_s for result in results if not result.cached):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"hdlsmith.{kind}",
            name=_xml(result.name),
            file=_xml(result.path),
            time=f"{0.0 if result.cached else result.wall_s:.3f}",
        )
        lines = "\n".join(safe(str(diagnostic)) for diagnostic in result.diagnostics)
        if tag := _TAGS.get(result.status):
            said = ElementTree.SubElement(
                case, tag, message=_xml(safe(result.evidence)), type=result.status
            )
            said.text = _xml(lines or result.evidence)
        elif lines:
            ElementTree.SubElement(case, "system-out").text = _xml(lines)


def _xml(text: str) -> str:
    """Without what XML 1.0 can't hold, escaped or not."""
    return _NO_XML.sub("?", printable(text))
