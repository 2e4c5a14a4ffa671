"""Operators, tests and conditions to closures."""

from collections.abc import Callable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from engine.feel import syntax as s
from engine.feel.compiler import INPUT, Compiler, emits
from engine.feel.operators import (
    add,
    both,
    compare,
    divide,
    either,
    equal,
    matches_test,
    multiply,
    negate,
    power,
    subtract,
)
from engine.feel.scope import Evaluate, Scope
from engine.feel.typenames import is_instance
from engine.feel.values import Value

_ARITHMETIC: dict[str, Callable[..., Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
_ORDERS: dict[str, Any] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@emits(s.Arithmetic)
def _arithmetic(node: s.Arithmetic, compiler: Compiler) -> Evaluate:
    first = compiler.compile(node.first)
    rest = [(_ARITHMETIC[operator], compiler.compile(operand)) for operator, operand in node.rest]
    if len(rest) == 1:
        apply, second = rest[0]
        return lambda scope: apply(scope.run, first(scope), second(scope))

    def calculate(scope: Scope) -> Value:
        value = first(scope)
        for operate, operand in rest:
            value = operate(scope.run, value, operand(scope))
        return value

    return calculate


@emits(s.Negation)
def _negation(node: s.Negation, compiler: Compiler) -> Evaluate:
    operand = compiler.compile(node.operand)
    return lambda scope: negate(operand(scope))


@emits(s.Comparison)
def _comparison(node: s.Comparison, compiler: Compiler) -> Evaluate:
    left, right = compiler.compile(node.left), compiler.compile(node.right)
    if node.operator == "=":
        return _equality(left, right)
    if node.operator == "!=":
        return lambda scope: _not(equal(scope.run, left(scope), right(scope)))
    order = _ORDERS[node.operator]

    def check(scope: Scope) -> Value:
        first, second = left(scope), right(scope)
        if type(first) is Decimal and type(second) is Decimal:
            return order(first, second)
        return compare(first, second, order)

    return check


def _equality(left: Evaluate, right: Evaluate) -> Evaluate:
    def check(scope: Scope) -> Value:
        first, second = left(scope), right(scope)
        if type(first) is str and type(second) is str:
            return first == second
        return equal(scope.run, first, second)

    return check


def _not(value: Value) -> bool | None:
    return not value if type(value) is bool else None


@emits(s.Between)
def _between(node: s.Between, compiler: Compiler) -> Evaluate:
    value, low, high = (compiler.compile(part) for part in (node.value, node.low, node.high))

    def check(scope: Scope) -> Value:
        tested = value(scope)
        return both((compare(tested, low(scope), ge), compare(tested, high(scope), le)))

    return check


@emits(s.Logic)
def _logic(node: s.Logic, compiler: Compiler) -> Evaluate:
    operands = [compiler.compile(operand) for operand in node.operands]
    join = both if node.operator == "and" else either
    if len(operands) == 2:
        return _pair(operands[0], operands[1], node.operator == "or", join)
    return lambda scope: join(operand(scope) for operand in operands)


def _pair(left: Evaluate, right: Evaluate, decisive: bool, join: Callable[[Any], bool | None]) -> Evaluate:
    def check(scope: Scope) -> Value:
        first = left(scope)
        return decisive if first is decisive else join((first, right(scope)))

    return check


@emits(s.If)
def _if(node: s.If, compiler: Compiler) -> Evaluate:
    condition, then, otherwise = (compiler.compile(part) for part in (node.condition, node.then, node.otherwise))
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


@emits(s.In)
def _in(node: s.In, compiler: Compiler) -> Evaluate:
    value = compiler.compile(node.value)
    with compiler.locals([INPUT]):
        tests = compiler.compile(node.tests)

    def check(scope: Scope) -> Value:
        tested = value(scope)
        inner = scope.inner()
        inner.locals[INPUT] = tested
        return tests(inner)

    return check


@emits(s.Tests)
def _tests(node: s.Tests, compiler: Compiler) -> Evaluate:
    tests = [compiler.compile(test) for test in node.tests]
    if not tests:
        return lambda scope: True
    if len(tests) == 1:
        check = tests[0]
    else:
        check = lambda scope: either(test(scope) for test in tests)  # noqa: E731
    return (lambda scope: _not(check(scope))) if node.negated else check


@emits(s.CompareTest)
def _compare_test(node: s.CompareTest, compiler: Compiler) -> Evaluate:
    operand = compiler.compile(node.operand)
    if node.operator == "=":
        return lambda scope: equal(scope.run, scope.locals[INPUT], operand(scope))
    if node.operator == "!=":
        return lambda scope: _not(equal(scope.run, scope.locals[INPUT], operand(scope)))
    order = _ORDERS[node.operator]
    return lambda scope: compare(scope.locals[INPUT], operand(scope), order)


@emits(s.ValueTest)
def _value_test(node: s.ValueTest, compiler: Compiler) -> Evaluate:
    """A test with `?` is a condition; any other is compared with the input, or must be true."""
    operand = compiler.compile(node.operand)
    if isinstance(node.operand, s.Literal):
        # a cell that says `true` asks whether the input is true; it is no condition that holds for every input
        return lambda scope: matches_test(scope.run, scope.locals[INPUT], operand(scope))
    conditional = any(isinstance(part, s.Input) for part in s.walk(node.operand))

    def check(scope: Scope) -> Value:
        value, tested = operand(scope), scope.locals[INPUT]
        if type(value) is bool and (conditional or type(tested) is not bool):
            return value if conditional or value or tested is None else None
        return None if conditional and value is None else matches_test(scope.run, tested, value)

    return check


@emits(s.InstanceOf)
def _instance_of(node: s.InstanceOf, compiler: Compiler) -> Evaluate:
    operand, name = compiler.compile(node.operand), node.type_name
    return lambda scope: is_instance(operand(scope), name)
