"""What this chapter hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.registry import Registry
from engine.organisation.unit_following import following
from engine.result.aftercare import asking, complaint, issuing, recognition, reexamination, revocation
from engine.result.aftercare.telling import keep_files, tell_aftercare

#: forms that take files and need nothing else looked at
WITH_FILES = (
    "reexamination_request",
    "reexamination_check",
    "complaint_finding",
    "revocation_proposal",
    "revocation_hearing",
    "certificate_confirmation_request",
    "certificate_reissue_request",
)


def register_aftercare(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector of complaints; how open cases follow a unit that is merged."""
    for form in WITH_FILES:
        registry.add_hook(form, keep_files)
    registry.add_hook("initial_recognition_request", recognition.check_recognition)
    registry.add_hook("certificate_correction_request", issuing.check_correction)
    for form in ("certificate_reissue_decision", "certificate_correction_decision"):
        registry.add_hook(form, issuing.check_replaceable)
    registry.add_inline(tell_aftercare.__name__, tell_aftercare, tells=True)
    for handler in (
        complaint.answer_complaint,
        issuing.describe_request,
        issuing.issue_recognised,
        issuing.issue_confirmed,
        issuing.reissue_certificate,
        issuing.correct_certificate,
        revocation.revoke_title,
    ):
        registry.add_inline(handler.__name__, handler)
    registry.add_projector(complaint.PROCESS, complaint.project_complaint)
    registry.add_follower(complaint.PROCESS, following("title_office", "handler", "complained_unit"))
    registry.add_follower(revocation.PROCESS, following("title_office"))
    for process in (reexamination.PROCESS, *asking.WORDS):
        registry.add_follower(process, following("unit", "title_office"))
