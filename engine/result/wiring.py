"""What results hang into the flow; `engine.bootstrap` calls it."""

from engine.declaration.deciding import sign
from engine.declaration.sheets.samples import register_template
from engine.flow.registry import Registry
from engine.result.certificate_sheets import TEMPLATE, sample_certificate
from engine.result.closing import check_closing
from engine.result.delivery import KIND, RESULT_DOCUMENTS
from engine.result.documents import check_document
from engine.result.exports import LIST, MINUTES, Export, sample_export
from engine.result.forwarding import approve_results, check_forwarding, forward_results, return_results
from engine.result.granting import grant_titles
from engine.result.leaving import leave_review
from engine.result.objections import (
    PROCESS,
    check_verification,
    overturn_result,
    project_objection,
    record_cheating,
    release_result,
    settle_late_result,
    withhold_result,
)
from engine.result.publicity import (
    check_result_publicity,
    count_result_objections,
    open_result_publicity,
    withdraw_result_publicity,
)
from engine.result.registering import register_results


def register_result(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector of objections."""
    registry.add_hook("result_publicity", check_result_publicity)
    registry.add_hook("result_forwarding", check_forwarding)
    registry.add_hook("result_document", check_document)
    registry.add_hook("result_closing", check_closing)
    registry.add_hook("result_objection_verification", check_verification)
    for form_id in ("result_approval", "result_objection_decision", "result_late_approval"):
        registry.add_hook(form_id, sign)
    for handler in (
        register_results,
        open_result_publicity,
        withdraw_result_publicity,
        count_result_objections,
        forward_results,
        return_results,
        approve_results,
        grant_titles,
        withhold_result,
        release_result,
        overturn_result,
        record_cheating,
        settle_late_result,
        leave_review,
    ):
        registry.add_inline(handler.__name__, handler)
    registry.add_projector(PROCESS, project_objection)
    registry.add_batch(KIND, RESULT_DOCUMENTS)
    register_template(TEMPLATE, "职称证书", sample_certificate)
    register_template(LIST, "评审结果清单", sample_export(Export.PASSED))
    register_template(MINUTES, "会议记录", sample_export(Export.MINUTES))
