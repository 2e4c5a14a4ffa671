"""How large an expression and its values may grow. Passing a limit raises `FeelLimitError`."""

MAX_TEXT = 20_000
"""Characters of one expression."""

MAX_DEPTH = 100
"""Levels of nesting in the text (brackets, `if`, operators inside operators)."""

MAX_STEPS = 500_000
"""Nodes evaluated in loops, and items or characters handled by built-in functions, in one evaluation."""

MAX_CALLS = 40
"""Functions inside functions, recursion included."""

MAX_ITERATORS = 10
"""Variables of one loop or one quantified condition."""

MAX_STRING = 200_000
"""Characters of a string that an expression builds."""

MAX_DIGITS = 1_000
"""Digits of a whole number that enters from JSON; what is computed is rounded to 34 digits."""

MAX_PATTERN = 1_000
"""Characters of a regular expression."""

MAX_PATTERN_SIZE = 5_000
"""Characters of a regular expression once its counted repetitions are written out."""

REGEX_SECONDS = 0.25
"""Time for all regular expressions of one evaluation together."""

MAX_NODES = 1_000_000
"""Values inside one value when it is turned into JSON or text."""
