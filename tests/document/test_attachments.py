"""Attachments: told by content, read by owner and by who sees the case, gone when nobody refers to them."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database, Transaction
from engine.document import (
    Attachment,
    FileStore,
    attach_to_case,
    attachments_of_case,
    collect_garbage,
    describe_own,
    find_attachment,
    remove_attachment,
)
from engine.document.images import PHOTO_BYTES
from engine.errors import InvalidInput, NotFound
from tests.document.conftest import APPLICANT, OFFICER, PDF, STRANGER, picture, stored_paths, zipped

Upload = Callable[..., Attachment]
#: what a file is does not depend on the database
CONTENT = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def officer_sees(tx: Transaction, actor: Actor, case_key: int) -> bool:
    return actor is OFFICER and case_key == 70


@CONTENT
@pytest.mark.parametrize(
    ("name", "content", "media_type", "kept_as"),
    [
        ("证书.pdf", PDF, "application/pdf", "证书.pdf"),
        ("证书.jpeg", picture(kind="JPEG"), "image/jpeg", "证书.jpeg"),
        ("photo.png", picture(), "image/png", "photo.png"),
        ("扫描.jpg", PDF, "application/pdf", "扫描.pdf"),
        ("第1.2节", PDF, "application/pdf", "第1.2节.pdf"),
        ("表.docx", zipped("[Content_Types].xml", "word/document.xml"), None, "表.docx"),
        ("表.xlsx", zipped("xl/workbook.xml"), None, "表.xlsx"),
        ("发票.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd", "发票.ofd"),
        ("老表.xls", COMPOUND, "application/vnd.ms-excel", "老表.xls"),
        ("../../etc/p\x00ass.pdf", PDF, "application/pdf", "pass.pdf"),
        ("C:\\Users\\me\\证书.PDF", PDF, "application/pdf", "证书.PDF"),
    ],
)
def test_a_file_is_told_by_its_content(
    upload: Upload, name: str, content: bytes, media_type: str | None, kept_as: str
) -> None:
    kept = upload(name, content)
    assert kept.name == kept_as
    assert kept.size == len(content)
    if media_type:
        assert kept.media_type == media_type


@CONTENT
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("页.html", b"<!doctype html><script>alert(1)</script>"),
        ("证书.pdf", b"<html>%PDF-1.7</html>"),
        ("程序.exe", b"MZ" + b"\0" * 200),
        ("打包.zip", zipped("a.txt")),
        ("证书.pdf", b"plain words"),
        ("坏.docx", b"PK\x03\x04 broken"),
    ],
)
def test_programs_pages_and_archives_are_refused_and_leave_nothing(
    upload: Upload, folder: Path, name: str, content: bytes
) -> None:
    with pytest.raises(InvalidInput) as refused:
        upload(name, content)
    assert refused.value.message.startswith("不支持这种文件。请上传 PDF、图片")
    assert stored_paths(folder) == []


@CONTENT
@pytest.mark.catalogue("P6")
def test_a_large_photo_is_made_small_enough_and_a_small_one_left_alone(upload: Upload, store: FileStore) -> None:
    large = picture((1500, 1500), "PNG")
    assert len(large) > PHOTO_BYTES
    kept = upload("照片.png", large, photo=True)
    assert (kept.size <= PHOTO_BYTES, kept.media_type, kept.name) == (True, "image/jpeg", "照片.jpg")
    small = picture(kind="JPEG")
    assert store.read(upload("照片.jpg", small, photo=True).sha256) == small


@CONTENT
def test_a_photo_has_to_be_a_picture(upload: Upload) -> None:
    with pytest.raises(InvalidInput):
        upload("照片.pdf", PDF, photo=True)
    with pytest.raises(InvalidInput):
        upload("照片.png", picture()[:60], photo=True)


@CONTENT
def test_a_picture_has_a_thumbnail_and_a_broken_one_none(upload: Upload, store: FileStore) -> None:
    kept = upload("大图.png", picture((900, 600), mode="RGBA"))
    assert Image.open(io.BytesIO(store.read_thumbnail(kept.sha256))).size == (320, 213)
    assert upload("坏图.png", picture()[:60]).thumbnail is False
    assert upload("证书.pdf", PDF).thumbnail is False


def test_only_the_owner_reads_a_file_until_it_is_submitted(database: Database, upload: Upload) -> None:
    kept = upload("证书.pdf", PDF)
    with database.transaction() as tx:
        assert find_attachment(tx, APPLICANT, kept.key, officer_sees) == kept
        for other in (OFFICER, STRANGER):
            with pytest.raises(NotFound):
                find_attachment(tx, other, kept.key, officer_sees)
        attach_to_case(tx, OFFICER, [kept.key], 70)
        assert attachments_of_case(tx, 70) == []
        attach_to_case(tx, APPLICANT, [kept.key], 70)
        assert find_attachment(tx, OFFICER, kept.key, officer_sees).name == "证书.pdf"
        assert [found.key for found in attachments_of_case(tx, 70)] == [kept.key]
        with pytest.raises(NotFound):
            find_attachment(tx, STRANGER, kept.key, officer_sees)


def test_a_form_stores_only_files_of_who_fills_it_in(database: Database, upload: Upload) -> None:
    kept = upload("证书.pdf", PDF)
    with database.read() as tx:
        assert describe_own(tx, APPLICANT, str(kept.key)) == {
            "id": str(kept.key),
            "name": "证书.pdf",
            "size": len(PDF),
            "type": "application/pdf",
        }
        assert describe_own(tx, STRANGER, str(kept.key)) is None
        for forged in ("0", "-1", "x", "9" * 30, ""):
            assert describe_own(tx, APPLICANT, forged) is None


def test_a_submitted_file_cannot_be_taken_back_and_a_removed_one_is_gone(database: Database, upload: Upload) -> None:
    first, second = upload("一.pdf", PDF), upload("二.pdf", PDF)
    with database.transaction() as tx:
        attach_to_case(tx, APPLICANT, [first.key], 70)
        remove_attachment(tx, APPLICANT, second.key)
        for key, actor in ((first.key, APPLICANT), (second.key, APPLICANT), (first.key, STRANGER)):
            with pytest.raises(NotFound):
                remove_attachment(tx, actor, key)
        with pytest.raises(NotFound):
            find_attachment(tx, APPLICANT, second.key, officer_sees)


def test_a_content_goes_when_the_last_that_referred_to_it_has_gone_for_a_day(
    database: Database, upload: Upload, store: FileStore, folder: Path, clock: FixedClock
) -> None:
    shared, kept, other = upload("一.pdf", PDF), upload("二.pdf", PDF), upload("图.png", picture())
    with database.transaction() as tx:
        attach_to_case(tx, APPLICANT, [kept.key], 70)
        remove_attachment(tx, APPLICANT, shared.key)
        remove_attachment(tx, APPLICANT, other.key)
    assert collect_garbage(database, store) == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert collect_garbage(database, store) == 1
    assert stored_paths(folder) == [f"sha256/{kept.sha256[:2]}/{kept.sha256}"]
    again = upload("图.png", picture())
    assert store.has(again.sha256)


def test_a_file_never_submitted_is_forgotten_after_a_year(
    database: Database, upload: Upload, store: FileStore, folder: Path, clock: FixedClock
) -> None:
    upload("一.pdf", PDF)
    clock.advance(timedelta(days=399))
    assert collect_garbage(database, store) == 0
    clock.advance(timedelta(days=2))
    assert collect_garbage(database, store) == 1
    assert stored_paths(folder) == []
