"""Small DMN models, drawn in a line or two."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(*parts: str, namespace: str = DMN_13) -> str:
    return f'<definitions xmlns="{namespace}" id="model" name="模型">{"".join(parts)}</definitions>'


def decision(id_: str, logic: str, *, name: str = "", needs: Sequence[str] = (), uses: Sequence[str] = ()) -> str:
    required = "".join(
        f'<informationRequirement><requiredDecision href="#{need}"/></informationRequirement>' for need in needs
    ) + "".join(f'<knowledgeRequirement><requiredKnowledge href="#{use}"/></knowledgeRequirement>' for use in uses)
    return f'<decision id="{id_}" name="{name or id_}"><variable name="{name or id_}"/>{required}{logic}</decision>'


def literal(text: str, id_: str = "literal") -> str:
    return f'<literalExpression id="{id_}"><text>{escape(text)}</text></literalExpression>'


def knowledge(id_: str, parameters: Sequence[str], body: str, *, name: str = "") -> str:
    formal = "".join(f'<formalParameter name="{parameter}"/>' for parameter in parameters)
    return (
        f'<businessKnowledgeModel id="{id_}" name="{name or id_}"><variable name="{name or id_}"/>'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def column(text: str, *, allowed: str = "", label: str = "") -> str:
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    return (
        f'<input id="in_{label or text}" label="{label or text}">'
        f"<inputExpression><text>{escape(text)}</text></inputExpression>{values}</input>"
    )


def result(name: str, *, allowed: str = "", default: str = "") -> str:
    values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
    entry = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output id="out_{name}" name="{name}">{values}{entry}</output>'


def rule(tests: Sequence[str], outputs: Sequence[str], note: str = "") -> str:
    cells = "".join(f"<inputEntry><text>{escape(test)}</text></inputEntry>" for test in tests)
    values = "".join(f"<outputEntry><text>{escape(output)}</text></outputEntry>" for output in outputs)
    return f"<description>{note}</description>{cells}{values}"


def table(
    columns: Sequence[str], results: Sequence[str], rules: Sequence[str], *, policy: str = "", aggregation: str = ""
) -> str:
    attributes = (f' hitPolicy="{policy}"' if policy else "") + (f' aggregation="{aggregation}"' if aggregation else "")
    rows = "".join(f'<rule id="r{number}">{row}</rule>' for number, row in enumerate(rules, 1))
    return f'<decisionTable id="table"{attributes}>{"".join(columns)}{"".join(results)}{rows}</decisionTable>'
