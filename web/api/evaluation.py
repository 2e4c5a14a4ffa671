"""Evaluating a deployed decision, or an expression, without a case."""

from typing import Any

import orjson
from fastapi import APIRouter, Body, Request

from engine.decision import DecisionError
from engine.errors import InvalidInput
from engine.feel import FeelError, compile_expression, from_json, to_json
from engine.flow.decisions import evaluate_decision
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
    output = orjson.dumps(to_json(result.value)).decode()
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
        "evaluatedDecisions": [
            {
                "decisionDefinitionId": definition.id,
                "decisionDefinitionKey": own,
                "decisionDefinitionName": definition.name,
                "decisionDefinitionVersion": definition.version,
                "decisionDefinitionType": "DECISION_TABLE",
                "decisionEvaluationInstanceKey": f"{own}-1",
                "output": output,
                "tenantId": shapes.TENANT,
                "matchedRules": [_rule(rule) for rule in result.rules],
                "evaluatedInputs": [],
            }
        ],
        "failedDecisionDefinitionId": None,
        "failureMessage": None,
        "output": output,
        "tenantId": shapes.TENANT,
    }


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "ruleId": rule.id or "",
        "ruleIndex": rule.index,
        "evaluatedOutputs": [
            {
                "outputId": name,
                "outputName": name,
                "outputValue": orjson.dumps(to_json(value)).decode(),
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
