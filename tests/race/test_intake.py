"""A form sent in while its visit is being moved, twice at once, and by two phones."""

import datetime as dt

import pytest
from django.db import transaction

from clinicflow.core import clock
from clinicflow.db import tenant
from intake.models import IntakeForm, IntakeRevision
from intake.operations import forms
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from scheduling.operations import appointments
from tests.race.cases import in_threads, inside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS = 5


def ready(cast, number):
    """A visit with a form that only has to be sent in, and the patient acting."""
    start = cast.at(cast.riverside, cast.monday, "09:00") + dt.timedelta(days=7 * number)
    visit = cast.make_appointment(cast.dr_okafor, cast.patient, start, visit_category="new-patient")
    with cast.inside(cast.desk):
        form = forms.create(cast.desk, visit.pk)
        forms.save_answers(cast.desk, form.pk, NOTHING_TO_REPORT)
    return visit, form, IntakeCast.patient_actor(cast.patient)


def now_stored(cast, form):
    with transaction.atomic(), tenant(cast.riverside.pk):
        kept = IntakeForm.objects.select_related("appointment").get(pk=form.pk)
        return kept, IntakeRevision.objects.filter(form=form).count()


def test_sending_in_while_the_visit_moves_loses_neither(cast):
    for number in range(ROUNDS):
        visit, form, patient = ready(cast, number)
        later = visit.starts_at + dt.timedelta(hours=1)
        moved, sent = in_threads(
            inside(
                cast.desk,
                lambda actor, visit=visit, later=later: appointments.reschedule(
                    actor, visit.pk, starts_at=later, at=clock.now()
                ),
            ),
            inside(patient, lambda actor, form=form: forms.submit(actor, form.pk)),
        )
        assert isinstance(moved, appointments.BookingResult), moved
        assert isinstance(sent, IntakeForm), sent
        kept, revisions = now_stored(cast, form)
        assert (kept.appointment_id, kept.status, revisions) == (moved.appointment.pk, "submitted", 1)
        assert kept.appointment.intake_status == "completed"


def test_sending_in_twice_at_once_is_one_revision(cast):
    for number in range(ROUNDS):
        _visit, form, patient = ready(cast, number)
        in_threads(*[inside(patient, lambda actor, form=form: forms.submit(actor, form.pk)) for _ in range(3)])
        kept, revisions = now_stored(cast, form)
        assert (kept.status, kept.revision, revisions) == ("submitted", 1, 1)


def test_two_phones_saving_at_once_keep_both_answers(cast):
    for number in range(ROUNDS):
        _visit, form, patient = ready(cast, number)
        in_threads(
            inside(patient, lambda actor, form=form: forms.save_answers(actor, form.pk, {"reason": "Knee"})),
            inside(patient, lambda actor, form=form: forms.save_answers(actor, form.pk, {"pharmacy": "Elm"})),
        )
        kept, _ = now_stored(cast, form)
        assert (kept.raw_answers["reason"], kept.raw_answers["pharmacy"]) == ("Knee", "Elm")
