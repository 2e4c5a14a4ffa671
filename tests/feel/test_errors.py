"""What is wrong is said in Chinese, with its place."""

import pytest

from engine.errors import ZhipingError
from engine.feel import FeelAssertionError, FeelSyntaxError, compile_expression, compile_unary_tests, evaluate

VALUE = "此处应有一个值，例如数字、文字或名称"

PLACES = [
    ("1 +", 3, f"{VALUE}，表达式已结束"),
    ("=1 +", 4, f"{VALUE}，表达式已结束"),
    ("(1", 2, "括号中的表达式之后应有“)”，表达式已结束"),
    ("a b", 2, "此处应结束，或应有运算符，这里是“b”"),
    ("1 2", 2, "此处应结束，或应有运算符，这里是“2”"),
    ('"abc', 0, "文字缺少结尾的双引号"),
    ("1 /* x", 2, "注释缺少结尾的 */"),
    ("`a", 0, "名称缺少结尾的反引号"),
    ("“a”", 0, "请把““”改为英文双引号"),
    ("2次", 0, "数字后面不能紧跟文字，名称不能以数字开头"),
    ("a # b", 2, "不认识的字符“#”"),
    ("a == b", 3, f"{VALUE}，这里是“=”"),
    ("a && b", 2, "不认识的字符“&”"),
    ("if a then b", 11, "then 的结果之后应有“else”，表达式已结束"),
    ("if a else b", 5, "if 的条件之后应有“then”，这里是“else”"),
    ("for x in xs", 11, "for 的循环变量之后应有“return”，表达式已结束"),
    ("some x in xs", 12, "some 的变量之后应有“satisfies”，表达式已结束"),
    ("for in xs return 1", 4, "此处应有循环变量，这里是“in”"),
    ("[1, 2", 5, "列表的各项之后应有“]”，表达式已结束"),
    ("[1..2", 5, "区间的终点之后应有“]”或“)”，表达式已结束"),
    ("{a 1}", 4, "上下文的键之后应有“:”，这里是“}”"),
    ("{a: 1 b: 2}", 6, "上下文的两项之间应有“,”，这里是“b”"),
    ("a.", 2, "“.”之后应有名称，表达式已结束"),
    ("xs[1", 4, "筛选条件之后应有“]”，表达式已结束"),
    ("f(a: 1, 2)", 8, "参数要么都写名称，要么都不写，这里是“2”"),
    ("1 between 2", 11, "between 的两个值之间应有“and”，表达式已结束"),
    ("1 instance number", 11, "instance 之后应有“of”，这里是“number”"),
    ("1 instance of", 13, "此处应有类型名称，表达式已结束"),
    ('@"soon"', 0, "“soon”不是日期、时间或时长"),
    ("@soon", 1, "“@”之后应有双引号中的日期、时间或时长，这里是“soon”"),
    ("(!= 5)", 1, "区间不能用“!=”表示，这里是“)”"),
    ("function(x) external {}", 12, "不支持外部函数，这里是“external”"),
    (r'"\uD83D"', 0, "文字中的 \\u 转义不是完整的字符"),
    ("1e9999", 0, "数字太大"),
]


@pytest.mark.parametrize(("text", "position", "reason"), PLACES)
def test_syntax_error_names_its_place(text: str, position: int, reason: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


def test_line_and_column_count_from_one() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("1 +\n  * 2")
    assert caught.value.message == f"表达式第 2 行第 3 个字符处有误：{VALUE}，这里是“*”。"


UNARY_PLACES = [
    ("<", 1, f"{VALUE}，表达式已结束"),
    ("1,", 2, f"{VALUE}，表达式已结束"),
    ("not(1", 5, "not 的条件之后应有“)”，表达式已结束"),
    ("not(1,)", 6, f"{VALUE}，这里是“)”"),
    (">= 1 2", 5, "此处应结束，或应有运算符，这里是“2”"),
]


@pytest.mark.parametrize(("text", "position", "reason"), UNARY_PLACES)
def test_error_in_a_cell_names_its_place(text: str, position: int, reason: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_unary_tests(text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


def test_an_assertion_fails_with_its_cause() -> None:
    with pytest.raises(FeelAssertionError) as caught:
        evaluate('assert(x, x > 0, "票数必须为正")', {"x": -1})
    assert caught.value.message == "票数必须为正"


def test_all_errors_are_of_the_family_that_people_may_read() -> None:
    assert issubclass(FeelSyntaxError, ZhipingError)


@pytest.mark.parametrize(
    "text",
    [
        "x.__class__",
        '"".__class__',
        "x.real",
        "[].append",
        "{}.keys",
        "f.__globals__",
        '__import__("os")',
        "x.denominator",
    ],
)
def test_python_is_out_of_reach(text: str) -> None:
    assert evaluate(text, {"x": 1, "f": len}) in (None, [])
