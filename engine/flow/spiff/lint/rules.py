"""The rules by name. What each means stands in `docs/lint.md`."""

from collections.abc import Mapping
from typing import Literal

Severity = Literal["error", "warning"]

_ERRORS = """
unreadable no-process id-missing duplicate-id dangling-reference flow-across-scopes
unsupported-element unknown-element misplaced-element repeated-element unsupported-extension unknown-extension unsupported-attribute
no-start several-starts sub-process-start flow-direction unreachable dead-end cycle-without-wait
gateway-condition-missing default-with-condition condition-not-asked event-gateway-arm
several-triggers trigger-not-allowed event-name-missing correlation-key-missing code-missing event-condition-missing
timer-missing timer-literal timer-kind link-pair boundary-place boundary-trigger
job-missing script-missing decision-missing result-missing called-missing binding-incomplete mapping-incomplete
mapping-target multi-instance-collection multi-instance-output
feel-syntax feel-prefix expression-language decision
"""
_WARNINGS = """
several-processes foreign-extension unknown-namespace unknown-attribute
no-default inclusive-always event-gateway-single
form-missing form-unknown assignment-missing job-unknown decision-unknown decision-latest called-unknown
message-uncaught error-uncaught date-as-text unknown-function flow-list
"""

RULES: Mapping[str, Severity] = {
    **dict.fromkeys(_ERRORS.split(), "error"),
    **dict.fromkeys(_WARNINGS.split(), "warning"),
}
