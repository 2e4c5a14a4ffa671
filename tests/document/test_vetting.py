"""Looking at files before they can be submitted: viruses, portraits, scanners that are away."""

import io
import shlex
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from engine.db import Database
from engine.document import (
    Attachment,
    FileStore,
    Vetter,
    Vetting,
    add_attachment,
    attach_to_case,
    describe_own,
    find_attachment,
    store_received,
    vet_files,
)
from engine.document.images import crop_portrait
from engine.document.scanning import make_scanner
from engine.errors import NotFound, Refused
from tests.document.conftest import APPLICANT, OFFICER, PDF, picture, receive

Bring = Callable[..., Attachment]
VIRUS = PDF + b"EICAR"
PROGRAM = "import sys; found = b'EICAR' in sys.stdin.buffer.read(); print('Eicar' if found else ''); sys.exit(found)"


@pytest.fixture
def bring(store: FileStore, database: Database) -> Bring:
    def bring(name: str, content: bytes, **how: object) -> Attachment:
        stored = store_received(store, receive(store, content), name)
        with database.transaction() as tx:
            return add_attachment(tx, APPLICANT, store, stored, **how)  # type: ignore[arg-type]

    return bring


def now(database: Database, held: Attachment) -> Attachment:
    with database.read() as tx:
        return find_attachment(tx, APPLICANT, held.key, lambda *_: False)


@pytest.fixture
def vetter() -> Vetter:
    return Vetter(make_scanner(f"command:{sys.executable} -c {shlex.quote(PROGRAM)}"))


def test_a_clean_file_may_be_submitted_once_it_was_looked_at(
    bring: Bring, database: Database, store: FileStore, vetter: Vetter
) -> None:
    held = bring("证书.pdf", PDF, vetted=False)
    with database.transaction() as tx, pytest.raises(Refused) as refused:
        attach_to_case(tx, APPLICANT, [held.key], 70)
    assert refused.value.message.startswith("“证书.pdf”还在检查中")
    assert vet_files(database, store, vetter) == 1
    assert now(database, held).vetting is Vetting.PASSED
    with database.transaction() as tx:
        attach_to_case(tx, APPLICANT, [held.key], 70)
    assert vet_files(database, store, vetter) == 0


def test_an_infected_file_is_kept_from_everybody_and_taken_by_no_form(
    bring: Bring, database: Database, store: FileStore, vetter: Vetter
) -> None:
    held = bring("证书.pdf", VIRUS, vetted=False)
    vet_files(database, store, vetter)
    with database.read() as tx:
        with pytest.raises(Refused) as refused:
            find_attachment(tx, APPLICANT, held.key, lambda *_: True)
        with pytest.raises(NotFound):
            find_attachment(tx, OFFICER, held.key, lambda *_: True)
        assert describe_own(tx, APPLICANT, str(held.key)) is None
    assert refused.value.message == "文件含有病毒（Eicar），已拒收，请杀毒或更换文件后重新上传。"
    with database.transaction() as tx, pytest.raises(Refused):
        attach_to_case(tx, APPLICANT, [held.key], 70)


def test_while_the_scanner_is_away_files_wait(bring: Bring, database: Database, store: FileStore) -> None:
    held = bring("证书.pdf", PDF, vetted=False)
    for address in ("command:/nowhere/scanner", f"command:{sys.executable} -c exit(2)", "clamd:///nowhere.sock"):
        assert vet_files(database, store, Vetter(make_scanner(address))) == 0
    assert now(database, held).vetting is Vetting.WAITING


class FakeClamd(threading.Thread):
    """Takes one INSTREAM and answers like clamd."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(size)
            answer = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
            connection.sendall(answer)


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    server = FakeClamd(tmp_path / "clamd.sock")
    server.start()
    yield f"clamd://{tmp_path / 'clamd.sock'}"
    server.listener.close()
    server.join(5)


@pytest.mark.parametrize(("content", "found"), [(PDF, None), (VIRUS, "Eicar-Test-Signature")])
def test_clamd_is_asked_by_instream(clamd: str, content: bytes, found: str | None) -> None:
    scanner = make_scanner(clamd)
    assert scanner is not None
    assert scanner.scan(io.BytesIO(content)) == found


def test_an_address_of_no_kind_is_an_error() -> None:
    assert make_scanner("") is None
    with pytest.raises(ValueError, match="ZHIPING_SCANNER"):
        make_scanner("http://scanner")


# --- portraits --------------------------------------------------------------------------------------------------------


@pytest.mark.catalogue("P6")
def test_any_picture_becomes_a_portrait_of_at_most_500_kilobytes(
    bring: Bring, database: Database, store: FileStore
) -> None:
    held = bring("照片.bmp", picture((1800, 1500), "BMP"), crop={})
    assert held.describe()["size"] == 500 * 1024
    vet_files(database, store, Vetter())
    kept = now(database, held)
    portrait = Image.open(io.BytesIO(store.read(kept.sha256)))
    assert (kept.name, kept.media_type, kept.size <= 500 * 1024) == ("照片.jpg", "image/jpeg", True)
    assert portrait.width * 4 == pytest.approx(portrait.height * 3, abs=4)
    assert kept.describe()["size"] == kept.size


@pytest.mark.catalogue("P6")
def test_the_frame_is_cut_out_upright_and_without_what_the_camera_noted() -> None:
    halves = Image.new("RGB", (800, 400), "red")
    halves.paste("blue", (400, 0, 800, 400))
    turned = halves.transpose(Image.Transpose.ROTATE_90)  # lies on its side; the note says how to turn it
    target = io.BytesIO()
    noted = turned.getexif()
    noted[0x0112] = 6
    noted[0x010F] = "某相机"
    turned.save(target, "JPEG", exif=noted, quality=95)
    cut = Image.open(io.BytesIO(crop_portrait(target.getvalue(), [0.5, 0.0, 0.375, 1.0])))
    red, _, blue = cut.getpixel((cut.width // 2, cut.height // 2))  # type: ignore[misc]
    assert (cut.size, blue > 200, red < 60, dict(cut.getexif())) == ((300, 400), True, True, {})


def test_a_picture_that_cannot_be_read_is_refused_with_a_sentence(
    bring: Bring, database: Database, store: FileStore
) -> None:
    held = bring("照片.png", picture()[:60], crop={})
    vet_files(database, store, Vetter())
    with database.read() as tx, pytest.raises(Refused) as refused:
        find_attachment(tx, APPLICANT, held.key, lambda *_: False)
    assert refused.value.message == "图片无法打开，可能已损坏，请重新导出或拍摄后再上传。"
