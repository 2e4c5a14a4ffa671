"""How tight each operator binds, from the loosest up (DMN 1.3 §10.3.1.2)."""

OR, AND, COMPARE, ADD, MULTIPLY, POWER = range(1, 7)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
LEVELS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys((*COMPARISONS, "between", "in"), COMPARE),
    **dict.fromkeys("+-", ADD),
    **dict.fromkeys("*/", MULTIPLY),
    "**": POWER,
}
