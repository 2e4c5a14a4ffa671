"""Evaluating a deployed decision, or an expression, without a case."""

from typing import Any

import orjson
from fastapi import APIRouter, Body, Request

from engine.decision import DecisionError, Evaluated, FiredRule
from engine.errors import InvalidInput
from engine.feel import FeelError, compile_expression, from_json, to_json
from engine.flow.decision_query import evaluate_decision
from engine.flow.definitions import Definition
from engine.flow.registry import registry_of
from web.api import shapes
from web.api.access import query
from web.api.bodies import as_object, required_text, text, variables
from web.api.requests import to_key

router = APIRouter()


@router.post("/decision-definitions/evaluation")
def evaluate(request: Request, body: Any = Body(None)) -> dict[str, Any]:
    """The decision's answer for these variables, with the rules that fired; nothing is stored."""
    given = as_object(body)
    decision_id, key = text(given, "decisionDefinitionId"), given.get("decisionDefinitionKey")
    if (decision_id is None) == (key is None):
        raise InvalidInput("请给出 decisionDefinitionId 或 decisionDefinitionKey 之一。")
    with query(request) as (tx, _):
        try:
            definition, result = evaluate_decision(
                tx, decision_id, None if key is None else to_key(key), variables(given)
            )
        except DecisionError as error:
            raise InvalidInput(str(error)) from None
    own = shapes.key(definition.key)
    return {
        "decisionDefinitionId": definition.id,
        "decisionDefinitionKey": own,
        "decisionDefinitionName": definition.name,
        "decisionDefinitionVersion": definition.version,
        "decisionRequirementsId": definition.resource_name,
        "decisionRequirementsKey": shapes.key(definition.resource_key),
        "decisionEvaluationKey": own,
        "decisionInstanceKey": own,
        "evaluatedDecisions": [_evaluated(definition, number, one) for number, one in enumerate(result.evaluated, 1)],
        "failedDecisionDefinitionId": None,
        "failureMessage": None,
        "output": _text(result.value),
        "tenantId": shapes.TENANT,
    }


def _text(value: Any) -> str:
    return orjson.dumps(to_json(value)).decode()


def _evaluated(definition: Definition, number: int, one: Evaluated) -> dict[str, Any]:
    return {
        "decisionDefinitionId": one.id,
        "decisionDefinitionKey": shapes.key(definition.key),
        "decisionDefinitionName": one.name,
        "decisionDefinitionVersion": definition.version,
        "decisionDefinitionType": "DECISION_TABLE" if one.hit_policy else "LITERAL_EXPRESSION",
        "decisionEvaluationInstanceKey": f"{definition.key}-{number}",
        "output": _text(one.value),
        "tenantId": shapes.TENANT,
        "matchedRules": [_rule(rule) for rule in one.rules],
        "evaluatedInputs": [
            {"inputId": name, "inputName": name, "inputValue": _text(value)} for name, value in one.inputs.items()
        ],
    }


def _rule(rule: FiredRule) -> dict[str, Any]:
    return {
        "ruleId": rule.id,
        "ruleIndex": rule.index,
        "evaluatedOutputs": [
            {
                "outputId": name,
                "outputName": name,
                "outputValue": _text(value),
                "ruleId": rule.id,
                "ruleIndex": rule.index,
            }
            for name, value in rule.outputs.items()
        ],
    }


@router.post("/expression/evaluation")
def evaluate_expression(request: Request, body: Any = Body(None)) -> dict[str, Any]:
    """The value of a FEEL expression for these variables."""
    given = as_object(body)
    expression = required_text(given, "expression")
    context = {name: from_json(value) for name, value in variables(given).items()}
    with query(request) as (tx, _):
        registry = registry_of(tx)
        try:
            value = compile_expression(expression).evaluate(context, tx.clock, registry.calendar)
        except FeelError as error:
            raise InvalidInput(str(error)) from None
    return {"expression": expression, "result": to_json(value), "warnings": [], "referencedSecrets": []}
