"""What a person has to correct, as sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct.

    `path` names the input (`education[1].school`, rows from 0), `rows` are the row numbers as people count them,
    outermost first, `short` is the sentence for beside the field and `message` the one that stands alone.
    """

    path: str
    label: str
    short: str
    section: str = ""
    rows: tuple[int, ...] = ()

    @property
    def message(self) -> str:
        """The sentence with its row in front: 第 2 行：请填写“毕业院校”"""
        if not self.rows:
            return self.short
        where = "的".join(f"第 {row} 行" for row in self.rows)
        return where + self.short if self.short.startswith("“") else f"{where}：{self.short}"


def as_fields(problems: "list[Problem]") -> dict[str, list[str]]:
    """The problems as `engine.errors.InvalidInput` takes them: path → sentences, in the order of the page."""
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.path, []).append(problem.message)
    return fields
