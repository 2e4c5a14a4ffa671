"""The HTML of a form: names and ids, labels and messages, rows and files, for filling in, reading and printing."""

from typing import Any

import pytest
from lxml import html

from engine.form import Form, OutcomeValue, Values
from tests.form.samples import CLOCK, REQUIRED, Lists, choice, form, group, part, rows, text
from web.fields import by_path, render_form, render_outcome, render_section, render_summary, with_field

LISTS = Lists()


def draw(sample: Form, values: Values | None = None, mode: Any = "edit", **more: Any) -> html.HtmlElement:
    """The drawn form as a tree."""
    view = sample.prepare(values or {}, more.pop("context", {}), options=LISTS, clock=CLOCK)
    return html.fragment_fromstring(render_form(view, mode, **more))


def one(root: html.HtmlElement, path: str) -> html.HtmlElement:
    [found] = root.xpath(path)
    return found


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


EVERY_INPUT = form(
    text("textfield", "单行"),
    part("textarea", "textarea", label="多行"),
    part("number", "number", label="数"),
    part("datetime", "date", label="日"),
    part("datetime", "month", label="月", properties={"month": "true"}),
    part("datetime", "time", label="时", subtype="time"),
    part("datetime", "datetime", label="日时", subtype="datetime"),
    part("checkbox", "checkbox", label="勾"),
    choice("radio", "x", type="radio", label="单选"),
    choice("select", "x", label="下拉"),
    choice("checklist", "x", "y", type="checklist", label="多选"),
    choice("taglist", "x", "y", type="taglist", label="标签"),
    part("filepicker", "filepicker", label="文件"),
)


def test_every_input_posts_its_name_and_has_its_id() -> None:
    root = draw(EVERY_INPUT, upload="/files?task=7")
    posted = {name for name in root.xpath("//@name") if not name.startswith("_")}
    assert posted == {field.path for field in EVERY_INPUT.fields.values()}
    for path in EVERY_INPUT.fields:
        assert len(root.xpath(f"//*[@id='f-{path}']")) == 1
    assert len(root.xpath("//@id")) == len(set(root.xpath("//@id")))


def test_every_input_has_a_label() -> None:
    root = draw(EVERY_INPUT)
    for control in root.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labelled = (
            control.get("aria-labelledby")
            or root.xpath(f"//label[@for='{control.get('id')}']")
            or control.xpath("ancestor::label")
        )
        assert labelled, control.get("id")


def test_inputs_suit_what_is_typed() -> None:
    root = draw(
        form(
            text("m", properties={"mobile": "true"}),
            text("e", validate={"validationType": "email"}),
            part("number", "n"),
            *EVERY_INPUT.document["components"][3:7],
        )
    )
    assert {e.get("name"): e.get("type") for e in root.xpath("//input")} == {
        "m": "tel", "e": "email", "n": "text", "date": "date", "month": "month", "time": "time", "datetime": "datetime-local",
    }  # fmt: skip
    assert one(root, "//input[@name='n']").get("inputmode") == "decimal"


VALUES: Values = {
    "textfield": '<b>"甲"</b>',
    "textarea": "\n一\n二",
    "number": 1.5,
    "date": "2026-06-30",
    "month": "2026-06",
    "time": "09:30+08:00",
    "datetime": "2026-06-30T01:30Z",
    "checkbox": True,
    "radio": "x",
    "select": "x",
    "checklist": ["y"],
    "taglist": ["x"],
    "filepicker": [{"id": "f1", "name": "证书.pdf", "size": 2048, "type": "application/pdf"}],
}


def test_what_is_drawn_posts_back_the_same_values() -> None:
    root = draw(EVERY_INPUT, VALUES)
    pairs: list[tuple[str, str]] = []
    for element in root.xpath("//input | //textarea | //select/option[@selected]"):
        if element.get("type") in ("checkbox", "radio") and element.get("checked") is None:
            continue
        name = element.get("name") or (element.getparent().get("name") if element.tag == "option" else None)
        if name:
            # a browser drops the first line break of a textarea
            value = (element.text or "").removeprefix("\n") if element.tag == "textarea" else element.get("value", "")
            pairs.append((name, value))
    kept = {**VALUES, "datetime": "2026-06-30T09:30+08:00"}
    assert EVERY_INPUT.parse(pairs, {"filepicker": VALUES["filepicker"]}) == kept


