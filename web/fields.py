"""A form's view as HTML: inputs to fill in, a page to read, a sheet to print.

    view = form.prepare(values, context, options=…, clock=clock)
    fields = render_form(view, errors=problems, rerender="/tasks/7/fields", upload="/tasks/7/files")
    return page(request, "inbox/task.html", fields=fields, summary=render_summary(problems))

The page writes the `<form method="post" novalidate>` with the csrf field around it. What `rerender` answers is
`render_form` again with the posted values; it is swapped over the element with the id `target`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Template
from markupsafe import Markup

from engine.form import FormView, Node, OutcomeValue, Problem, Row, SectionView
from engine.form.kinds.text import check_url
from engine.form.paths import html_id
from web.pages import environment
from web.shared.markdown import to_html

Mode = Literal["edit", "read", "print"]

#: a picture is reduced after it has arrived
PICTURE_MB = 50

TARGET = "form-fields"
"""The id of the element that holds the fields, where the page names no other."""

MOST_COLUMNS = 6
"""More than that is no table to be read on a sheet."""

_STYLES = {"primary": "primary", "secondary": "", "danger": "danger"}
_INPUT_TYPES = {"email": "email", "url": "url", "mobile": "tel", "phone": "tel", "phone12": "tel"}
_MOMENTS = {"date": "date", "month": "month", "year": "text", "time": "time", "datetime": "datetime-local"}
_EXAMPLES = {"date": "2026-06-30", "month": "2026-06", "year": "2026", "time": "09:30", "datetime": "2026-06-30 09:30"}


@dataclass(frozen=True)
class Drawing:
    """What the templates need beside the nodes: how to draw, what is wrong, and the addresses."""

    mode: Mode = "edit"
    errors: dict[str, list[Problem]] = field(default_factory=dict)
    target: str = TARGET
    rerender: str = ""
    upload: str = ""
    upload_page: str = ""
    file_url: str = "/files/"
    #: words of a button at the end of each section that posts `_save=SECTION`; nothing for no button
    section_save: str = ""
    #: the sections to draw; the others stand as headings that fetch themselves when they come into sight. None draws all
    drawn: frozenset[str] | None = None
    #: where a section is fetched (`&section=` is added), and the page that shows it alone
    section_url: str = ""
    section_page: str = ""
    #: names of the cards that were unfolded when the page was posted; None on a fresh page
    open_rows: frozenset[str] | None = None
    #: what reviewers remarked, by the input or section it stands beside
    notes: dict[str, list[str]] = field(default_factory=dict)
    #: names of inputs and rows that read differently since they were handed in before
    changed: frozenset[str] = frozenset()
    #: where a reviewer pins a remark to an input or row (`path=` is added); nothing for no such link
    remark_url: str = ""
    #: id of the form in which the reviewer decides, for the links that lead there past the pins
    verdict: str = "review-form"

    @property
    def reads(self) -> bool:
        return self.mode != "edit"

    def errors_of(self, node: Node) -> list[Problem]:
        return self.errors.get(node.name, []) if node.name else []

    def waits(self, node: Node) -> bool:
        """Whether this section is not drawn yet."""
        return self.drawn is not None and bool(node.path) and node.path not in self.drawn

    def section_at(self, address: str, node: Node) -> str:
        return f"{address}{'&' if '?' in address else '?'}section={node.path}"

    def is_open(self, node: Node, row: Row) -> bool:
        """Whether a card stands unfolded: a new one, the only one, one with something to correct or remarked on, one left open."""
        if not row.title or row.name in (self.open_rows or ()):
            return True
        inside = f"{row.name}."
        marked = any(path.startswith(inside) for path in (*self.errors, *self.notes))
        return marked or (self.open_rows is None and len(node.rows) == 1)

    def notes_of(self, node: Node) -> list[str]:
        return self.notes.get(node.name or node.path, [])

    def remark_at(self, name: str) -> str:
        return f"{self.remark_url}{'&' if '?' in self.remark_url else '?'}path={quote(name, safe='')}"

    def reading_columns(self, node: Node) -> list[tuple[str, str]]:
        """The columns of a list that is read as a table: what was typed as one, and what is narrow enough to be one."""
        if node.display == "table":
            return [(column.key, column.label) for column in node.columns]
        found: dict[str, str] = {}
        for row in node.rows:
            for child in row.children:
                if not child.is_input or child.kind == "textarea":
                    return []
                found.setdefault(child.name.rpartition(".")[2], child.label)
        return list(found.items()) if len(found) <= MOST_COLUMNS else []

    def runs(self, nodes: Sequence[Node], level: int) -> list[tuple[bool, list[Node]]]:
        """Neighbours that share a grid, and between them what stands alone; groups of the top `level` 2 do."""
        return [
            (alone, list(run)) for alone, run in groupby(nodes, key=lambda node: self._stands_alone(node, level == 2))
        ]

    def files(self, node: Node) -> list[dict[str, Any]]:
        """The attachments with the addresses to open them at; pictures are their own thumbnails."""
        return [self._file(file) for file in node.files]

    def links(self, node: Node) -> bool:
        """Whether the value is a web address, by the same rule as when it was typed."""
        return self.mode == "read" and node.subtype == "url" and check_url(node.shown) is None

    def upload_url(self, node: Node) -> str:
        return with_field(self.upload, node.name) + ("&photo=1" if self.upload and node.image else "")

    def most_mb(self, node: Node) -> float:
        """What one file may be: a picture is made smaller before it has to be small."""
        return PICTURE_MB if node.image else node.bytes / 1048576

    def upload_page_url(self, node: Node) -> str:
        return with_field(self.upload_page, node.name)

    def _file(self, file: dict[str, Any]) -> dict[str, Any]:
        url = self.file_url + quote(str(file.get("id", "")), safe="")
        picture = str(file.get("type", "")).startswith("image/")
        size = file.get("size")
        return {
            "id": str(file.get("id", "")),
            "name": str(file.get("name", "")),
            "size": size if isinstance(size, int) else None,
            "url": url,
            "thumbnail": url if picture else None,
        }

    def _stands_alone(self, node: Node, at_top: bool) -> bool:
        if node.kind == "group":
            return self.reads or at_top or bool(node.path)
        return node.kind == "dynamiclist" or (self.reads and not node.is_input)


def render_form(view: FormView, mode: Mode = "edit", *, errors: Iterable[Problem] = (), **addresses: Any) -> Markup:
    """The whole form inside the element `target`. `addresses` are those of `Drawing`: target, rerender (where changed
    conditions and rows are drawn again), upload, upload_page, file_url, section_save, what of it is drawn, and the
    notes beside inputs."""
    draw = Drawing(mode=mode, errors=by_path(errors), **addresses)
    return _call("whole", view.nodes, draw)


def render_section(
    section: SectionView, mode: Mode = "edit", *, errors: Iterable[Problem] = (), **addresses: Any
) -> Markup:
    """One section alone, for pages that show them one at a time. The same `addresses`."""
    draw = Drawing(mode=mode, errors=by_path(errors), **addresses)
    return _call("whole", [section.node], draw)


def render_piece(
    section: SectionView, mode: Mode = "edit", *, errors: Iterable[Problem] = (), **addresses: Any
) -> Markup:
    """One section to be put in the place of its heading on a page that shows them all. The same `addresses`."""
    return _call("part", section.node, Drawing(mode=mode, errors=by_path(errors), **addresses), 2)


def render_outcome(values: Sequence[OutcomeValue], *, errors: Iterable[Problem] = (), form: str = "") -> Markup:
    """The buttons of the field `outcome`; `form` is the id of the form they send, where they stand outside it."""
    found = by_path(errors).get("outcome", [])
    return _call("outcomes", values, found, form)


def render_summary(problems: Sequence[Problem], title: str = "") -> Markup:
    """Everything to correct, each a link to its input; takes the focus. Nothing where nothing is wrong."""
    return Markup(_ui("summary")([(html_id(problem.path), problem.message) for problem in problems], title))  # noqa: S704


def by_path(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """The problems by the input they stand beside."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(problem)
    return found


