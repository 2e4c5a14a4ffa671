"""Repeated rows: added, removed, renumbered, counted, and named by their number."""

from typing import Any

import pytest

from engine.form import is_command
from tests.form.samples import CLOCK, REQUIRED, form, group, part, rows, sentences, text

SCHOOL = text("school", "毕业院校", validate=REQUIRED)
LEVEL = text("level", "学历")


def test_posted_rows_are_put_in_order_without_gaps() -> None:
    sample = form(rows("education", SCHOOL, LEVEL))
    pairs = [
        ("education[7].school", "丙"),
        ("education[0].school", "甲"),
        ("education[3].school", "乙"),
        ("education[3].level", "本科"),
    ]
    assert sample.parse(pairs, {}) == {
        "education": [{"school": "甲"}, {"school": "乙", "level": "本科"}, {"school": "丙"}]
    }


def test_a_row_on_the_page_without_an_input_stays_and_a_list_without_rows_is_empty() -> None:
    sample = form(rows("education", SCHOOL))
    assert sample.parse([("education", ""), ("education[0]", "")], {}) == {"education": [{}]}
    assert sample.parse([("education", "")], {"education": [{"school": "甲"}]}) == {"education": []}
    assert sample.parse([], {"education": [{"school": "甲"}]}) == {"education": [{"school": "甲"}]}


def test_inputs_of_a_row_that_were_not_on_the_page_keep_their_value() -> None:
    sample = form(rows("education", SCHOOL, LEVEL))
    base = {"education": [{"school": "甲", "level": "本科", "key": 17}]}
    assert sample.parse([("education[0].school", "乙")], base) == {
        "education": [{"school": "乙", "level": "本科", "key": 17}]
    }


def test_rows_given_as_json_are_whole() -> None:
    sample = form(rows("education", SCHOOL, text("key", readonly=True), group("place", text("city"))))
    base = {"education": [{"school": "甲", "key": "1", "place": {"city": "石家庄"}}, {"school": "乙", "key": "2"}]}
    given = {"education": [{"school": "丙", "key": "9", "unknown": 1}]}
    assert sample.merge(given, base) == {"education": [{"school": "丙", "key": "1", "place": {}}]}


def test_a_row_is_added_at_the_end_up_to_the_most() -> None:
    sample = form(rows("education", SCHOOL, properties={"maxRows": "2"}))
    once = sample.parse([("education[0].school", "甲"), ("_add", "education")], {})
    assert once == {"education": [{"school": "甲"}, {}]}
    assert sample.parse([("_add", "education")], once) == once
    assert sample.prepare(once).nodes[0].may_add is False


def test_a_row_is_removed_by_its_number_on_the_page() -> None:
    sample = form(rows("education", SCHOOL))
    pairs = [("education[0].school", "甲"), ("education[1].school", "乙"), ("_remove", "education[0]")]
    assert sample.parse(pairs, {}) == {"education": [{"school": "乙"}]}


def test_nested_rows_are_added_and_removed_where_they_stand() -> None:
    sample = form(group("g", rows("works", rows("files", text("name")))))
    base: dict[str, Any] = {"g": {"works": [{"files": []}, {"files": [{"name": "甲"}]}]}}
    assert sample.parse([("_add", "g.works[1].files")], base)["g"]["works"][1] == {"files": [{"name": "甲"}, {}]}
    assert sample.parse([("_remove", "g.works[1].files[0]")], base)["g"]["works"][1] == {"files": []}
    assert sample.parse([("_add", "g.works")], {}) == {"g": {"works": [{}]}}


@pytest.mark.parametrize(
    "command",
    [("_add", "opinion"), ("_add", "unknown"), ("_add", ""), ("_add", "fixed"), ("_add", "education[5].x"), ("_remove", "education"),
     ("_remove", "education[9]"), ("_remove", "fixed[0]"), ("_remove", ""), ("_remove", "opinion[0]"), ("_detach", "x"), ("_detach", "")],
)  # fmt: skip
def test_a_command_that_does_not_fit_changes_nothing(command: tuple[str, str]) -> None:
    sample = form(text("opinion"), rows("education", SCHOOL), rows("fixed", text("a"), allowAddRemove=False))
    base = {"opinion": "x", "education": [{"school": "甲"}], "fixed": [{"a": "1"}]}
    assert sample.parse([command], base) == base


def test_commands_are_told_from_handing_in() -> None:
    assert is_command([("a", "1"), ("_add", "education")]) is True
    assert is_command([("_refresh", "1")]) is True
    assert is_command([("outcome", "approve"), ("_unknown", "1")]) is False