def test_what_people_typed_stays_text() -> None:
    hostile = '<script>alert(1)</script>" onfocus="x'
    values = dict.fromkeys(("textfield", "textarea", "number", "date", "select"), hostile) | {
        "filepicker": [{"id": hostile, "name": hostile, "size": 1, "type": hostile}],
        "checklist": [hostile],
    }
    for mode in ("edit", "read", "print"):
        root = draw(EVERY_INPUT, values, mode)
        assert root.xpath("//script | //@onfocus") == []


@pytest.mark.catalogue("A9")
def test_a_required_input_carries_a_red_star_with_a_word_and_a_long_text_its_counter() -> None:
    root = draw(
        form(part("textarea", "summary", label="工作总结摘要", validate={"required": True, "maxLength": 400})),
        {"summary": "十二个字的摘要在这里写"},
    )
    assert words(one(root, "//label[@for='f-summary']")) == "工作总结摘要*（必填）"
    assert one(root, "//*[@class='required']").get("aria-hidden") == "true"
    counter = one(root, "//*[@data-counter='f-summary']")
    assert (words(counter), counter.get("data-max")) == ("11 / 400", "400")
    area = one(root, "//textarea")
    assert (area.get("aria-required"), area.get("aria-describedby"), area.get("maxlength")) == (
        "true",
        "f-summary--counter",
        None,
    )


def test_an_error_stands_beside_its_input_and_is_tied_to_it() -> None:
    sample = form(text("name", "姓名", validate=REQUIRED, description="与身份证一致"))
    root = draw(sample, errors=sample.validate({}))
    field = one(root, "//input[@id='f-name']")
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "f-name--hint f-name--error")
    assert words(one(root, "//*[@id='f-name--error']")) == "请填写“姓名”"


@pytest.mark.parametrize("component", EVERY_INPUT.document["components"], ids=lambda component: component["key"])
def test_every_link_of_the_summary_leads_to_an_element(component: dict[str, Any]) -> None:
    sample = form({**component, "validate": REQUIRED})
    problems = sample.validate({})
    root = draw(sample, errors=problems)
    [target] = html.fragment_fromstring(render_summary(problems)).xpath("//a/@href")
    assert len(root.xpath(f"//*[@id='{target[1:]}']")) == 1
    assert len(root.xpath("//*[contains(@class, 'error')]")) == 1


def test_no_problems_draw_no_summary() -> None:
    assert render_summary([]).strip() == ""


def test_problems_beside_one_input_stand_together() -> None:
    sample = form(text("a", "甲", validate={"minLength": 3, "pattern": "^x"}))
    problems = sample.validate({"a": "1"})
    assert [len(found) for found in by_path(problems).values()] == [2]
    assert (
        words(one(draw(sample, {"a": "1"}, errors=problems), "//*[@class='error']"))
        == "“甲”至少 3 个字，现在是 1 个字；“甲”的格式不正确"
    )


CASCADE = form(
    part("select", "series", label="申报系列", properties={"refList": "series"}),
    part("select", "specialty", label="申报专业", properties={"refList": "specialty", "refParent": "=series"}),
)


def test_a_choice_others_follow_draws_the_form_again() -> None:
    root = draw(CASCADE, rerender="/tasks/7/fields")
    series, specialty = one(root, "//select[@name='series']"), one(root, "//select[@name='specialty']")
    asked = {name: series.get(name) for name in ("hx-post", "hx-trigger", "hx-target", "hx-swap")}
    assert asked == {
        "hx-post": "/tasks/7/fields",
        "hx-trigger": "change",
        "hx-target": "#form-fields",
        "hx-swap": "outerMorph",
    }
    assert specialty.get("hx-post") is None
    assert words(specialty) == "请先选择上一项"
    assert [option.text for option in one(draw(CASCADE, {"series": "health"}), "//select[@name='specialty']")] == [
        "请选择",
        "外科",
        "护理",
    ]


def test_without_javascript_a_button_draws_the_form_again() -> None:
    buttons = draw(CASCADE, rerender="/x").xpath("//button[@name='_refresh']")
    assert [("no-js" in button.get("class"), button.get("aria-hidden")) for button in buttons] == [
        (False, "true"),
        (True, None),
    ]


def test_enter_in_an_input_presses_the_button_that_changes_nothing() -> None:
    root = draw(form(rows("r", text("a")), text("b")))
    assert root.xpath("//button/@name")[0] == "_refresh"


