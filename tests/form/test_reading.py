"""Reading a `.form`: what it holds, and every remark on what is wrong with it."""

import json
from typing import Any

import pytest

from engine.errors import InvalidInput
from engine.form import Finding, Form, read_form
from engine.form.kinds import KINDS
from engine.form.reading.vocabulary import ATTRIBUTES, REFUSED
from tests.form.samples import choice, form, group, part, rows, text

TYPES_OF_FORM_JS = {
    "button", "checkbox", "checklist", "datetime", "documentPreview", "dynamiclist", "expression", "filepicker", "group",
    "html", "iframe", "image", "multipage", "number", "page", "radio", "select", "separator", "spacer", "table", "taglist",
    "text", "textarea", "textfield",
}  # fmt: skip
"""The component types of form-js up to schema version 20."""


def rules(sample: Form) -> list[tuple[str, str, str]]:
    return [(finding.severity, finding.rule, finding.element) for finding in sample.findings()]


def remarks(sample: Form) -> list[str]:
    return [finding.message for finding in sample.findings()]


def test_every_type_of_form_js_is_drawn_or_refused() -> None:
    assert set(ATTRIBUTES) | set(REFUSED) == TYPES_OF_FORM_JS
    assert set(KINDS) < set(ATTRIBUTES)


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_a_refused_type_is_an_error_and_is_not_drawn(kind: str) -> None:
    sample = form({"type": kind, "id": "x"})
    assert rules(sample) == [("error", "refused", "x")]
    assert sample.prepare({}).nodes == ()


def test_an_unknown_type_is_an_error() -> None:
    assert remarks(form({"type": "signature", "id": "x"})) == ["不认识的组件类型“signature”。"]


def test_a_button_is_left_to_the_page() -> None:
    sample = form({"type": "button", "id": "x", "label": "提交", "action": "submit"})
    assert rules(sample) == [("warning", "button", "x")]
    assert sample.prepare({}).nodes == ()


@pytest.mark.parametrize("raw", ["", "[]", "{", '{"components": {}}', "null", '"text"', b"\xff\xfe", "[" * 100_000])
def test_what_is_no_form_is_refused_with_a_sentence(raw: str | bytes) -> None:
    with pytest.raises(InvalidInput):
        read_form(raw)


def test_a_file_beyond_2_mb_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2 MB"):
        read_form(" " * (2 * 1024 * 1024 + 1))


def test_the_same_text_is_read_once() -> None:
    raw = json.dumps({"id": "kept", "components": []})
    assert read_form(raw) is read_form(raw.encode())
    assert read_form(raw) is not read_form(raw + " ")


def test_the_file_comes_back_with_everything_it_had() -> None:
    document: dict[str, Any] = {
        "type": "default",
        "id": "kept",
        "exporter": {"name": "Camunda Modeler", "version": "5.30"},
        "zhiping": {"rules": [], "note": "保留"},
        "components": [text("a", "甲", **{"x-unknown": {"deep": [1, 2]}}), {"type": "mystery", "id": "m"}],
    }
    assert json.loads(read_form(json.dumps(document)).to_json()) == document


def test_keys_are_the_variables_it_may_write() -> None:
    sample = form(
        text("opinion"),
        text("shown_only", readonly=True),
        text("account.name"),
        group("basic_info", text("name", disabled=True), text("phone")),
        group("identity", text("number", readonly=True)),
        rows("education", text("school")),
        {"type": "expression", "id": "total", "key": "total", "expression": "=1"},
    )
    assert sample.keys == {"opinion", "account", "basic_info", "education", "total"}


def test_sections_are_the_outermost_groups_and_lists_with_a_path() -> None:
    chapter = {
        "type": "group",
        "id": "c",
        "label": "学习资历",
        "components": [rows("education", text("school")), rows("employment", text("unit"))],
    }
    sample = form(group("basic_info", group("inner", text("a"))), chapter, text("opinion"))
    assert [(s.path, s.label, s.chapter) for s in sample.sections] == [
        ("basic_info", "basic_info", ""),
        ("education", "education", "学习资历"),
        ("employment", "employment", "学习资历"),
    ]
    assert sample.section_of("education[3].school") == "education"
    assert sample.section_of("opinion") == ""


