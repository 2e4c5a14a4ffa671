"""Each kind of input: what it reads, what it stores, what it says."""

from typing import Any

import pytest

from engine.form import Values
from tests.form.samples import CLOCK, REQUIRED, choice, form, messages, part, sentences, text


def posted(component: dict[str, Any], *texts: str) -> Any:
    key = component["key"]
    return form(component).parse([(key, each) for each in texts], {}).get(key)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (text("a", "毕业院校", validate=REQUIRED), "请填写“毕业院校”"),
        (part("textarea", "a", label="工作总结摘要", validate=REQUIRED), "请填写“工作总结摘要”"),
        (part("number", "a", label="字数", validate=REQUIRED), "请填写“字数”"),
        (part("datetime", "a", dateLabel="出生日期", label="", validate=REQUIRED), "请选择“出生日期”"),
        (part("checkbox", "a", label="承诺", validate=REQUIRED), "请勾选“承诺”"),
        (choice("a", "x", label="民族", validate=REQUIRED), "请选择“民族”"),
        (choice("a", "x", type="radio", label="性别", validate=REQUIRED), "请选择“性别”"),
        (choice("a", "x", type="checklist", label="专长", validate=REQUIRED), "请选择“专长”"),
        (choice("a", "x", type="taglist", label="标签", validate=REQUIRED), "请选择“标签”"),
        (part("filepicker", "a", label="学历证书", validate=REQUIRED), "请上传“学历证书”"),
    ],
)
@pytest.mark.parametrize("values", [{}, {"a": None}])
def test_a_required_input_asks_for_itself(component: dict[str, Any], message: str, values: Values) -> None:
    assert sentences(form(component), values) == [message]
    assert sentences(form(component), values, partial=True) == []


@pytest.mark.parametrize("kind", ["textfield", "textarea"])
def test_text_is_counted_in_characters_a_line_break_as_one(kind: str) -> None:
    component = part(kind, "a", label="备注", validate={"maxLength": 4, "minLength": "2"})
    assert messages(component, "𠮷𠮷𠮷𠮷") == []
    assert messages(component, "一二三四五") == ["“备注”最多 4 个字，现在是 5 个字"]
    assert messages(component, "一") == ["“备注”至少 2 个字，现在是 1 个字"]


def test_text_without_a_limit_still_ends() -> None:
    assert messages(text("a"), "字" * 501) == ["“a”最多 500 个字，现在是 501 个字"]
    assert messages(part("textarea", "a"), "字" * 5001) == ["“a”最多 5000 个字，现在是 5001 个字"]


def test_posted_text_is_tidied() -> None:
    assert posted(text("a"), "  测试\x00 申报人\r\n ") == "测试 申报人"
    assert posted(part("textarea", "a"), "一\r\n二\r三 \n\n") == "一\n二\n三"
    assert posted(text("a"), "\ud800x") == "x"


def test_a_pattern_is_searched_and_says_its_own_message() -> None:
    component = text("a", validate={"pattern": "^[A-Z]{2}$", "patternErrorMessage": "请填写两个大写字母"})
    assert messages(component, "AB") == []
    assert messages(component, "ab") == ["请填写两个大写字母"]
    assert messages(text("a", "编号", validate={"pattern": r"\d"}), "x") == ["“编号”的格式不正确"]


def test_a_pattern_that_runs_for_ever_is_stopped() -> None:
    assert messages(text("a", "编号", validate={"pattern": "(a|aa)+$"}), "a" * 400 + "b") == ["“编号”的格式不正确"]


@pytest.mark.parametrize(
    ("properties", "sound", "wrong", "message"),
    [
        ({"idcard": "true"}, "371325197704051042", "371325197704051043", "“a”校验位不正确，请核对第 18 位"),
        ({"mobile": "true"}, "13000000000", "1300000000", "“a”应为 11 位手机号码"),
        (
            {"credit_code": "true"},
            "91110000600037341L",
            "9111000060003734",
            "“a”应为 18 位数字或大写字母（不含 I、O、S、V、Z）",
        ),
        ({"registry_code": "true"}, "60003734-1", "600037342", "“a”校验位不正确，请核对第 9 位"),
        ({"issn": "true"}, "0378-5955", "0378-5954", "“a”校验位不正确，请核对第 8 位"),
        ({"isbn": "true"}, "978-0-306-40615-7", "9780306406158", "“a”校验位不正确，请核对第 13 位"),
        (
            {"url": "true"},
            "https://example.com/a",
            "javascript:alert(1)",
            "“a”应为完整的网址，以 http:// 或 https:// 开头",
        ),
    ],
)
def test_numbers_and_addresses_are_proved(properties: dict[str, str], sound: str, wrong: str, message: str) -> None:
    component = text("a", properties=properties)
    assert messages(component, sound) == []
    assert messages(component, wrong) == [message]