def test_nothing_on_the_page_needs_a_script_or_a_style_of_its_own() -> None:
    sample = form(
        *EVERY_INPUT.document["components"],
        {"type": "spacer", "id": "s", "height": 200},
        {"type": "text", "id": "t", "text": "x"},
    )
    for mode in ("edit", "read", "print"):
        root = draw(sample, VALUES, mode, rerender="/x", upload="/u")
        assert (
            root.xpath(
                "//script | //style | //@style | //@*[starts-with(name(), 'on')] | //@*[starts-with(name(), 'hx-on')]"
            )
            == []
        )
        assert root.xpath("//input[@type='file']/@name") == []


def test_a_locked_input_is_text_and_posts_nothing() -> None:
    root = draw(
        form(
            text("name", "姓名", readonly=True),
            choice("sex", "1", readonly=True),
            part("filepicker", "photo", readonly=True),
        ),
        {"name": "测试申报人", "sex": "1"},
    )
    assert root.xpath("//input | //select") == []
    assert words(one(root, "//*[@id='f-name']")) == "姓名 测试申报人"
    assert words(one(root, "//*[@id='f-sex']")) == "sex 1 项"


def test_a_stored_choice_no_longer_offered_is_kept_until_another_is_made() -> None:
    sample = form(part("select", "a", properties={"refList": "specialty"}))
    root = draw(sample, {"a": "gemmology"})
    assert words(one(root, "//option[@selected]")) == "宝石及材料工艺学（旧）（已不可选）"
    assert words(one(draw(sample, {"a": "gemmology"}, "read"), "//dd")) == "宝石及材料工艺学（旧）"


TABLE = rows(
    "employment",
    text("unit", "工作单位", validate=REQUIRED),
    text("witness", "证明人"),
    label="工作经历",
    properties={"maxRows": "2"},
)
CARDS = rows("papers", text("title", "论文名称"), part("textarea", "note", label="备注"), label="论文")


def test_rows_are_a_table_with_buttons_to_add_and_remove() -> None:
    root = draw(form(TABLE), {"employment": [{"unit": "甲"}, {"unit": "乙"}]}, rerender="/x")
    assert root.xpath("//table//input[@type='text']/@name") == [
        f"employment[{n}].{key}" for n in (0, 1) for key in ("unit", "witness")
    ]
    assert [words(cell) for cell in root.xpath("//thead/tr/th")] == ["序号", "工作单位*", "证明人", "操作"]
    remove = root.xpath("//button[@name='_remove']")[1]
    assert (remove.get("value"), remove.get("aria-label")) == ("employment[1]", "删除第 2 行")
    assert (remove.get("hx-swap"), remove.get("hx-target"), remove.get("hx-select")) == (
        "outerHTML",
        "#f-employment",
        "#f-employment",
    )
    assert root.xpath("//button[@name='_add']") == []
    add = one(draw(form(TABLE), {"employment": [{}]}, rerender="/x"), "//button[@name='_add']")
    assert (add.get("value"), add.get("hx-swap")) == ("employment", "outerMorph")


def test_rows_with_long_inputs_are_cards() -> None:
    root = draw(form(CARDS), {"papers": [{"title": "论甲"}, {}]})
    assert [words(title) for title in root.xpath("//details/summary/h3")] == ["第 1 行 · 论甲", "第 2 行"]
    assert root.xpath("//details//textarea/@name") == ["papers[0].note", "papers[1].note"]


def test_every_row_and_list_tells_that_it_is_on_the_page() -> None:
    sample = form(TABLE, CARDS)
    root = draw(sample, {"employment": [{}], "papers": []})
    pairs = [(name, "") for name in root.xpath("//input[@type='hidden']/@name")]
    assert sample.parse(pairs, {"papers": [{"title": "旧"}]}) == {"employment": [{}], "papers": []}


def test_errors_of_rows_stand_in_their_cell_and_of_lists_at_the_top() -> None:
    sample = form(TABLE)
    values = {"employment": [{"unit": "甲"}, {"witness": "乙"}]}
    root = draw(sample, values, errors=sample.validate(values))
    assert words(one(root, "//*[@id='f-employment-1-unit--error']")) == "请填写“工作单位”"
    demanding = form({**TABLE, "properties": {"minRows": "1"}})
    assert (
        words(one(draw(demanding, errors=demanding.validate({})), "//section/p[@class='error']"))
        == "“工作经历”至少填写 1 行，现在是 0 行"
    )


