"""A page that fills in one form with everything in it, as a task page does: draw, draw again, take, refuse."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from engine.form import is_command
from tests.form.samples import CLOCK, REQUIRED, Lists, choice, form, group, part, rows, text
from tests.web.sample import VIEW, keep_csp
from web.assets import Assets
from web.fields import render_form, render_outcome, render_summary
from web.pages import environment, page

MONTH = {"month": "true"}
ROUTES = [{"value": "regular", "label": "正常申报"}, {"value": "exceptional", "label": "破格申报"}]
FORM = form(
    {
        "type": "group",
        "id": "c1",
        "label": "基础信息",
        "components": [
            group(
                "basic_info",
                text("name", "姓名", readonly=True),
                text("identity", "证件号码", validate=REQUIRED, properties={"idcard": "true"}),
                part("datetime", "birth", label="出生日期", validate=REQUIRED),
                choice("sex", "男性", "女性", type="radio", label="性别", validate=REQUIRED),
                text(
                    "phone", "现工作单位联系电话", description="横线和空格不计入 12 位", properties={"phone12": "true"}
                ),
                part(
                    "number", "years", label="现从事专业年限", appearance={"suffixAdorner": "年"}, validate={"min": 0}
                ),
                part("textarea", "summary", label="工作总结摘要", validate={"required": True, "maxLength": 400}),
                part("filepicker", "photo", label="照片", properties={"image": "true", "maxKB": "500"}),
                part("checkbox", "pledge", label="我承诺以上内容真实", validate=REQUIRED),
                label="个人基本信息",
            )
        ],
    },
    group(
        "setup",
        part("select", "route", label="申报方式", values=ROUTES, validate=REQUIRED),
        part("select", "series", label="申报系列", validate=REQUIRED, properties={"refList": "series"}),
        part(
            "select", "specialty", label="申报专业", properties={"refList": "specialty", "refParent": "=setup.series"}
        ),
        part(
            "textarea",
            "grounds",
            label="破格条件",
            conditional={"hide": '=setup.route != "exceptional"'},
            validate={"required": True, "maxLength": 200},
        ),
        choice("strengths", "教学", "科研", "临床", type="checklist", label="专长"),
        label="申报信息",
    ),
    {
        "type": "group",
        "id": "c2",
        "label": "学习资历",
        "components": [
            rows(
                "education",
                {**text("school", "毕业院校", validate=REQUIRED), "id": "school"},
                part("datetime", "start", label="开始时间", properties=MONTH),
                part("datetime", "end", label="结束时间", properties=MONTH),
                label="学习经历",
                properties={"minRows": "1", "maxRows": "4"},
            ),
            rows(
                "papers",
                text("title", "论文名称", validate=REQUIRED),
                part("textarea", "note", label="备注"),
                part("filepicker", "file", label="论文附件", multiple=True),
                label="论文",
                defaultRepetitions=0,
            ),
        ],
    },
    {"type": "text", "id": "words", "text": "## 说明\n\n请**如实**填写，参见[填报说明](/guide)。\n\n- 甲\n- 乙"},
    {
        "type": "table",
        "id": "table",
        "label": "参保记录",
        "dataSource": "=[{y: 2025, m: 12}]",
        "columns": [{"key": "y", "label": "年度"}, {"key": "m", "label": "月数"}],
    },
    choice("outcome", "提交", label="办理结果", properties={"style.提交": "primary"}),
)
BASE = {"basic_info": {"name": "测试申报人"}}
PAGE = (Path(__file__).parent / "filling.html").read_text()


def draw(values: dict[str, Any], **more: Any) -> str:
    view = FORM.prepare(values, options=Lists(), clock=CLOCK)
    return render_form(view, rerender="/fields", upload="/upload", upload_page="/uploads", **more)


def whole(
    request: Request, values: dict[str, Any], problems: Any = (), status: int = 200, mode: Any = "edit"
) -> Response:
    request.state.view = VIEW
    return page(
        request,
        environment().from_string(PAGE),
        status=status,
        mode=mode,
        fields=draw(values, mode=mode, errors=problems),
        summary=render_summary(problems),
        outcome=render_outcome(FORM.outcome.values if FORM.outcome else ()),
    )


async def posted(request: Request) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    return pairs, FORM.parse(pairs, BASE, context={}, clock=CLOCK)


async def fill(request: Request) -> Response:
    if request.method == "GET":
        values = json.loads(request.query_params.get("values", "null")) or BASE
        return whole(request, values, mode=request.query_params.get("mode", "edit"))
    pairs, values = await posted(request)
    if is_command(pairs):
        return whole(request, values)
    problems = FORM.validate(values, options=Lists(), clock=CLOCK)
    if problems:
        return whole(request, values, problems, status=422)
    return JSONResponse(FORM.clean(values, clock=CLOCK))


async def fields(request: Request) -> Response:
    _, values = await posted(request)
    return HTMLResponse(draw(values))


def application() -> Any:
    return keep_csp(
        Starlette(
            routes=[
                Route("/", fill, methods=["GET", "POST"]),
                Route("/fields", fields, methods=["POST"]),
                Mount("/static", Assets()),
            ]
        )
    )
