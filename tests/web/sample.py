"""A page that holds every macro and class of `web/shared`, served with the headers of the real server."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tests.support.ports import free_port
from web.assets import Assets
from web.pages import environment, page
from web.view import NavGroup, NavItem, RoleChoice, View

HERE = Path(__file__).parent
STRICT = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
#: only the diagram editor: its libraries write style attributes
EDITOR = STRICT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

NAV = (
    NavGroup(
        "经办人审核申报材料",
        (
            NavItem("今年申报材料", "/style", 132),
            NavItem("预分配评委会", "/preassign", 8),
            NavItem("评委会审查申报材料", "/screening"),
        ),
        "inbox",
    ),
    NavGroup(
        "评审会议管理",
        (
            NavItem("活跃评审会议", "/meetings", 2),
            NavItem("参评材料分组", "/grouping"),
            NavItem("评审会议评委库", "/experts"),
        ),
        "meeting",
    ),
    NavGroup(
        "评审后处理",
        (NavItem("评审结果公示", "/publicity"), NavItem("证书及评审表生成", "/certificates")),
        "certificate",
    ),
)
VIEW = View(
    csrf="token",
    actor_name="测试经办人",
    unit_name="河北医科大学（示例）职称改革领导小组办公室",
    role_label="经办人",
    roles=(
        RoleChoice("a", "经办人", "河北医科大学（示例）", True),
        RoleChoice("b", "评委专家", "高校教师系列评委会（示例）"),
    ),
    account="17",
    year=2026,
    years=(2026, 2025),
    nav=NAV,
    unread=3,
    demo=True,
)
ROWS = [
    {
        "id": n,
        "url": f"/tasks/{n}",
        "name": f"测试申报人{word}",
        "identity": "990000199001011236",
        "series": "高等学校教师-本科",
        "title": "教授",
        "status": status,
        "kind": kind,
        "days": n,
    }
    for n, (word, status, kind) in enumerate(
        [
            ("甲", "待审核", "info"),
            ("乙", "待审核", "info"),
            ("丙", "退回后再次提交", "warn"),
            ("丁", "待审核", "info"),
            ("戊", "审核待定", ""),
        ]
    )
]
CONTEXT: dict[str, Any] = {
    "columns": [
        {"label": "姓名", "sort": "name", "kind": "lead"},
        {"label": "身份证号"},
        {"label": "申报系列", "sort": "series"},
        {"label": "申报职称名称"},
        {"label": "状态"},
        {"label": "已等待", "sort": "days", "kind": "num"},
        {"label": "操作", "kind": "acts"},
    ],
    "rows": ROWS,
    "filter_fields": [
        {"name": "name", "label": "姓名"},
        {"name": "identity", "label": "身份证号"},
        {
            "name": "series",
            "label": "申报系列",
            "kind": "select",
            "options": [("teacher", "高等学校教师"), ("health", "卫生")],
        },
        {"name": "unit", "label": "申报单位"},
        {"name": "level", "label": "申报等级"},
        {"name": "route", "label": "申报方式", "kind": "select", "options": [("regular", "正常申报")]},
    ],
    "entries": [
        {
            "at": datetime(2026, 6, 15, 2, 5, tzinfo=UTC),
            "step": "经办人审核",
            "unit": "河北医科大学（示例）",
            "person": "测试经办人",
            "status": "待审核",
            "kind": "info",
            "opinion": "",
        },
        {
            "at": datetime(2026, 6, 14, 8, 30, tzinfo=UTC),
            "step": "经办人审核",
            "unit": "河北医科大学第三医院（示例）",
            "person": "测试经办人",
            "status": "退回修改",
            "kind": "warn",
            "opinion": "论文检索页缺第 2 页，请补充后再次提交。",
        },
        {
            "at": datetime(2026, 6, 12, 1, 0, tzinfo=UTC),
            "step": "个人申请提交",
            "unit": "",
            "person": "测试申报人",
            "status": "已提交",
            "kind": "good",
            "opinion": "",
        },
    ],
    "files": [
        {"id": "f1", "name": "社保缴费证明-2026.pdf", "size": 834211, "url": "/files/f1", "thumbnail": None},
        {"id": "f2", "name": "缴费清单.png", "size": 2834211, "url": "/files/f2", "thumbnail": "/static/icon.svg"},
    ],
}


def read_sample(name: str) -> Any:
    return environment().from_string((HERE / name).read_text(encoding="utf-8"))


def style(request: Request) -> Response:
    request.state.view = VIEW
    return page(request, read_sample("sample.html"), **CONTEXT)


def sign_in(request: Request) -> Response:
    request.state.view = View(csrf="token", demo=True)
    return page(request, read_sample("sample_sign_in.html"))


def home(request: Request) -> Response:
    return page(request, read_sample("sample_home.html"))


def keep_csp(app: Any, policy: str = STRICT) -> Any:
    """The application with the content security policy of the real server on every answer."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = EDITOR if scope["path"].startswith("/editor") else policy
                message["headers"] = [*message["headers"], (b"content-security-policy", kept.encode())]
            await send(message)

        await app(scope, receive, send_with_policy)

    return wrapped