@pytest.mark.parametrize("address", ["ftp://example.com", "//example.com", "http://", "https://a b", "http://[", "x"])
def test_only_web_addresses_may_become_links(address: str) -> None:
    assert messages(text("a", properties={"url": "true"}), address) != []


@pytest.mark.catalogue("Q40")
def test_a_telephone_is_counted_without_hyphens_and_spaces() -> None:
    component = text("a", "现工作单位联系电话", properties={"phone12": "true"}, validate={"maxLength": 12})
    assert messages(component, "0311-12345678") == []
    assert messages(component, "0311 1234 5678") == []
    assert messages(component, "0311-123456789") == [
        "“现工作单位联系电话”应为 5 至 12 位数字（横线和空格不计），如 0311-12345678"
    ]
    assert messages(component, "转 8012") != []


def test_mail_and_telephone_of_form_js() -> None:
    assert messages(text("a", validate={"validationType": "email"}), "a@example.com") == []
    assert messages(text("a", validate={"validationType": "email"}), "a@b") == [
        "“a”不是有效的电子邮箱，应形如 name@example.com"
    ]
    assert messages(text("a", validate={"validationType": "phone"}), "+86 130 0000 0000") == []
    assert messages(text("a", validate={"validationType": "phone"}), "none") == ["“a”不是有效的电话号码"]


def test_a_format_may_hold_only_at_times() -> None:
    sample = form(choice("kind", "01", "02"), text("number", "证件号码", properties={"idcard": '=kind = "01"'}))
    assert sentences(sample, {"kind": "02", "number": "E1234567"}) == []
    assert sentences(sample, {"kind": "01", "number": "E1234567"}) == [
        "“证件号码”应为 18 位，前 17 位是数字，末位是数字或 X"
    ]


def test_a_number_in_full_width_is_read() -> None:
    assert (
        posted(text("a", properties={"idcard": "true"}), " ３７１３２５１９７７０４０５１０４２ ")
        == "371325197704051042"
    )
    assert posted(part("number", "a"), "１，２３４．５") == 1234.5


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("12", 12), ("12.0", 12), ("0.1", 0.1), ("-3", -3), ("1,000", 1000), ("", None), ("1e3", 1000)],
)
def test_numbers_are_stored_as_json_numbers(typed: str, stored: object) -> None:
    found = posted(part("number", "a"), typed)
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize("typed", ["abc", "1234567890123456", "1e99", "NaN", "Infinity", "--1"])
def test_what_is_no_number_stays_as_typed_and_is_named(typed: str) -> None:
    stored = posted(part("number", "a", label="年限"), typed)
    assert stored == typed
    assert messages(part("number", "a", label="年限"), stored) == ["“年限”应为数字，不超过 15 位"]


def test_numbers_keep_to_their_bounds() -> None:
    component = part("number", "a", label="得分", decimalDigits=1, validate={"min": 0, "max": "100"})
    assert messages(component, 99.5) == []
    assert messages(component, -1) == ["“得分”不能小于 0"]
    assert messages(component, 100.5) == ["“得分”不能大于 100"]
    assert messages(component, 1.25) == ["“得分”最多 1 位小数"]
    assert messages(part("number", "a", label="人数", decimalDigits=0), 1.5) == ["“人数”应为整数"]
    assert messages(part("number", "a", label="学分", increment="0.5"), 1.25) == ["“学分”应为 0.5 的倍数"]


def test_a_number_may_be_kept_as_text() -> None:
    component = part("number", "a", serializeToString=True)
    assert posted(component, "1.10") == "1.10"
    assert messages(component, "1.10") == []
    assert messages(component, 1.1) == ["“a”应为数字，不超过 15 位"]


