"""Moving over the tokens of a text, and the names that may be read there."""

from collections.abc import Iterable
from typing import NoReturn

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, tokenize, unescape
from engine.feel.names import KnownNames

_WORDS = ("name", "keyword", "number", "quoted")
_SIGNS = ("-", "+", "*", "/", ".")


class Cursor:
    """A place in a text. `range_ends` counts the ranges whose end is being read, where `[` may close."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0
        self.range_ends = 0
        self.known = KnownNames(names)

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next_is(self, *words: str) -> bool:
        token = self.tokens[self.at]
        return token.text in words and token.kind in ("symbol", "keyword")

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *words: str) -> Token | None:
        return self.take() if self.next_is(*words) else None

    def expect(self, word: str, where: str) -> Token:
        if not self.next_is(word):
            self.fail(f"{where}应有“{word}”")
        return self.take()

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        token = self.token
        found = "表达式已结束" if token.kind == "end" else f"这里是“{token.text[:20]}”"
        raise FeelSyntaxError(f"{reason}，{found}", self.text, token.position if position is None else position)

    def name(self) -> str:
        """A name of one word, or of all the words of a name that is known here."""
        known = self.known.match(self.tokens, self.at)
        self.at += 1 if known is None else known[1]
        return self.tokens[self.at - 1].text if known is None else known[0]

    def property_name(self) -> str:
        """The name after a dot; keywords may stand there too."""
        known = self.known.match(self.tokens, self.at, properties=True)
        if known is not None:
            self.at += known[1]
            return known[0]
        token = self.token
        if token.kind not in ("name", "keyword", "quoted"):
            self.fail("“.”之后应有名称")
        self.take()
        return token.text.strip("`") if token.kind == "quoted" else token.text

    def words_until(self, *ends: str) -> str:
        """A key, a parameter or a loop variable: all words up to one of `ends[:-1]`, which is not taken."""
        *stops, what = ends
        if self.token.kind == "string" and self.tokens[self.at + 1].text in stops:
            return unescape(self.take(), self.text)
        start = self.at
        while not self.next_is(*stops):
            if self.token.kind not in _WORDS and not self.next_is(*_SIGNS):
                self.fail(f"{what}之后应有“{stops[0]}”" if self.at > start else f"此处应有{what}")
            self.take()
        if self.at == start:
            self.fail(f"此处应有{what}")
        return join_words(self.tokens[start : self.at])


def join_words(tokens: list[Token]) -> str:
    """Words as one name: spaces between them become one space."""
    return "".join(
        (" " if token.spaced and index else "") + token.text.strip("`") for index, token in enumerate(tokens)
    )
