"""What a decision may raise."""

from engine.errors import ZhipingError


class DecisionError(ZhipingError):
    """决策表有误，请联系管理员。

    `element` is the id of the element of the model that is at fault, where it has one.
    """

    def __init__(self, message: str, element: str = "") -> None:
        super().__init__(message)
        self.element = element
