"""Relations between points and ranges (DMN 1.3 table 78). A missing end reaches without limit."""

from collections.abc import Callable
from operator import eq, gt, lt

from engine.feel.builtins.registry import builtin
from engine.feel.compiler import make_range
from engine.feel.errors import FeelError
from engine.feel.operators import both, compare
from engine.feel.parser import parse_expression
from engine.feel.scope import Run
from engine.feel.syntax import Literal, RangeOf
from engine.feel.values import Range, Value


def _below(first: Range, second: Range) -> bool | None:
    """`first` ends before `second` starts."""
    if first.end is None or second.start is None:
        return False
    touching = both((compare(first.end, second.start, eq), not (first.end_included and second.start_included)))
    less = compare(first.end, second.start, lt)
    return None if less is None else less or touching is True


def _ends_equal(first: Value, second: Value) -> bool | None:
    if first is None or second is None:
        return first is second
    return compare(first, second, eq)


def _starts_alike(first: Range, second: Range) -> bool | None:
    return both((_ends_equal(first.start, second.start), first.start_included == second.start_included))


def _ends_alike(first: Range, second: Range) -> bool | None:
    return both((_ends_equal(first.end, second.end), first.end_included == second.end_included))


def _starts_earlier(first: Range, second: Range) -> bool | None:
    """`first` holds a point below everything in `second`."""
    if second.start is None:
        return False
    if first.start is None:
        return True
    less = compare(first.start, second.start, lt)
    wider = first.start_included and not second.start_included
    return None if less is None else less or (wider and compare(first.start, second.start, eq) is True)


def _ends_later(first: Range, second: Range) -> bool | None:
    """`first` holds a point above everything in `second`."""
    if second.end is None:
        return False
    if first.end is None:
        return True
    more = compare(first.end, second.end, gt)
    wider = first.end_included and not second.end_included
    return None if more is None else more or (wider and compare(first.end, second.end, eq) is True)


def _point(value: Value) -> Value:
    """A point as the range of itself, so that one rule serves both."""
    return Range(value, value) if type(value) is not Range else value


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _inside(inner: Range, outer: Range) -> bool | None:
    return both((_not(_starts_earlier(inner, outer)), _not(_ends_later(inner, outer))))


def _overlap(first: Range, second: Range) -> bool | None:
    return both((_not(_below(first, second)), _not(_below(second, first))))


def _meets(first: Range, second: Range) -> bool | None:
    if first.end is None or second.start is None:
        return False
    return both((first.end_included, second.start_included, compare(first.end, second.start, eq)))


def _overlaps_before(first: Range, second: Range) -> bool | None:
    return both((_starts_earlier(first, second), _overlap(first, second), _not(_ends_later(first, second))))


def _overlaps_after(first: Range, second: Range) -> bool | None:
    return both((_ends_later(first, second), _overlap(first, second), _not(_starts_earlier(first, second))))


def _coincides(first: Range, second: Range) -> bool | None:
    return both((_starts_alike(first, second), _ends_alike(first, second)))


def _starts(first: Range, second: Range) -> bool | None:
    return both((_starts_alike(first, second), _not(_ends_later(first, second))))


def _finishes(first: Range, second: Range) -> bool | None:
    return both((_ends_alike(first, second), _not(_starts_earlier(first, second))))


_Relation = Callable[[Range, Range], bool | None]


def _swapped(relation: _Relation) -> _Relation:
    return lambda first, second: relation(second, first)


def _at_start(point: Range, span: Range) -> bool | None:
    """A point starts a range that begins with it; a range starts one that begins alike and ends no earlier."""
    return both((span.start_included, _ends_equal(point.start, span.start)))


def _at_end(point: Range, span: Range) -> bool | None:
    return both((span.end_included, _ends_equal(point.end, span.end)))


_POINT_POINT = "point1: point, point2: point"
_POINT_RANGE = "point: point, range: range"
_RANGE_POINT = "range: range, point: point"
_RANGE_RANGE = "range1: range, range2: range"


def _declare(name: str, relation: _Relation, *declarations: str) -> None:
    for declared in declarations:

        @builtin(name, declared)
        def decide(run: Run, first: Value, second: Value) -> Value:
            return relation(_point(first), _point(second))


_declare("before", _below, _POINT_POINT, _POINT_RANGE, _RANGE_POINT, _RANGE_RANGE)
_declare("after", _swapped(_below), _POINT_POINT, _POINT_RANGE, _RANGE_POINT, _RANGE_RANGE)
_declare("coincides", _coincides, _POINT_POINT, _RANGE_RANGE)
_declare("meets", _meets, _RANGE_RANGE)
_declare("met by", _swapped(_meets), _RANGE_RANGE)
_declare("overlaps", _overlap, _RANGE_RANGE)
_declare("overlaps before", _overlaps_before, _RANGE_RANGE)
_declare("overlaps after", _overlaps_after, _RANGE_RANGE)
_declare("during", _inside, _POINT_RANGE, _RANGE_RANGE)
_declare("includes", _swapped(_inside), _RANGE_POINT, _RANGE_RANGE)
_declare("starts", _at_start, _POINT_RANGE)
_declare("starts", _starts, _RANGE_RANGE)
_declare("started by", _swapped(_at_start), _RANGE_POINT)
_declare("started by", _swapped(_starts), _RANGE_RANGE)
_declare("finishes", _at_end, _POINT_RANGE)
_declare("finishes", _finishes, _RANGE_RANGE)
_declare("finished by", _swapped(_at_end), _RANGE_POINT)
_declare("finished by", _swapped(_finishes), _RANGE_RANGE)


@builtin("range", "from: string")
def range_from_text(run: Run, text: str) -> Value:
    """The range written in a text such as `[1..5]`, with literal ends only."""
    try:
        tree = parse_expression(text)
    except FeelError:
        return None
    if not isinstance(tree, RangeOf) or any(not isinstance(end, Literal) for end in tree.children()):
        return None
    start, end = (part.value if isinstance(part, Literal) else None for part in (tree.start, tree.end))
    bounded = tree.start is not None and tree.end is not None
    return make_range(start, end, tree.start_included, tree.end_included, bounded=bounded)
