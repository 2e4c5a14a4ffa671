"""DMN decision models over FEEL: tables with every hit policy, requirements, and an explanation with each answer."""

from engine.decision.errors import DecisionError
from engine.decision.explanation import explain
from engine.decision.model import DecisionName, Finding, Model, read_model
from engine.decision.result import Cell, Evaluated, FiredRule, NearMiss, Result

__all__ = [
    "Cell",
    "DecisionError",
    "DecisionName",
    "Evaluated",
    "Finding",
    "FiredRule",
    "Model",
    "NearMiss",
    "Result",
    "explain",
    "read_model",
]
