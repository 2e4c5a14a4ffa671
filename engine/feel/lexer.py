"""Text to tokens. Names are single words here; the parser joins words into names it knows."""

import re
from dataclasses import dataclass

from engine.feel.errors import FeelLimitError, FeelSyntaxError
from engine.feel.limits import MAX_TEXT

KEYWORDS = frozenset(
    {
        *("and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance"),
        *("null", "of", "or", "return", "satisfies", "some", "then", "true"),
    }
)

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|\ufeff|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    |(?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.(?!\.)\d+)(?:[eE][+-]?\d+)?(?!\w))
    |(?P<name>(?!\d)\w+)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<quoted>`[^`]*`)
    |(?P<symbol>\.\.|\*\*|<=|>=|!=|->|/(?!\*)|[-+*(){}\[\]<>=,.:?@])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is name, keyword, number, string, quoted, symbol or end; `spaced` says whether space comes before."""

    kind: str
    text: str
    position: int
    spaced: bool


def tokenize(text: str) -> list[Token]:
    """All tokens and an end token. Raises `FeelSyntaxError` and `FeelLimitError`."""
    if len(text) > MAX_TEXT:
        raise FeelLimitError(f"表达式超过 {MAX_TEXT} 个字符，请拆成几步。")
    tokens: list[Token] = []
    position, spaced = 0, False
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise FeelSyntaxError(_complaint(text, position), text, position)
        kind = found.lastgroup or ""
        if kind == "space":
            spaced = True
        else:
            word = found.group()
            tokens.append(Token("keyword" if word in KEYWORDS else kind, word, position, spaced))
            spaced = False
        position = found.end()
    tokens.append(Token("end", "", len(text), spaced))
    return tokens


def _complaint(text: str, position: int) -> str:
    if text.startswith('"', position):
        return "文字缺少结尾的双引号"
    if text.startswith("/*", position):
        return "注释缺少结尾的 */"
    if text.startswith("`", position):
        return "名称缺少结尾的反引号"
    if text[position] in "“”‘’":
        return f"请把“{text[position]}”改为英文双引号"
    if text[position].isdigit():
        return "数字后面不能紧跟文字，名称不能以数字开头"
    return f"不认识的字符“{text[position]}”"


def unescape(token: Token, text: str) -> str:
    """The value of a string literal. Raises `FeelSyntaxError` for half a surrogate pair."""
    body = token.text[1:-1]
    if "\\" in body:
        body = _ESCAPE.sub(_replace, body)
    try:
        return body.encode("utf-16", "surrogatepass").decode("utf-16") if not body.isascii() else body
    except UnicodeDecodeError:
        raise FeelSyntaxError("文字中的 \\u 转义不是完整的字符", text, token.position) from None


def _replace(found: re.Match[str]) -> str:
    """Known escapes; others stay as written, so that patterns such as `\\d` need no second backslash."""
    code = found.group(1)
    if len(code) == 1:
        return _SIMPLE.get(code, found.group())
    point = int(code[1:], 16)
    return chr(point) if point <= 0x10FFFF else "�"
