"""Properties that are written out or worked out: `true`, `"=kind = \\"x\\""`, `"还差 {{ 3 - count(files) }} 份"`."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.feel import Expression
from engine.form.scope import Scope
from engine.form.values import shown


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A property's constant, or the FEEL expression that gives it each time."""

    constant: object = None
    expression: Expression | None = None

    def value(self, scope: Scope) -> object:
        return self.constant if self.expression is None else scope.evaluate(self.expression)

    def holds(self, scope: Scope) -> bool:
        """Whether it is true; null is not."""
        return self.value(scope) is True

    @property
    def never(self) -> bool:
        """Whether it cannot become true, so that nobody needs to ask."""
        return self.expression is None and self.constant is not True

    @property
    def always(self) -> bool:
        """Whether it is true without asking."""
        return self.constant is True


NEVER = Dynamic(False)
ABSENT = Dynamic(None)


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{{ expressions }}` in it, or a single expression."""

    pieces: tuple[str | Expression, ...] = ()

    def render(self, scope: Scope, escape: Callable[[str], str] = str) -> str:
        """The text as it reads now; `escape` is applied to what the expressions put in, not to the text itself."""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], str):
            return self.pieces[0]
        return "".join(
            piece if isinstance(piece, str) else escape(shown(scope.evaluate(piece))) for piece in self.pieces
        )


NO_TEXT = Template(("",))