def test_sections_and_chapters_have_headings_in_order() -> None:
    chapter = {"type": "group", "id": "c", "label": "学习资历", "components": [TABLE]}
    root = draw(
        form(group("basic_info", text("name"), label="个人基本信息", properties={"hint": "请如实填写"}), chapter)
    )
    assert [(heading.tag, words(heading)) for heading in root.xpath("//h2 | //h3")] == [
        ("h2", "个人基本信息"),
        ("h2", "学习资历"),
        ("h2", "工作经历"),
    ]
    assert root.xpath("//section/@data-section") == ["basic_info", "employment"]
    assert words(one(root, "//section[1]/header/p")) == "请如实填写"


def test_one_section_may_stand_alone() -> None:
    view = form(group("a", text("x")), group("b", text("y"))).prepare({})
    section = view.section("b")
    assert section is not None
    assert html.fragment_fromstring(render_section(section)).xpath("//input/@name") == ["b.y"]


def test_uploads_know_their_field_and_their_limits() -> None:
    sample = form(
        part(
            "filepicker",
            "photo",
            label="照片",
            accept=".jpg,.png",
            multiple=True,
            properties={"maxKB": "500", "maxFiles": "3"},
        )
    )
    root = draw(
        sample,
        {"photo": [{"id": "a/b", "name": "1.png", "size": 10, "type": "image/png"}]},
        upload="/u?task=7",
        upload_page="/p",
    )
    box = one(root, "//*[@data-upload]")
    assert (box.get("data-url"), box.get("data-field"), box.get("data-max-files")) == (
        "/u?task=7&field=photo",
        "photo",
        "3",
    )
    assert words(one(root, "//label//small")) == "JPG、PNG 格式，每个不超过 500 KB，最多 3 个"
    assert one(root, "//img").get("src") == "/files/a%2Fb"
    detach = one(root, "//button[@name='_detach']")
    assert (detach.get("value"), "no-js" in detach.get("class")) == ("photo#a/b", True)
    assert one(root, "//a[contains(@class, 'no-js')]").get("href") == "/p?field=photo"


def test_an_address_takes_the_name_of_the_field() -> None:
    assert with_field("/u", "r[0].a") == "/u?field=r%5B0%5D.a"
    assert with_field("", "a") == ""


def test_reading_shows_words_not_codes() -> None:
    root = draw(EVERY_INPUT, VALUES, "read")
    shown = dict(zip([words(dt) for dt in root.xpath("//dt")], [words(dd) for dd in root.xpath("//dd")], strict=True))
    assert shown == {
        "单行": '<b>"甲"</b>', "多行": "一 二", "数": "1.5", "日": "2026年6月30日", "月": "2026年6月", "时": "09:30",
        "日时": "2026年6月30日 09:30",
        "勾": "是", "单选": "x 项", "下拉": "x 项", "多选": "y 项", "标签": "x 项", "文件": "pdf 证书.pdf 2 KB",
    }  # fmt: skip
    assert root.xpath("//input | //button | //select | //textarea") == []


def test_reading_an_empty_form_shows_dashes() -> None:
    root = draw(EVERY_INPUT, {}, "read")
    assert {words(dd) for dd in root.xpath("//dd")} == {"—", "否"}


def test_identity_numbers_are_read_in_groups_and_links_are_links() -> None:
    sample = form(text("id", properties={"idcard": "true"}), text("url", properties={"url": "true"}))
    values = {"id": "371325197704051042", "url": "https://example.com/a"}
    root = draw(sample, values, "read")
    assert [words(dd) for dd in root.xpath("//dd")] == ["371325 19770405 1042", "https://example.com/a"]
    assert root.xpath("//a/@href") == ["https://example.com/a"]
    assert draw(sample, {"url": "javascript:alert(1)"}, "read").xpath("//a") == []
    assert draw(sample, values, "print").xpath("//a") == []


def test_rows_are_read_as_a_table_or_one_after_the_other() -> None:
    root = draw(
        form(TABLE, CARDS),
        {"employment": [{"unit": "甲", "witness": "乙"}], "papers": [{"title": "论甲", "note": "无"}]},
        "read",
    )
    assert [words(cell) for cell in root.xpath("//table/tbody/tr/td")] == ["1", "甲", "乙"]
    assert [words(cell) for cell in root.xpath("//*[@class='row-card']//dd")] == ["论甲", "无"]
    assert words(one(draw(form(TABLE), {"employment": []}, "print"), "//section/p")) == "无"


