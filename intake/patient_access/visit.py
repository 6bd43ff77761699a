"""What a patient's link opens: the visit, its intake form, and the patient as the actor."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Clinic, ClinicSettings
from clinicflow.clinics.rules.emergency import EmergencyLines, emergency_lines
from clinicflow.clinics.selectors import settings_of
from clinicflow.staff.selectors.actor_resolution import origin_of_request
from intake.models import IntakeForm, PatientLink
from intake.operations import forms
from patients.models import Patient
from scheduling.models import Appointment


@dataclass(frozen=True)
class PatientVisit:
    """The visit that a link was made for, its form if there is one, and the patient as the actor."""

    token: str
    link: PatientLink
    actor: Actor
    clinic: Clinic
    settings: ClinicSettings
    appointment: Appointment
    form: IntakeForm | None

    @property
    def sections(self) -> list[dict[str, Any]]:
        return self.form.questionnaire.sections if self.form else []

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as the patient sees them, submitted or not."""
        return self.form.working_answers if self.form else {}

    @property
    def is_on(self) -> bool:
        """Whether the visit has not been cancelled or missed."""
        return self.appointment.status not in forms.NOT_HELD

    @property
    def may_fill(self) -> bool:
        """Whether there is a form to fill in, or one that the patient is changing."""
        form = self.form
        return form is not None and self.is_on and (form.submitted_at is None or form.is_being_changed)

    @property
    def may_change(self) -> bool:
        """Whether the submitted form may be changed: until the doctor has reviewed it."""
        form = self.form
        return form is not None and self.is_on and form.status != IntakeForm.Status.REVIEWED

    @property
    def emergency(self) -> EmergencyLines:
        """The emergency and crisis lines of the clinic's country."""
        return emergency_lines(self.clinic.country)

    @property
    def is_kiosk(self) -> bool:
        return self.link.purpose == PatientLink.Purpose.KIOSK


class PatientRequest(HttpRequest):
    """A request behind `patient_page`; for annotations only, Django makes the instance.

    `closed_links` holds the hex ids of links whose proof of identity this response withdraws.
    """

    patient: PatientVisit
    closed_links: tuple[str, ...]


def find_visit(request: HttpRequest, token: str, link: PatientLink, clinic: Clinic) -> PatientVisit | None:
    """The visit of the link, or None if it was deleted. After a merge the patient is the visit's current one."""
    system = actor_of(request, clinic, Role.SYSTEM)
    appointments = Appointment.objects.visible_to(system).select_related("patient", "doctor")
    appointment = appointments.filter(pk=link.appointment_id).first()
    if appointment is None:
        return None
    actor = actor_of(request, clinic, Role.PATIENT, appointment.patient)
    intake_forms = IntakeForm.objects.visible_to(actor).select_related("questionnaire")
    return PatientVisit(
        token=token,
        link=link,
        actor=actor,
        clinic=clinic,
        settings=settings_of(actor),
        appointment=appointment,
        form=intake_forms.filter(appointment=appointment).first(),
    )


def actor_of(request: HttpRequest, clinic: Clinic, role: Role, patient: Patient | None = None) -> Actor:
    """The system or the patient acting in the clinic, with the request's origin for the audit log."""
    origin = origin_of_request(request)
    return Actor(
        clinic_id=clinic.pk,
        role=role,
        timezone=clinic.timezone,
        clinic_name=clinic.name,
        name=patient.full_name if patient else "",
        patient_id=patient.pk if patient else None,
        request_id=origin.request_id,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
        tab=origin.tab,
    )
