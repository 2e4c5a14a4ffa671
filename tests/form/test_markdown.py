"""The Markdown of a form's texts: what it draws, and what it never lets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from engine.form.markings import escape_markdown
from web.shared.markdown import to_html


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("一段\n第二行\n\n另一段", "<p>一段<br>\n第二行</p>\n<p>另一段</p>"),
        ("# 标题\n正文", "<h3>标题</h3>\n<p>正文</p>"),
        ("### 小标题 ###", "<h3>小标题</h3>"),
        ("## 甲\n#### 乙", "<h3>甲</h3>\n<h5>乙</h5>"),
        ("- 甲\n- 乙", "<ul><li>甲</li><li>乙</li></ul>"),
        ("1. 甲\n2) 乙", "<ol><li>甲</li><li>乙</li></ol>"),
        ("> 引用\n> 两行", "<blockquote>引用<br>\n两行</blockquote>"),
        ("---", "<hr>"),
        ("**重要** 与 *强调* 与 `代码`", "<p><strong>重要</strong> 与 <em>强调</em> 与 <code>代码</code></p>"),
        ("[填报说明](/guide)", '<p><a href="/guide">填报说明</a></p>'),
        (
            "[外部](https://example.com/a?b=1&c=2)",
            '<p><a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener">外部</a></p>',
        ),
        ("3 * 4 * 5", "<p>3 * 4 * 5</p>"),
        ("", ""),
    ],
)
def test_markdown_is_drawn(text: str, drawn: str) -> None:
    assert to_html(text) == drawn


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,hi)",
        "[x](//evil.example)",
        '[x](/a"onmouseover="alert(1))',
        "[x](/a\\_b<script>)",
        "[<b>x</b>](https://e.example/<script>)",
        "**<i>x</i>**",
        "[a **b](https://e.example) c**",
    ],
)
def test_nothing_harmful_gets_through(text: str) -> None:
    assert_harmless(text)


@given(st.text(alphabet="ab<>\"'&[]()*_`#->!\\/:. \n\ue03cjavscriptht", max_size=60))
def test_no_text_at_all_makes_harm(text: str) -> None:
    assert_harmless(text)


@given(st.text(max_size=40))
def test_what_people_typed_reads_as_typed(text: str) -> None:
    root = html.fragment_fromstring(to_html("x" + escape_markdown(text)), create_parent="div")
    visible = "".join(c for c in root.text_content() if not 0xE000 <= ord(c) <= 0xE0FF)
    expected = "".join(c for c in "x" + " ".join(text.split()) if not 0xE000 <= ord(c) <= 0xE0FF)
    if all(c.isprintable() for c in text):
        assert visible == expected
        assert {element.tag for element in root.iter()} <= {"div", "p"}


def assert_harmless(text: str) -> None:
    root = html.fragment_fromstring(to_html(text), create_parent="div")
    allowed = {
        "div",
        "p",
        "br",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "hr",
        "strong",
        "em",
        "code",
        "a",
    }
    for element in root.iter():
        assert element.tag in allowed
        assert set(element.attrib) <= {"href", "target", "rel"}
        if element.tag == "a":
            assert element.get("href", "").lower().startswith(("http://", "https://", "mailto:", "/", "#"))
            assert not element.get("href", "").startswith("//")
