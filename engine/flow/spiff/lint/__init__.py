"""Says everything that is wrong or doubtful in a file, before anyone meets it. The rules: `docs/lint.md`.

The lint runs when a file is published, never when it is loaded.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath

from engine.decision import read_model
from engine.errors import InvalidInput, ZhipingError
from engine.flow.spiff.dialect import read_processes
from engine.flow.spiff.lint.choices import check_choices
from engine.flow.spiff.lint.events import check_events
from engine.flow.spiff.lint.expressions import check_expressions
from engine.flow.spiff.lint.finding import Check, File, Finding, Known, Notes
from engine.flow.spiff.lint.messages import caught_messages, check_messages
from engine.flow.spiff.lint.paths import check_paths
from engine.flow.spiff.lint.placement import check_placement
from engine.flow.spiff.lint.references import check_references
from engine.flow.spiff.lint.rules import RULES, Severity
from engine.flow.spiff.lint.tasks import check_tasks
from engine.flow.spiff.lint.vocabulary import check_vocabulary
from engine.flow.spiff.source import parse_source
from engine.form import read_form

__all__ = ["RULES", "Finding", "Known", "Severity", "caught_messages", "check_file", "check_resource"]

#: findings on that many files are kept: the same diagram is tried and published again and again
KEPT = 128

_CHECKS: Sequence[Check] = (
    check_vocabulary,
    check_placement,
    check_references,
    check_paths,
    check_choices,
    check_events,
    check_tasks,
    check_messages,
    check_expressions,
)


def check_resource(xml: bytes, *, name: str = "", known: Known | None = None) -> list[Finding]:
    """All findings on a BPMN file, errors first. `name` is the file's, for one that cannot be read at all.

    A file without errors compiles and runs. `known` says what exists outside it.
    """
    return list(_findings(xml, name, known or Known()))


@lru_cache(maxsize=KEPT)
def _findings(xml: bytes, name: str, known: Known) -> Sequence[Finding]:
    notes = Notes()
    try:
        source = parse_source(xml)
    except InvalidInput as problem:
        notes.add("unreadable", "", name, problem.message)
        return notes.findings
    file = File(source, read_processes(source, notes), known)
    for check in _CHECKS:
        check(file, notes)
    return notes.findings


def check_file(name: str, content: bytes, *, known: Known | None = None) -> list[Finding]:
    """The findings on a file by its ending: `.bpmn`, `.dmn`, `.form`. Another ending is an error."""
    match PurePath(name).suffix.lower():
        case ".bpmn":
            return check_resource(content, name=name, known=known)
        case ".dmn":
            return _check_decisions(name, content)
        case ".form":
            return _check_form(name, content)
        case _:
            return [_unreadable(name, "只检查 .bpmn、.dmn 和 .form 文件，请改正文件名。")]


def _check_decisions(name: str, content: bytes) -> list[Finding]:
    try:
        findings = read_model(content).findings()
    except ZhipingError as problem:
        return [_unreadable(name, problem.message)]
    return [Finding("decision", RULES["decision"], found.element, "", found.message) for found in findings]


def _check_form(name: str, content: bytes) -> list[Finding]:
    """The rules of forms stand in docs/forms.md."""
    try:
        findings = read_form(content).findings()
    except ZhipingError as problem:
        return [_unreadable(name, problem.message)]
    return [Finding(found.rule, found.severity, found.element, "", found.message) for found in findings]


def _unreadable(name: str, message: str) -> Finding:
    return Finding("unreadable", "error", "", name, message)