@pytest.mark.parametrize(
    ("components", "found"),
    [
        ([part("textfield", "a"), {**part("textfield", "a"), "id": "b"}], ("error", "duplicate", "b")),
        ([text("a"), {**text("b"), "id": "id_a"}], ("error", "duplicate", "id_a")),
        ([{"type": "textfield", "id": "x"}], ("error", "key", "x")),
        ([text("bad key")], ("error", "key", "id_bad key")),
        ([rows("list", text("this"))], ("error", "key", "id_this")),
        ([{"type": "dynamiclist", "id": "x", "components": []}], ("error", "path", "x")),
        ([group("a.b", text("c"))], ("error", "path", "id_a.b")),
        ([text("a", conditional={"hide": "=1 +"})], ("error", "feel", "id_a")),
        ([text("a", validate={"required": "=if"})], ("error", "feel", "id_a")),
        ([text("a", description="共 {{ count( }} 项")], ("error", "feel", "id_a")),
        ([{"type": "text", "id": "t", "text": "{{#loop rows}}x{{/loop}}"}], ("error", "template", "t")),
        ([part("select", "a")], ("error", "options", "id_a")),
        (
            [part("select", "a", values=[{"label": "无值"}, {"label": "好", "value": "1"}])],
            ("error", "options", "id_a"),
        ),
        ([part("select", "a", values=[{"value": "1"}, {"value": "1"}])], ("error", "options", "id_a")),
        ([text("a", validate={"pattern": "("})], ("error", "pattern", "id_a")),
        ([part("datetime", "a", subtype="week")], ("error", "attribute", "id_a")),
        ([part("number", "a", decimalDigits=-1)], ("error", "attribute", "id_a")),
        ([rows("r", text("a"), properties={"minRows": "many"})], ("error", "property", "id_r")),
        ([rows("r", text("a"), properties={"minRows": "3", "maxRows": "2"})], ("error", "property", "id_r")),
        ([rows("r", text("a"), properties={"tableColumns": "a, b"})], ("error", "property", "id_r")),
        ([rows("r", text("a"), properties={"display": "grid"})], ("error", "property", "id_r")),
        ([part("filepicker", "a", properties={"minFiles": "2"})], ("error", "property", "id_a")),
        ([part("filepicker", "a", properties={"maxMB": "-1"})], ("error", "property", "id_a")),
        ([text("a", properties={"check": "a > 1", "checkMessage": "x"})], ("error", "rule", "id_a")),
        ([text("a", properties={"check": "=a > 1"})], ("error", "rule", "id_a")),
        ([{"type": "image", "id": "x", "source": "https://example.com/a.png"}], ("error", "source", "x")),
        ([{"type": "image", "id": "x", "source": "/files/{{ id }}"}], ("error", "source", "x")),
        ([{"type": "table", "id": "x", "columns": [{"key": "a", "label": "甲"}]}], ("error", "source", "x")),
        ([{"type": "table", "id": "x", "dataSource": "=rows"}], ("error", "columns", "x")),
        ([{"type": "expression", "id": "x", "key": "x", "expression": "1"}], ("error", "feel", "x")),
        ([text("a", properties={"minRow": "1"})], ("warning", "property", "id_a")),
        ([text("a", properties={"month": "true"})], ("warning", "property", "id_a")),
        ([text("a", colour="red")], ("warning", "attribute", "id_a")),
        ([text("a", validate={"needed": True})], ("warning", "attribute", "id_a")),
        ([text("a", properties={"deep": {}})], ("error", "property", "id_a")),
        ([text("a", validate="yes")], ("error", "attribute", "id_a")),
        ([choice("outcome", "approve", properties={"style.approve": "loud"})], ("error", "outcome", "id_outcome")),
        (
            [choice("outcome", "approve", properties={"requires.approve": "opinion"})],
            ("error", "outcome", "id_outcome"),
        ),
        ([choice("outcome", "approve", properties={"requires.reject": "a"})], ("error", "outcome", "id_outcome")),
        (["no component"], ("error", "components", "")),
    ],
)
def test_what_is_wrong_is_found(components: list[Any], found: tuple[str, str, str]) -> None:
    assert rules(form(*components)) == [found]


def test_a_sound_form_has_no_findings() -> None:
    properties = {
        "minRows": "1",
        "tableColumns": "a",
        "x-note": "随意",
        "check": "=count(r) > 0",
        "checkMessage": "请填写",
    }
    assert form(rows("r", text("a", properties={"phone12": "true"}), properties=properties)).findings() == []


def test_a_form_needs_an_id() -> None:
    assert remarks(read_form('{"components": []}')) == ["表单缺少标识（id）。"]


def test_a_newer_format_is_a_warning() -> None:
    assert rules(form(schemaVersion=99)) == [("warning", "schema", "sample")]


def test_code_lists_are_checked_where_they_are_known() -> None:
    sample = form(part("select", "a", properties={"refList": "ethnicity"}))
    assert sample.findings() == []
    assert sample.findings(["ethnicity"]) == []
    assert sample.findings([]) == [Finding("options", "error", "id_a", "代码表“ethnicity”不存在，请检查属性 refList。")]


def test_a_broken_expression_names_its_place() -> None:
    [remark] = remarks(form(text("a", conditional={"hide": "=b = "})))
    assert remark.startswith("隐藏条件：表达式第 1 行第 ")


def test_nesting_and_size_end_somewhere() -> None:
    deep: dict[str, Any] = text("a")
    for level in range(9):
        deep = {"type": "group", "id": f"g{level}", "components": [deep]}
    assert ("error", "depth", "") in rules(form(deep))
    wide = form(*({"type": "separator", "id": f"s{n}"} for n in range(2001)))
    assert rules(wide) == [("error", "size", "")]
    assert len(wide.components) == 2000


def test_widths_follow_the_layout() -> None:
    sample = form(
        text("a", layout={"row": "r1", "columns": 4}),
        text("b", layout={"row": "r1", "columns": None}),
        text("c", layout={"row": "r1"}),
        text("d", layout={"row": "r2", "columns": None}),
        text("e"),
        part("textarea", "f"),
        part("textarea", "g", layout={"columns": 8}),
    )
    assert [component.span for component in sample.components] == [4, 6, 6, 16, 8, 16, 8]
