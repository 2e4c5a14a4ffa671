"""人员批量审核 (U14): one decision for the ticked rows, or for everything the query finds. What follows is 我的任务进度."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.batch_placement import start_batch_placement
from engine.declaration.batch_review import LONGEST_OPINION, SHARED, recommends, start_batch_review
from engine.declaration.phrases import stock_phrases
from engine.errors import InvalidInput
from web.declaration.filters import asked_filters
from web.declaration.reviewing import OPINION, chosen_phrase, with_phrase
from web.deps import POSTED, Form, command, query, year_of
from web.pages import page, piece, redirect

router = APIRouter()

TEMPLATE = "declaration/batch.html"
#: what the form posts besides the fields: the ticked tasks, whether everything is meant, the list's own query
TASK, ALL, LIST, COMMAND = "task", "all", "list", "command"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was posted. `tasks` are the ticked ones; `everything` that the whole query is meant."""

    tasks: list[int]
    everything: bool
    list_query: str
    command: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> dict[str, str]:
        return dict(asked_filters(QueryParams(parse_qsl(self.list_query))))

    @property
    def scope(self) -> str:
        """Which dossiers are meant, in words."""
        if self.everything:
            return "当前查询条件下全部未审核的申报材料（包括其他页）"
        return f"所选的 {len(self.tasks)} 份申报材料" if self.tasks else "还没有选择申报材料，请返回列表勾选"


def read_asked(form: Form) -> Asked:
    ticked = [str(value) for value in form.getlist(TASK)]
    return Asked(
        tasks=[int(value) for value in ticked if value.isdecimal() and len(value) < 19],
        everything=str(form.get(ALL, "")) == "1",
        list_query=str(form.get(LIST, ""))[:2000],
        command=str(form.get(COMMAND, ""))[:64] or uuid4().hex,
        values={name: str(form.get(name, "")).replace("\r\n", "\n") for name in (OPINION, *SHARED)},
    )


@router.post("/declarations/batch/ask")
def ask_batch(request: Request, form: Form = POSTED) -> Response:
    """The dialog as a page of its own, for browsers without JavaScript."""
    return _draw(request, form)


@router.post("/declarations/batch/fields")
def show_batch_fields(request: Request, form: Form = POSTED) -> Response:
    """The inputs of the dialog with what is typed, and with the stock phrase whose button was pressed."""
    return _draw(request, form, whole=False)


@router.post("/declarations/batch-placement")
def place_batch(request: Request, form: Form = POSTED) -> Response:
    """Have the worker place them with the committees proposed."""
    asked = read_asked(form)
    with command(request) as (tx, actor):
        key = start_batch_placement(
            tx,
            actor,
            task_keys=None if asked.everything else asked.tasks,
            filters=asked.filters,
            year=year_of(request),
            command_key=asked.command,
        )
    return redirect(request, f"/batches/{key}")


@router.post("/declarations/batch")
def decide_batch(request: Request, form: Form = POSTED) -> Response:
    """Hand the rows to the worker and show how far it is."""
    if "_phrase" in form:
        return _draw(request, form)
    asked = read_asked(form)
    try:
        with command(request) as (tx, actor):
            key = start_batch_review(
                tx,
                actor,
                outcome=str(form.get("outcome", "")),
                opinion=asked.values[OPINION],
                shared={name: asked.values[name] for name in SHARED},
                task_keys=None if asked.everything else asked.tasks,
                filters=asked.filters,
                year=year_of(request),
                command_key=asked.command,
            )
    except InvalidInput as error:
        return _draw(request, form, error)
    return redirect(request, f"/batches/{key}")


def _draw(request: Request, form: Form, error: InvalidInput | None = None, *, whole: bool = True) -> Response:
    asked = read_asked(form)
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        phrases = stock_phrases(tx, actor)
        context = {
            "asked": asked,
            "values": _with_phrase(form, asked, {str(one.id): one.text for one in phrases}),
            "phrases": phrases,
            "recommends": recommends(tx, actor),
            "longest": LONGEST_OPINION,
            "errors": error.fields if error else {},
            "problem": error.message if error and not error.fields else "",
        }
    if not whole:
        return piece(request, TEMPLATE, "fields", **context)
    return page(request, TEMPLATE, status=422 if error else 200, **context)


def _with_phrase(form: Form, asked: Asked, phrases: dict[str, str]) -> dict[str, str]:
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    phrase = chosen_phrase(pairs, phrases)
    if phrase is None:
        return asked.values
    return {**asked.values, OPINION: str(with_phrase(asked.values, phrase)[OPINION])}