def test_problems_name_the_row_as_people_count() -> None:
    sample = form(rows("education", SCHOOL, LEVEL))
    [problem] = sample.validate({"education": [{"school": "甲"}, {"level": "本科"}]}, clock=CLOCK)
    assert (problem.path, problem.rows, problem.section) == ("education[1].school", (2,), "education")
    assert (problem.message, problem.short) == ("第 2 行：请填写“毕业院校”", "请填写“毕业院校”")


def test_problems_in_nested_rows_name_both() -> None:
    sample = form(
        rows("works", text("name"), rows("files", text("title"), text("code", "编号", validate={"maxLength": 1})))
    )
    values = {"works": [{}, {"name": "x", "files": [{}, {"code": "12"}]}]}
    assert sentences(sample, values) == ["第 2 行的第 2 行“编号”最多 1 个字，现在是 2 个字"]


def test_blank_rows_are_not_asked_about_not_counted_and_not_kept() -> None:
    sample = form(
        rows("education", SCHOOL, LEVEL, part("checkbox", "first"), properties={"minRows": "1"}, label="学习经历")
    )
    blank = {"education": [{}, {"school": "", "level": None, "first": False}]}
    assert sentences(sample, blank) == ["“学习经历”至少填写 1 行，现在是 0 行"]
    assert sample.clean(blank) == {"education": []}
    assert sentences(sample, blank, partial=True) == []
    mixed = {"education": [{}, {"level": "本科"}]}
    assert sentences(sample, mixed) == ["第 2 行：请填写“毕业院校”"]
    assert sample.clean(mixed) == {"education": [{"level": "本科"}]}


def test_a_default_alone_does_not_fill_a_row() -> None:
    sample = form(rows("papers", text("title", validate=REQUIRED), text("language", defaultValue="中文")))
    assert sentences(sample, {"papers": [{"language": "中文"}]}) == []
    assert sample.clean({"papers": [{"language": "中文"}]}) == {"papers": []}


def test_there_are_never_more_rows_than_allowed() -> None:
    sample = form(rows("education", SCHOOL, label="学习经历", properties={"maxRows": "2"}))
    assert sentences(sample, {"education": [{"school": "x"}] * 3}) == ["“学习经历”最多 2 行，请删除多余的行"]
    assert sentences(form(rows("a", SCHOOL)), {"a": [{"school": "x"}] * 201}) == ["“a”最多 200 行，请删除多余的行"]


@pytest.mark.parametrize("value", ["x", 3, {"0": {}}, [1], [None], ["x", {}]])
def test_what_is_no_list_of_rows_is_named(value: object) -> None:
    sample = form(rows("education", SCHOOL, label="学习经历"))
    assert sentences(sample, {"education": value}) == ["“学习经历”的内容格式不正确，请重新填写"]
    assert sentences(sample, sample.merge({"education": value}, {})) == ["“学习经历”的内容格式不正确，请重新填写"]
    assert sample.prepare({"education": value}).nodes[0].name == "education"


def test_empty_rows_stand_ready_as_the_form_says() -> None:
    def drawn(**more: Any) -> int:
        return len(form(rows("r", text("a"), **more)).prepare({}).nodes[0].rows)

    assert (drawn(), drawn(defaultRepetitions=3), drawn(defaultRepetitions=0)) == (1, 3, 0)
    assert drawn(defaultRepetitions=0, properties={"minRows": "2"}) == 2
    assert len(form(rows("r", text("a"))).prepare({"r": []}).nodes[0].rows) == 0


def test_few_short_inputs_make_a_table_others_cards() -> None:
    slim = form(rows("r", text("a"), part("number", "b"))).prepare({}).nodes[0]
    assert (slim.display, [column.key for column in slim.columns]) == ("table", ["a", "b"])
    assert form(rows("r", text("a"), part("textarea", "b"))).prepare({}).nodes[0].display == "cards"
    assert form(rows("r", *(text(f"f{n}") for n in range(7)))).prepare({}).nodes[0].display == "cards"
    assert form(rows("r", text("a"), properties={"display": "cards"})).prepare({}).nodes[0].display == "cards"


def test_a_card_is_titled_by_its_chosen_columns() -> None:
    sample = form(rows("r", text("a"), text("b"), part("textarea", "c"), properties={"tableColumns": "b"}))
    assert [row.title for row in sample.prepare({"r": [{"a": "1", "b": "某大学"}, {}]}).nodes[0].rows] == ["某大学", ""]
