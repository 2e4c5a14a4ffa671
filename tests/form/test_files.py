"""Attachments: only ids come from outside, what they are comes from who stored them."""

from typing import Any

import pytest

from engine.form.kinds.files import size_text
from tests.form.samples import REQUIRED, form, messages, part, rows, sentences

PDF = {"id": "f1", "name": "学历证书.pdf", "size": 1000, "type": "application/pdf"}
PHOTO = {"id": "f2", "name": "照片.png", "size": 400 * 1024, "type": "image/png"}
STORED = {"f1": PDF, "f2": PHOTO}


def file_input(**more: Any) -> dict[str, Any]:
    return part("filepicker", "a", label="附件", **more)


def test_posted_ids_become_the_descriptors_of_the_store() -> None:
    sample = form(file_input(multiple=True))
    assert sample.parse([("a", ""), ("a", "f2"), ("a", "f1"), ("a", "f2")], {}, files=STORED.get) == {"a": [PHOTO, PDF]}


def test_an_id_nobody_vouches_for_is_left_out() -> None:
    assert form(file_input()).parse([("a", "forged")], {}, files=STORED.get) == {"a": []}
    assert form(file_input()).parse([("a", "f1")], {}) == {"a": []}


def test_what_is_attached_already_needs_no_second_word() -> None:
    assert form(file_input()).parse([("a", "f1")], {"a": [PDF]}) == {"a": [PDF]}


def test_json_may_not_invent_a_size_or_a_type() -> None:
    forged = {"id": "f1", "name": "x.exe", "size": 1, "type": "text/html"}
    assert form(file_input()).merge({"a": [forged, 3, None, {}]}, {}, files=STORED.get) == {"a": [PDF]}


def test_files_in_rows_belong_to_their_row() -> None:
    sample = form(rows("r", file_input()))
    posted = sample.parse([("r[0].a", "f1"), ("r[4].a", "f2")], {}, files=STORED.get)
    assert posted == {"r": [{"a": [PDF]}, {"a": [PHOTO]}]}
    assert sample.parse([("_detach", "r[1].a#f2")], posted) == {"r": [{"a": [PDF]}, {"a": []}]}


def test_a_file_is_taken_off_by_its_id() -> None:
    sample = form(file_input(multiple=True))
    assert sample.parse([("_detach", "a#f1")], {"a": [PDF, PHOTO]}) == {"a": [PHOTO]}
    assert form(file_input(readonly=True)).parse([("_detach", "a#f1")], {"a": [PDF]}) == {"a": [PDF]}


def test_the_number_of_files_is_limited() -> None:
    assert messages(file_input(), [PDF, PHOTO]) == ["“附件”最多上传 1 个文件，现在是 2 个"]
    assert messages(file_input(multiple=True), [PDF, PHOTO]) == []
    component = file_input(multiple=True, properties={"minFiles": "2", "maxFiles": "3"})
    assert messages(component, [PDF]) == ["“附件”至少上传 2 个文件，现在是 1 个"]
    assert messages(component, []) == ["“附件”至少上传 2 个文件，现在是 0 个"]
    assert sentences(form(component), {"a": [PDF]}, partial=True) == []


@pytest.mark.catalogue("P6")
def test_a_photo_is_a_picture_of_at_most_500_k() -> None:
    photo = part("filepicker", "a", label="照片", properties={"image": "true", "maxKB": "500"})
    assert messages(photo, [PHOTO]) == []
    assert messages(photo, [PDF]) == ["“照片”应为图片，请更换文件“学历证书.pdf”"]
    assert messages(photo, [{**PHOTO, "size": 500 * 1024 + 1}]) == [
        "“照片”单个文件不能超过 500 KB，请更换文件“照片.png”"
    ]


def test_types_follow_accept() -> None:
    assert messages(file_input(accept=".pdf, image/*"), [PDF]) == []
    assert messages(file_input(accept="image/*"), [PHOTO]) == []
    assert messages(file_input(accept=".docx,.jpg"), [PDF]) == ["“附件”只接受 .docx,.jpg，请更换文件“学历证书.pdf”"]


def test_a_required_file_must_be_there() -> None:
    assert messages(file_input(validate=REQUIRED), [PDF]) == []
    assert messages(file_input(validate=REQUIRED), []) == ["请上传“附件”"]


@pytest.mark.parametrize("value", ["f1", 3, {"id": "f1"}, ["f1"], [None]])
def test_what_is_no_list_of_files_is_named(value: object) -> None:
    assert messages(file_input(properties={"minFiles": "1"}), value) != []
    assert form(file_input()).prepare({"a": value}).nodes[0].files == ()


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (500 * 1024, "500 KB"), (1024 * 1024, "1 MB"), (1.5 * 1024 * 1024, "1.5 MB")]
)
def test_sizes_read_as_people_say_them(size: float, words: str) -> None:
    assert size_text(size) == words
