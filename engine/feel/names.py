"""Names of several words: which of them the parser may join at a place in the text."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.feel.errors import FeelError
from engine.feel.lexer import Token, tokenize

_PROPERTIES = ("time offset", "start included", "end included")


class Words:
    """Names by their first word, longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.by_first: dict[str, list[tuple[str, list[Token]]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        words = tokenize(name)[:-1]
        if len(words) < 2:
            return
        choices = self.by_first.setdefault(words[0].text, [])
        choices.append((name, words))
        choices.sort(key=lambda choice: -len(choice[1]))

    def match(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        for name, words in self.by_first.get(tokens[at].text, ()):
            if len(tokens) > at + len(words) and all(
                token.text == word.text and (index == 0 or token.spaced == word.spaced)
                for index, (token, word) in enumerate(zip(tokens[at : at + len(words)], words, strict=True))
            ):
                return name, len(words)
        return None


class KnownNames:
    """What the text has defined so far, what the caller says exists, and the built-in functions."""

    def __init__(self, names: Iterable[str]) -> None:
        self._scopes = [Words(names)]
        self._keys = Words(_PROPERTIES)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Names added inside are forgotten afterwards, except as keys after a dot."""
        self._scopes.append(Words())
        try:
            yield
        finally:
            self._scopes.pop()

    def add(self, name: str) -> None:
        if name.isalnum():
            return
        try:
            self._scopes[-1].add(name)
            self._keys.add(name)
        except FeelError:
            return

    def match(self, tokens: list[Token], at: int, *, properties: bool = False) -> tuple[str, int] | None:
        """The longest known name that begins at a token, and how many tokens it takes."""
        found = [scope.match(tokens, at) for scope in self._scopes]
        found.append(self._keys.match(tokens, at) if properties else _builtin(tokens, at))
        return max((choice for choice in found if choice is not None), key=lambda choice: choice[1], default=None)


def _builtin(tokens: list[Token], at: int) -> tuple[str, int] | None:
    """A built-in function's name counts only before `(`, so that `date and time` may also join two variables."""
    found = _BUILTIN.match(tokens, at)
    return found if found is not None and tokens[at + found[1]].text == "(" else None


_BUILTIN = Words()


def register_builtin(name: str) -> None:
    """Tell the parser of a built-in function whose name has spaces."""
    _BUILTIN.add(name)
