"""Regular expressions: those of XPath and Java that `regex` shares, with a limit on time and size.

The text runs through the third-party `regex` module because it can be stopped; the standard `re` cannot.
"""

from functools import lru_cache

import regex

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_PATTERN, MAX_PATTERN_SIZE, MAX_STRING
from engine.feel.scope import Run
from engine.feel.values import Value

_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": regex.VERBOSE}
_REFUSED = regex.compile(r"\\L<|\(\?(?:R|&|P>|P&|\d|[-+]\d|\()|\{[^{}]*[a-z][^{}]*<?=?\d*[^{}]*\}", regex.VERSION1)
_REPEAT = regex.compile(r"\{(\d*)(?:,(\d*))?\}")
_GROUP = regex.compile(r"\\.|\$(\d)", regex.DOTALL)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> "regex.Pattern[str] | None":
    """The compiled pattern, or None where it is no pattern. Raises `FeelLimitError` where it is too large."""
    if "q" in flags:
        pattern = regex.escape(pattern)
    if len(pattern) > MAX_PATTERN or _size(pattern) > MAX_PATTERN_SIZE:
        raise FeelLimitError("正则表达式太长或重复次数太多，请改用更简单的写法。")
    if set(flags) - set("smixq") or _REFUSED.search(regex.sub(r"\\[pP]\{\^?[\w=]+\}", "", pattern)):
        return None
    bits = regex.VERSION1
    for flag in set(flags) - {"q"}:
        bits |= _FLAGS[flag]
    try:
        return regex.compile(_subtraction(pattern), bits)
    except (regex.error, RecursionError, OverflowError, ValueError, IndexError, KeyError):
        return None


def _subtraction(pattern: str) -> str:
    """XPath's `[a-z-[aeiou]]` in the writing of `regex`: `[a-z--[aeiou]]`."""
    level = at = 0
    written: list[str] = []
    while at < len(pattern):
        piece = pattern[at : at + 2] if pattern[at] == "\\" or (level and pattern.startswith("-[", at)) else pattern[at]
        written.append("--[" if piece == "-[" else piece)
        level += (piece in ("[", "-[")) - (piece == "]" and level > 0)
        at += len(piece)
    return "".join(written)


def _size(pattern: str) -> int:
    """How many characters the pattern has once its counted repetitions are written out."""
    sizes = [0]
    last = at = 0
    while at < len(pattern):
        character = pattern[at]
        repeat = _REPEAT.match(pattern, at)
        at += 1
        if character == "(":
            sizes.append(0)
        elif character == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif repeat:
            at = repeat.end()
            times = int((repeat[2] or repeat[1] or "0")[:9])
            sizes[-1] += last * max(times - 1, 0)
        else:
            at += character == "\\"
            last = 1
            sizes[-1] += 1
    return sum(sizes)


@builtin("matches", "input: string, pattern: string, flags?: string")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None
    return run.limit_regex(lambda seconds: compiled.search(text, timeout=seconds) is not None)


@builtin("split", "string: string, delimiter: string")
def split(run: Run, text: str, delimiter: str) -> Value:
    compiled = compile_pattern(delimiter, "")
    if compiled is None:
        return None
    return run.limit_regex(lambda seconds: _pieces(run, compiled, text, seconds))


def _pieces(run: Run, compiled: "regex.Pattern[str]", text: str, seconds: float) -> list[str]:
    """The text between the matches, as Java's split does: groups are not kept, an empty match at 0 does not cut."""
    pieces: list[str] = []
    start = 0
    for found in compiled.finditer(text, timeout=seconds):
        run.charge(1)
        if found.end() > found.start() or 0 < found.start() < len(text):
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


@builtin("extract", "input: string, pattern: string")
@builtin("extract", "string: string, pattern: string")
def extract(run: Run, text: str, pattern: str) -> Value:
    compiled = compile_pattern(pattern, "")
    if compiled is None:
        return None

    def find(seconds: float) -> list[str]:
        found = [match.group() for match in compiled.finditer(text, timeout=seconds)]
        run.charge(len(found))
        return found

    return run.limit_regex(find)


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None
    literal = "q" in (flags or "")
    return run.limit_regex(lambda seconds: _replace(run, compiled, text, replacement, literal, seconds))


def _replace(run: Run, compiled: "regex.Pattern[str]", text: str, by: str, literal: bool, seconds: float) -> str:
    size = len(text)

    def expand(found: "regex.Match[str]") -> str:
        nonlocal size
        new = by if literal else _GROUP.sub(lambda group: _group(found, group), by)
        size += len(new)
        if size > MAX_STRING:
            raise FeelLimitError(f"文字超过 {MAX_STRING} 个字符，请拆成几步。")
        run.charge(1 + (len(by) >> 4))
        return new

    return compiled.sub(expand, text, timeout=seconds)


def _group(found: "regex.Match[str]", reference: "regex.Match[str]") -> str:
    """`$1` as the group, nothing where it did not take part; `\\$` as the sign itself."""
    if reference[1] is None:
        return reference[0][1:]
    number = int(reference[1])
    return found[number] or "" if number <= found.re.groups else ""
