"""What FEEL may raise: nothing else leaves `engine.feel`.

A wrong type at run time is not an error but null (FEEL's three-valued logic).
"""

from engine.errors import ZhipingError


class FeelError(ZhipingError):
    """表达式有误，请检查。"""


class FeelSyntaxError(FeelError):
    """表达式写法有误，请检查。

    `position` is the offset in the text given by the caller, `line` and `column` count from 1.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        before = text[:position]
        self.reason = reason
        self.position = position
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        super().__init__(f"表达式第 {self.line} 行第 {self.column} 个字符处有误：{reason}。")


class FeelLimitError(FeelError):
    """表达式太大或运行太久，请拆成几步。"""


class FeelAssertionError(FeelError):
    """表达式中的断言不成立。"""
