"""Documents in typst: what a template may do, what becomes of text the fonts do not have, what ends a template that does not."""

import time
from collections.abc import Iterator

import pytest

from engine.document.pdf import compile_pdf
from engine.document.typesetting import FONTS, Typesetter
from engine.errors import ProcessFault
from tests.support.pdf import read_pdf

READ = b'#set text(font: "Noto Serif SC")\n#json(bytes(sys.inputs.data)).text'


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


def set_text(text: str, source: bytes = READ) -> str:
    return read_pdf(compile_pdf("", {"text": text}, source=source)).text


def test_data_is_text_and_never_a_command() -> None:
    hostile = '#read("/etc/passwd") *粗* $x$ \\ "引号" // 注释'
    assert set_text(hostile) == hostile.replace(" ", "")


def test_a_character_no_font_has_is_printed_as_its_number() -> None:
    assert set_text("𠮷䶮") == "[U+20BB7]䶮"


def test_a_word_no_line_could_hold_is_broken() -> None:
    narrow = b"#set page(width: 60mm, height: auto, margin: 5mm)\n" + READ
    pdf = compile_pdf("", {"text": "https://example.org/" + "a" * 90}, source=narrow)
    assert read_pdf(pdf).text == "https://example.org/" + "a" * 90


@pytest.mark.parametrize(
    "source",
    [
        b'#read("/etc/passwd")',
        b'#read("../../../etc/passwd")',
        b'#import "@pre" + "view/cetz:0.3.0": *',
        b'#image("https://example.org/a.png")',
        b"#let",
    ],
)
def test_a_template_reads_no_files_fetches_nothing_and_says_what_is_wrong(source: bytes) -> None:
    with pytest.raises(ProcessFault) as fault:
        compile_pdf("", {}, source=source)
    assert fault.value.message.startswith("文档模板有误：")


def test_a_template_that_does_not_end_is_ended_and_the_next_one_is_set(typesetter: Typesetter) -> None:
    began = time.monotonic()
    endless = b"#for a in range(100000) { for b in range(100000) { let c = a * b } }"
    with pytest.raises(ProcessFault) as fault:
        typesetter.set({"main.typ": endless}, "{}", tagged=False, longest=1)
    assert fault.value.message == "文档排版时间过长，已停止，请检查模板。"
    assert time.monotonic() - began < 10
    assert typesetter.set({"main.typ": READ}, '{"text": "好"}', tagged=False).startswith(b"%PDF")


def test_a_process_that_ended_for_want_of_work_is_started_again(typesetter: Typesetter) -> None:
    typesetter.set({"main.typ": READ}, '{"text": "一"}', tagged=False)
    assert typesetter._process is not None
    typesetter._process.kill()
    assert typesetter.set({"main.typ": READ}, '{"text": "二"}', tagged=False).startswith(b"%PDF")


def test_the_fonts_come_along() -> None:
    assert {file.name for file in FONTS.glob("*.otf")} == {"NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf"}
