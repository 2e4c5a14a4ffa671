"""Functions and their invocation to closures."""

from engine.feel import syntax as s
from engine.feel.compiler import Compiler, emits
from engine.feel.scope import Evaluate, Run, Scope
from engine.feel.values import Function, Value

_WRITTEN_OUT = frozenset({"date", "time", "date and time", "duration"})


@emits(s.FunctionOf)
def _function(node: s.FunctionOf, compiler: Compiler) -> Evaluate:
    with compiler.locals(node.parameters):
        body = compiler.compile(node.body)
    weight = s.count_nodes(node.body)
    parameters = node.parameters

    def define(scope: Scope) -> Value:
        home = scope.inner()

        def call(run: Run, arguments: list[Value]) -> Value:
            if len(arguments) != len(parameters):
                return None
            run.charge(weight)
            inner = home.inner()
            inner.locals.update(zip(parameters, arguments, strict=True))
            return run.call(lambda: body(inner))

        return Function(parameters, call, home.locals)

    return define


@emits(s.Call)
def _call(node: s.Call, compiler: Compiler) -> Evaluate:
    if _is_constant(node, compiler):
        return _constant(node, compiler)
    arguments = [compiler.compile(argument) for argument in node.arguments]
    function = _called(node.function, compiler)

    def invoke(scope: Scope) -> Value:
        called = function(scope)
        if type(called) is not Function:
            return None
        return called.call(scope.run, [argument(scope) for argument in arguments])

    def invoke_by_name(scope: Scope) -> Value:
        called = function(scope)
        if type(called) is not Function:
            return None
        return call_by_name(scope.run, called, dict(zip(node.names, [a(scope) for a in arguments], strict=True)))

    return invoke_by_name if node.names else invoke


def _is_constant(node: s.Call, compiler: Compiler) -> bool:
    """Whether this is a date, time or duration written out, which need be read only once."""
    return (
        isinstance(node.function, s.Name)
        and node.function.text in _WRITTEN_OUT
        and not compiler.is_local(node.function.text)
        and not node.names
        and all(isinstance(argument, s.Literal) for argument in node.arguments)
    )


def _constant(node: s.Call, compiler: Compiler) -> Evaluate:
    assert isinstance(node.function, s.Name)
    given = [argument.value for argument in node.arguments if isinstance(argument, s.Literal)]
    value = compiler.builtins[node.function.text].call(Run(None, None), given)
    return lambda scope: value


def _called(function: s.Node, compiler: Compiler) -> Evaluate:
    """A name in front of brackets is a local function, a built-in one, then one of the context."""
    if isinstance(function, s.Name) and not compiler.is_local(function.text):
        builtin = compiler.builtins.get(function.text)
        if builtin is not None:
            return lambda scope: builtin
    return compiler.compile(function)


def call_by_name(run: Run, function: Function, arguments: dict[str, Value]) -> Value:
    """Invoke with named arguments; a parameter left out is null, a name the function does not know gives null."""
    if function.by_name is not None:
        return function.by_name(run, arguments)
    if not arguments.keys() <= set(function.parameters):
        return None
    return function.call(run, [arguments.get(name) for name in function.parameters])