def with_field(url: str, name: str) -> str:
    """The address with the name of the input behind it."""
    return f"{url}{'&' if '?' in url else '?'}field={quote(name, safe='')}" if url else ""


def input_type(node: Node) -> str:
    """The `type` of a one-line input."""
    if node.kind == "datetime":
        return _MOMENTS[node.subtype]
    return _INPUT_TYPES.get(node.subtype, "text")


def input_example(node: Node) -> str:
    """What a browser without the picker shows inside the empty input."""
    return _EXAMPLES[node.subtype] if node.kind == "datetime" else ""


def spacing(node: Node) -> str:
    """The height of a spacer as one of three steps, since no page carries inline styles."""
    return "small" if node.amount < 30 else "middle" if node.amount < 90 else "large"


@cache
def _template() -> Template:
    env = environment()
    env.filters.setdefault("markdown", to_html)
    env.tests.setdefault("moment", lambda node: node.kind == "datetime")
    env.globals.update(
        field_input_type=input_type, field_input_example=input_example, field_spacing=spacing, button_styles=_STYLES
    )
    return env.get_template("form/form.html")


def _call(macro: str, *arguments: object) -> Markup:
    return Markup(getattr(_template().module, macro)(*arguments))  # noqa: S704 - macros escape what they are given


def _ui(macro: str) -> Any:
    return getattr(environment().globals["ui"], macro)
