"""Forms: bpmn.io's form-js JSON, read, drawn up for a page, parsed and checked on the server. See docs/forms.md."""

from engine.form.findings import Finding
from engine.form.form import Form
from engine.form.model import Outcome, OutcomeValue, Section, Values
from engine.form.options import NoOptions, Option, OptionSource
from engine.form.posting import is_command
from engine.form.problems import Problem, as_fields
from engine.form.progress import SectionState
from engine.form.reading.document import read_form
from engine.form.view import Column, FormView, Node, Row, SectionView

__all__ = [
    "Column",
    "Finding",
    "Form",
    "FormView",
    "NoOptions",
    "Node",
    "Option",
    "OptionSource",
    "Outcome",
    "OutcomeValue",
    "Problem",
    "Row",
    "Section",
    "SectionState",
    "SectionView",
    "Values",
    "as_fields",
    "is_command",
    "read_form",
]