@pytest.mark.parametrize(
    ("more", "typed", "stored"),
    [
        ({}, "2026-06-30", "2026-06-30"),
        ({}, "2026年6月3日", "2026-06-03"),
        ({}, "2026.6.3", "2026-06-03"),
        ({"properties": {"month": "true"}}, "2026-06", "2026-06"),
        ({"properties": {"month": "true"}}, "2026年6月", "2026-06"),
        ({"subtype": "time"}, "09:30", "09:30+08:00"),
        ({"subtype": "time", "timeSerializingFormat": "utc_normalized"}, "09:30", "01:30Z"),
        ({"subtype": "time", "timeSerializingFormat": "no_timezone"}, "09:30", "09:30"),
        ({"subtype": "datetime"}, "2026-06-30T09:30", "2026-06-30T09:30+08:00"),
        ({"subtype": "datetime", "timeSerializingFormat": "utc_normalized"}, "2026-06-30T09:30", "2026-06-30T01:30Z"),
        ({"subtype": "datetime", "timeSerializingFormat": "no_timezone"}, "2026-06-30 09:30", "2026-06-30T09:30"),
        ({}, "", None),
    ],
)
def test_days_and_times_are_stored_as_iso_text(more: dict[str, Any], typed: str, stored: str | None) -> None:
    component = part("datetime", "a", **more)
    assert posted(component, typed) == stored
    if stored:
        assert messages(component, stored) == []
        shown = form(component).prepare({"a": stored}, clock=CLOCK).nodes[0].typed
        assert posted(component, shown) == stored


@pytest.mark.parametrize(
    "value", ["2026-02-30", "2026-13-01", "20260630", "2026-W01-1", "0001-01-01", "明天", 20260630, "2026-06-30T00:00"]
)
def test_a_day_that_is_none_is_named(value: object) -> None:
    assert messages(part("datetime", "a", label="日期"), value) == ["“日期”不是有效的日期或时间，应形如 2026-06-30"]


def test_days_keep_to_their_bounds() -> None:
    component = part("datetime", "a", label="取得时间", properties={"minDate": "2000-01-01", "maxDate": "=today()"})
    assert messages(component, "2026-06-30") == []
    assert messages(component, "1999-12-31") == ["“取得时间”不能早于 2000-01-01"]
    assert messages(component, "2026-07-01") == ["“取得时间”不能晚于 2026-06-30"]
    month = part("datetime", "a", label="发表年月", properties={"month": "true", "maxDate": "=today()"})
    assert messages(month, "2026-06") == []
    assert messages(month, "2026-07") == ["“发表年月”不能晚于 2026-06"]
    assert messages(part("datetime", "a", label="会议", disallowPassedDates=True), "2026-06-29") == [
        "“会议”不能早于今天"
    ]


def test_a_checkbox_that_is_not_ticked_is_false() -> None:
    assert posted(part("checkbox", "a"), "") is False
    assert posted(part("checkbox", "a"), "", "true") is True
    assert messages(part("checkbox", "a", label="承诺"), "yes") == ["“承诺”的内容格式不正确，请重新填写"]


def test_a_choice_must_be_offered() -> None:
    assert messages(choice("a", "x", "y", label="学历"), "x") == []
    assert messages(choice("a", "x", "y", label="学历"), "z") == ["“学历”的选项已不可选，请重新选择"]
    assert messages(choice("a", "x", type="checklist", label="专长"), ["x", "z"]) == [
        "“专长”的选项已不可选，请重新选择"
    ]


def test_several_choices_are_a_list_each_once() -> None:
    component = choice("a", "x", "y", type="checklist")
    assert posted(component, "", "x", "y", "x") == ["x", "y"]
    assert posted(component, "") == []


@pytest.mark.parametrize("kind", ["textfield", "textarea", "number", "datetime", "checkbox"])
@pytest.mark.parametrize("value", [["x"], {"a": 1}])
def test_json_of_a_wrong_type_is_named_and_breaks_nothing(kind: str, value: object) -> None:
    assert len(messages(part(kind, "a"), value)) == 1


@pytest.mark.parametrize("kind", ["select", "radio", "checklist", "taglist"])
@pytest.mark.parametrize("value", [[["x"]], {"a": 1}])
def test_json_of_a_wrong_type_is_no_choice(kind: str, value: object) -> None:
    assert len(messages(choice("a", "x", type=kind), value)) == 1
    assert form(choice("a", "x", type=kind)).prepare({"a": value}).nodes[0].chosen == frozenset()


def test_a_number_given_for_a_text_is_not_taken_for_one() -> None:
    assert messages(text("a", "手机"), 13000000000) == ["“手机”的内容格式不正确，请重新填写"]


@pytest.mark.parametrize("kind", ["textfield", "textarea", "number", "datetime"])
def test_no_control_character_gets_in(kind: str) -> None:
    assert posted(part(kind, "a"), "x\x00\x07\ud800y") == "xy"