def test_texts_images_tables_and_gaps_are_drawn() -> None:
    sample = form(
        {"type": "text", "id": "t", "text": "**请**填写 {{ name }}"},
        {"type": "image", "id": "i", "source": "=photo", "alt": "照片"},
        {"type": "separator", "id": "s"},
        {"type": "spacer", "id": "g", "height": 20},
        {
            "type": "table",
            "id": "b",
            "label": "名单",
            "dataSource": "=people",
            "columns": [{"key": "name", "label": "姓名"}],
            "rowCount": 2,
        },
    )
    context = {"name": "<i>甲</i>", "photo": "/files/1", "people": [{"name": "甲"}, {"name": "乙"}, {"name": "丙"}, 5]}
    root = draw(sample, context=context)
    assert words(one(root, "//*[contains(@class, 'prose')]")) == "请填写 <i>甲</i>"
    assert (one(root, "//img").get("src"), one(root, "//img").get("alt")) == ("/files/1", "照片")
    assert len(root.xpath("//hr")) == 1
    assert len(root.xpath("//*[contains(@class, 'spacer small')]")) == 1
    assert [words(cell) for cell in root.xpath("//td")] == ["甲", "乙", "丙"]
    assert words(one(root, "//summary")) == "其余 1 行"
    assert draw(sample, mode="print", context=context).xpath("//summary") == []


@pytest.mark.parametrize(
    "source", ["https://evil.example/x.png", "//evil.example", "javascript:alert(1)", "data:text/html,x", None, 5]
)
def test_a_picture_from_elsewhere_is_not_shown(source: object) -> None:
    assert draw(form({"type": "image", "id": "i", "source": "=photo"}), context={"photo": source}).xpath("//img") == []


def test_a_table_may_name_its_columns_by_an_expression() -> None:
    sample = form(
        {"type": "table", "id": "b", "dataSource": "=[{a: 1.50}]", "columnsExpression": '=[{key: "a", label: "分数"}]'}
    )
    assert [words(cell) for cell in draw(sample).xpath("//th | //td")] == ["分数", "1.5"]
    assert (
        words(draw(form({"type": "table", "id": "b", "dataSource": "=null", "columns": [{"key": "a"}]})))
        == "更新 暂无数据"
    )


def test_nested_groups_are_fieldsets() -> None:
    root = draw(form(group("a", group("b", text("c"), label="联系方式", properties={"hint": "至少一种"}))))
    assert words(one(root, "//fieldset/legend")) == "联系方式"
    assert one(root, "//fieldset//input").get("name") == "a.b.c"


def test_outcomes_are_buttons_of_the_form_they_belong_to() -> None:
    values = (OutcomeValue("approve", "通过", "primary"), OutcomeValue("reject", "审核不通过", "danger"))
    sample = form(choice("outcome", "approve", label="办理结果", validate=REQUIRED))
    root = html.fragment_fromstring(render_outcome(values, errors=sample.validate({}), form="task"))
    buttons = [(b.get("value"), b.get("class").strip(), b.get("form"), words(b)) for b in root.xpath("//button")]
    assert buttons == [("approve", "button primary", "task", "通过"), ("reject", "button danger", "task", "审核不通过")]
    assert words(one(root, "//*[@id='f-outcome--error']")) == "请选择“办理结果”"


def test_a_narrow_list_is_read_as_a_table_and_without_the_words_for_who_fills_it_in() -> None:
    few = {
        "type": "dynamiclist",
        "id": "marks",
        "path": "marks",
        "label": "考核",
        "properties": {"display": "cards", "hint": "每年一条。"},
        "components": [
            {"type": "textfield", "id": "m_year", "key": "year", "label": "年度"},
            {"type": "filepicker", "id": "m_sheet", "key": "sheet", "label": "考核表"},
        ],
    }
    values = {"marks": [{"year": "2024"}, {"year": "2025"}]}
    root = draw(form(few), values, "read")
    assert [words(cell) for cell in root.xpath("//th")] == ["序号", "年度", "考核表"]
    assert [words(cell) for cell in root.xpath("//td[@data-label='年度']")] == ["2024", "2025"]
    assert "每年一条。" not in words(root)
    assert "每年一条。" in words(draw(form(few), values))
