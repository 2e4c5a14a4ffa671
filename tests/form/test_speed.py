"""What one check of a form costs: printed, and counted where counting is exact."""

import time

from engine.form import FormView
from tests.form.samples import CLOCK, REQUIRED, Lists, choice, form, part, rows, text

TEN = form(
    text("name", validate=REQUIRED),
    text("identity", validate=REQUIRED, properties={"idcard": "true"}),
    choice("sex", "1", "2", type="radio", validate=REQUIRED),
    part("datetime", "birth", validate=REQUIRED),
    text("mobile", validate=REQUIRED, properties={"mobile": "true"}),
    text("telephone", properties={"phone12": "true"}),
    part("textarea", "summary", validate={"required": True, "maxLength": 400}),
    part("number", "years", validate={"min": 0, "max": 60}),
    choice("has_title", "yes", "no", validate=REQUIRED),
    text("title", conditional={"hide": '=has_title = "no"'}, validate=REQUIRED),
)
PAIRS = [
    ("name", "测试申报人"),
    ("identity", "371325197704051042"),
    ("sex", "2"),
    ("birth", "1977-04-05"),
    ("mobile", "13000000000"),
    ("telephone", "0311-12345678"),
    ("summary", "摘要" * 100),
    ("years", "20"),
    ("has_title", "yes"),
    ("title", "讲师"),
]
ROUNDS = 300


def test_ten_inputs_are_parsed_and_checked_in_a_fraction_of_a_millisecond() -> None:
    began = time.process_time()
    for _ in range(ROUNDS):
        values = TEN.parse(PAIRS, {}, clock=CLOCK)
        problems = TEN.validate(values, clock=CLOCK)
    print(f"parse and check ten inputs: {(time.process_time() - began) / ROUNDS * 1000:.3f} ms")
    assert problems == []
    assert len(values) == 10


def test_a_page_of_rows_asks_each_code_list_once() -> None:
    sample = form(rows("r", part("select", "series", properties={"refList": "series"}), text("note")))
    values = {"r": [{"series": "health"}] * 100}
    lists = Lists()
    view: FormView = sample.prepare(values, options=lists, clock=CLOCK)
    assert len(view.nodes[0].rows) == 100
    assert len(lists.asked) == 1
    sample.validate(values, options=lists, clock=CLOCK)
    assert len(lists.asked) == 2