VIEWER = Markup(
    '<div class="diagram" data-bpmn-viewer data-xml-url="/sample.bpmn" data-state-url="/state.json" data-refresh-seconds="1"></div>'
    '<ol class="outline"><li data-element="start">个人申请提交</li><li data-element="approve_declaration">单位审核</li></ol>'
)
MODELER = Markup(
    '<div data-bpmn-modeler data-name="declaration/sample.bpmn" data-xml-url="/sample.bpmn" data-forms-url="/forms.json" '
    'data-groups-url="/groups.json" data-job-types-url="/services.json" data-lint-url="/lint" data-draft-url="/draft" data-base="7" '
    'data-publish-url="/publish" data-discard-url="/discard"></div>'
)
DIFF = Markup(
    '<div data-bpmn-diff data-left-url="/sample.bpmn" data-right-url="/changed.bpmn" data-left-label="第 3 版" data-right-label="第 4 版">'
    "</div>"
)
FORMS = [{"id": "approve_declaration", "name": "审核意见"}, {"id": "screening", "name": "评委会审查"}]
GROUPS = [
    {"value": '="case_officer@" + string(unit)', "label": "申报单位经办人"},
    {"value": '="unit_leader@" + string(unit)', "label": "申报单位领导"},
]
SERVICES = [{"type": "declaration.forward", "name": "上报"}, {"type": "notification.send", "name": "发送通知"}]
UPLOADED = {"id": "f9", "name": "证明.pdf", "size": 1200, "url": "/files/f9", "thumbnail": None}
STATE = {
    "done": ["start"],
    "active": ["approve_declaration"],
    "failed": ["forward"],
    "flows": ["f1"],
    "counts": {"approve_declaration": 132},
}
FINDINGS = [
    {"rule": "form-missing", "severity": "warning", "element": "vote", "message": "用户任务没有指定表单"},
    {
        "rule": "called-process",
        "severity": "error",
        "element": "review",
        "message": "没有找到要调用的流程 review_meeting",
    },
]


def diagram(body: Markup, bundle: str, heading: str) -> Any:
    """An endpoint whose page holds `body` and the scripts of the bundle."""

    def endpoint(request: Request) -> Response:
        request.state.view = VIEW
        return page(request, read_sample("sample_diagram.html"), body=body, bundle=bundle, heading=heading)

    return endpoint


def bpmn(request: Request) -> Response:
    return Response((HERE / "sample.bpmn").read_bytes(), media_type="application/xml")


def changed_bpmn(request: Request) -> Response:
    """The sample with one setting changed, one element taken away and one moved."""
    xml = (HERE / "sample.bpmn").read_text(encoding="utf-8")
    xml = xml.replace("=add working days(now(), 5)", "=add working days(now(), 3)")
    xml = xml.replace(
        '<bpmn:manualTask id="sign" name="线下签字"></bpmn:manualTask>',
        '<bpmn:userTask id="sign_online" name="在线签字"/>',
    )
    xml = xml.replace('id="sign_di" bpmnElement="sign"', 'id="sign_di" bpmnElement="sign_online"')
    return Response(xml.replace('x="192" y="802"', 'x="192" y="780"'), media_type="application/xml")


def json_of(value: Any) -> Any:
    return lambda request: JSONResponse(value)


class Received:
    """What the pages have sent, as (path, body)."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []

    def answer(self, value: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            self.posts.append((request.url.path, (await request.body()).decode(errors="replace")))
            return JSONResponse(value)

        return endpoint


def application(received: Received | None = None, *routes: Any) -> Any:
    """Every sample page; what is posted is kept in `received`."""
    received = received or Received()
    sample = [
        Route("/", home),
        Route("/style", style),
        Route("/sign-in", sign_in),
        Route("/viewer", diagram(VIEWER, "viewer", "流程图")),
        Route("/diff", diagram(DIFF, "modeler", "版本比较")),
        Route("/editor", diagram(MODELER, "modeler", "申报流程")),
        Route("/sample.bpmn", bpmn),
        Route("/changed.bpmn", changed_bpmn),
        Route("/state.json", json_of(STATE)),
        Route("/forms.json", json_of(FORMS)),
        Route("/groups.json", json_of(GROUPS)),
        Route("/services.json", json_of(SERVICES)),
        Route("/lint", received.answer({"findings": FINDINGS}), methods=["POST"]),
        Route("/draft", received.answer({"message": "已保存草稿"}), methods=["POST"]),
        Route("/publish", received.answer({"message": "已发布"}), methods=["POST"]),
        Route("/autosave", received.answer({"saved_at": "10:33"}), methods=["POST"]),
        Route("/upload", received.answer(UPLOADED), methods=["POST"]),
        Route("/batch", received.answer({}), methods=["POST"]),
        Route("/preferences", received.answer({}), methods=["POST"]),
        Mount("/static", Assets()),
    ]
    return keep_csp(Starlette(routes=[*routes, *sample]))


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """The address of `app`, served by a thread of this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
