"""`/registers`: 外部数据 – which registers are connected, taking a file in, the report on its rows (J21, J26)."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.register_files import (
    LABELS,
    Imported,
    disconnect_register,
    import_register,
    register_states,
    register_template,
)
from engine.declaration.registers import RegisterKind
from engine.errors import InvalidInput, NotFound
from web.deps import POSTED, Form, command, current, query
from web.pages import flash, page, redirect

router = APIRouter()

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 50 * 1024 * 1024


@router.get("/registers")
def show_registers(request: Request) -> Response:
    return _draw(request)


@router.get("/registers/{kind}/template")
def download_template(request: Request, kind: str) -> Response:
    register = _kind(kind)
    with query(request) as (_, actor):
        data = register_template(actor, register)
    name = quote(f"{LABELS[register]}导入模板.xlsx")
    return Response(data, media_type=WORKBOOK, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.post("/registers/{kind}")
def take_in(request: Request, kind: str, form: Form = POSTED) -> Response:
    """Replace what the register says by the content of a file."""
    register, file = _kind(kind), form.get("file")
    authorize(current(request), Permission.DECLARATIONS_MANAGE)
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择要导入的文件（.xlsx、.csv 或 .json）。")
        with file.file as content:
            data = content.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InvalidInput("文件超过 50 MB，请去掉与模板无关的列后再导入。")
        with command(request) as (tx, actor):
            report = import_register(tx, actor, register, name=file.filename, data=data)
    except InvalidInput as problem:
        return _draw(request, register, problem.message, status=422)
    return _draw(request, register, report=report)


@router.post("/registers/{kind}/disconnect")
def disconnect(request: Request, kind: str, form: Form = POSTED) -> Response:
    register = _kind(kind)
    with command(request) as (tx, actor):
        disconnect_register(tx, actor, register)
    flash(request, f"{LABELS[register]}已断开，申报人将自行填写并上传证明。")
    return redirect(request, "/registers")


def _kind(text: str) -> RegisterKind:
    if text not in set(RegisterKind):
        raise NotFound
    return RegisterKind(text)


def _draw(
    request: Request,
    kind: RegisterKind | None = None,
    error: str = "",
    report: Imported | None = None,
    status: int = 200,
) -> Response:
    with query(request) as (tx, actor):
        states = register_states(tx, actor)
    return page(
        request,
        "declaration/registers.html",
        status=status,
        states=states,
        kind=kind,
        error=error,
        report=report,
    )
