import datetime as dt
import json

from clinicflow.audit.models import AuditLog
from clinicflow.testing.monday import MONDAY, TEN
from patients.models import Patient
from scheduling.models import Appointment, Message
from scheduling.tests.cases import HTMX, PANEL, VisitPageCase


class PanelTests(VisitPageCase):
    def test_it_is_a_page_and_a_fragment(self):
        self.assertContains(self.get(f"/visits/{self.visit.pk}"), "<html")
        fragment = self.get(f"/visits/{self.visit.pk}", **HTMX)
        self.assertContains(fragment, "Hannah Lindqvist")
        self.assertNotContains(fragment, "<html")

    def test_it_offers_exactly_the_allowed_actions(self):
        panel = self.get(f"/visits/{self.visit.pk}", **HTMX)
        for action in ("confirm", "arrive", "cancel", "reschedule"):
            self.assertContains(panel, f"/visits/{self.visit.pk}/{action}")
        for action in ("complete", "reinstate", "no-show"):
            self.assertNotContains(panel, f"/visits/{self.visit.pk}/{action}")

    def test_it_shows_the_conversation_and_the_outcomes_of_other_visits(self):
        self.visit_at("08:00", patient=self.hannah, status="no-show")
        with self.inside(self.desk):
            Message.objects.create(
                clinic=self.riverside, patient=self.hannah, appointment=self.visit, kind="reply", channel="sms",
                direction="inbound", address="+15125550101", body="can I come later?", status="received",
            )  # fmt: skip
        panel = self.get(f"/visits/{self.visit.pk}", **HTMX)
        talks = f"/visits/{self.visit.pk}/talks"
        self.assertContains(panel, f'hx-get="{talks}"')
        self.assertContains(self.get(talks, **HTMX), "can I come later?")
        self.assertEqual(panel.context["panel"].history["no_shows"], 1)

    def test_it_shows_the_history(self):
        self.post(f"/visits/{self.visit.pk}/confirm")
        changes = self.get(f"/visits/{self.visit.pk}", **HTMX).context["panel"].changes
        self.assertIn(("Dana Kessler", "confirmed"), [(change.who, change.what) for change in changes])

    def test_another_clinics_visit_is_not_found(self):
        self.assertEqual(self.get(f"/visits/{self.elsewhere.pk}").status_code, 404)

    def test_a_colleagues_visit_is_not_found_for_a_doctor(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.other_doctor).status_code, 404)
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.doctor).status_code, 200)

    def test_it_is_not_for_the_owner(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.owner).status_code, 403)

    def test_the_access_is_audited(self):
        self.get(f"/visits/{self.visit.pk}")
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="read", resource_id=str(self.visit.pk)).count(), 1)


class ActTests(VisitPageCase):
    def test_confirming_returns_a_toast_with_undo(self):
        response = self.post(f"/visits/{self.visit.pk}/confirm")
        self.assertContains(response, "Hannah Lindqvist is confirmed")
        self.assertContains(response, f"/visits/{self.visit.pk}/unconfirm")
        self.assertEqual(self.now().status, "confirmed")
        self.post(f"/visits/{self.visit.pk}/unconfirm")
        self.assertEqual(self.now().status, "unconfirmed")

    def test_the_response_triggers_a_refetch_of_the_doctors_day(self):
        response = self.post(f"/visits/{self.visit.pk}/confirm")
        published = json.loads(response["HX-Trigger"])["visits:changed"]
        self.assertEqual(published["doctors"], [str(self.dr_okafor.pk)])

    def test_the_panel_is_rendered_only_for_its_own_requests(self):
        self.assertNotContains(self.post(f"/visits/{self.visit.pk}/confirm"), "visit-panel")
        self.assertContains(self.post(f"/visits/{self.visit.pk}/arrive", headers=PANEL), 'id="visit-panel"')
        self.assertTrue(self.now().arrived)

    def test_without_htmx_it_redirects_to_the_visit(self):
        response = self.post(f"/visits/{self.visit.pk}/confirm", headers={})
        self.assertRedirects(response, f"/visits/{self.visit.pk}")

    def test_what_is_not_possible_now_is_a_409_that_changes_nothing(self):
        response = self.post(f"/visits/{self.visit.pk}/complete")
        self.assertContains(response, "has not started yet", status_code=409)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_an_overridable_rule_asks_for_a_reason(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        refused = self.post(f"/visits/{self.visit.pk}/confirm")
        self.assertContains(refused, 'name="override_reason"', status_code=409)
        self.assertEqual(self.now().status, "unconfirmed")
        response = self.post(f"/visits/{self.visit.pk}/confirm", {"override_reason": "filled in on paper"})
        self.assertEqual((response.status_code, response["X-Close-Dialog"]), (200, "modal"))
        self.assertEqual(self.now().status, "confirmed")

    def test_another_clinic_or_the_owner_changes_nothing(self):
        self.assertEqual(self.post(f"/visits/{self.visit.pk}/confirm", actor=self.foreign_desk).status_code, 404)
        self.assertEqual(self.post(f"/visits/{self.visit.pk}/confirm", actor=self.owner).status_code, 403)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_a_get_request_changes_nothing(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}/confirm").status_code, 405)


class CancelTests(VisitPageCase):
    def address(self, verb="cancel"):
        return f"/visits/{self.visit.pk}/{verb}"

    def test_it_asks_for_the_reason_and_warns_within_the_notice_period(self):
        form = self.get(self.address(), **HTMX)
        self.assertContains(form, "late cancellation")
        self.assertNotContains(form, 'value="no-show"')

    def test_a_missing_note_is_reported_at_its_field(self):
        response = self.post(self.address(), {"cancellation_type": "patient-cancelled"})
        self.assertContains(response, "Enter a reason.", status_code=422)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_it_cancels_and_undo_restores_the_previous_status(self):
        response = self.post(self.address(), {"cancellation_type": "patient-cancelled", "reason_note": "has a cold"})
        self.assertEqual(response["X-Close-Dialog"], "modal sheet")
        self.assertEqual(self.now().status, "cancelled")
        self.post(self.address("uncancel"), {"was": "unconfirmed"})
        self.assertEqual(self.now().status, "unconfirmed")

    def test_a_doctor_does_not_cancel(self):
        response = self.post(self.address(), {"cancellation_type": "other", "reason_note": "no"}, actor=self.doctor)
        self.assertEqual((response.status_code, self.now().status), (403, "unconfirmed"))


class MoveTests(VisitPageCase):
    def move(self, time, doctor=None, **more):
        data = {"doctor": str((doctor or self.dr_okafor).pk), "date": str(MONDAY), "time": time} | more
        return self.post(f"/visits/{self.visit.pk}/move", data)

    def newest(self):
        with self.inside(self.desk):
            return Appointment.objects.visible_to(self.desk).get(rescheduled_from_id=self.visit.pk)

    def test_a_drop_moves_it_and_shows_the_new_time(self):
        response = self.move("14:00", self.dr_herrera)
        self.assertContains(response, "2:00 pm, Dr. Luis Herrera")
        self.assertEqual(self.newest().doctor_id, self.dr_herrera.pk)
        doctors = json.loads(response["HX-Trigger"])["visits:changed"]["doctors"]
        self.assertEqual(set(doctors), {str(self.dr_herrera.pk), str(self.dr_okafor.pk)})

    def test_undo_restores_it(self):
        self.move("14:00")
        self.post(f"/visits/{self.newest().pk}/undo-move")
        self.assertEqual((self.now().status, self.now().rescheduled), ("unconfirmed", False))

    def test_a_taken_time_asks_for_a_reason_and_moves_nothing(self):
        self.visit_at("14:00", "Noah Goldberg")
        response = self.move("14:00")
        self.assertContains(response, "is already booked then", status_code=409)
        self.assertContains(response, 'name="override_reason"', status_code=409)
        self.assertContains(response, 'name="time" value="14:00"', status_code=409)
        self.assertFalse(self.now().rescheduled)

    def test_invalid_input_is_refused(self):
        self.assertEqual(self.move("25:99").status_code, 400)


class RescheduleTests(VisitPageCase):
    def address(self):
        return f"/visits/{self.visit.pk}/reschedule"

    def test_its_own_time_counts_as_free(self):
        chips = self.get(self.address(), **HTMX).context["slots"]
        self.assertIn(self.visit.starts_at, [chip.starts_at for chip in chips])

    def test_an_offered_slot_moves_it(self):
        chip = self.get(self.address(), **HTMX).context["slots"][-1]
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "slot": chip.value}
        response = self.post(self.address(), data)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(self.now().rescheduled)

    def test_a_slot_chosen_after_a_refusal_precedes_the_refused_time(self):
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "time": "14:00"}
        nearest = self.post(self.address(), data).context["nearest"][0]
        self.assertEqual(self.post(self.address(), data | {"slot": nearest.value}).status_code, 200)
        self.assertTrue(self.now().rescheduled)

    def test_a_slot_taken_meanwhile_can_be_overridden(self):
        chip = next(c for c in self.get(self.address(), **HTMX).context["slots"] if f"{c.starts_at:%H:%M}" == "14:00")
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "slot": chip.value}
        response = self.post(self.address(), data)
        self.assertContains(response, 'name="time" value="14:00"', status_code=409)
        self.assertContains(response, 'name="override_reason"', status_code=409)

    def test_a_lost_slot_shows_the_nearest_ones(self):
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "time": "14:00"}
        response = self.post(self.address(), data)
        self.assertContains(response, "is already booked then", status_code=409)
        self.assertEqual(len(response.context["nearest"]), 3)


class BookingTests(VisitPageCase):
    def form(self, **more):
        return {
            "patient": str(self.hannah.pk),
            "doctor": str(self.dr_okafor.pk),
            "date": str(MONDAY),
            "duration": "30",
            "visit_type": "in-clinic",
            "time": "14:00",
            "second_visit": "on",
        } | more

    def newcomer(self, **more):
        facts = {"patient": "", "first_name": "Ana", "last_name": "Costa", "date_of_birth": "1991-03-04"}
        return self.form(**facts, **more)

    def booked(self):
        with self.inside(self.desk):
            return list(Appointment.objects.visible_to(self.desk).exclude(pk=self.visit.pk).select_related("patient"))

    def test_an_existing_patient_is_booked_and_undo_removes_the_visit(self):
        response = self.post("/visits/new", self.form())
        (visit,) = self.booked()
        self.assertEqual((visit.patient, visit.status), (self.hannah, "unconfirmed"))
        self.assertContains(response, f"/visits/{visit.pk}/delete")
        self.post(f"/visits/{visit.pk}/delete")
        self.assertEqual(self.booked(), [])

    def test_a_new_patient_is_registered_with_the_visit(self):
        self.post("/visits/new", self.newcomer())
        (visit,) = self.booked()
        self.assertEqual((visit.patient.full_name, visit.visit_category), ("Ana Costa", "new-patient"))

    def test_a_minor_needs_a_guardian_from_the_form(self):
        child = self.newcomer() | {"date_of_birth": "2020-05-01"}
        response = self.post("/visits/new", child)
        self.assertContains(response, 'id="id_guardian_name_error"', status_code=422)
        self.assertEqual(self.booked(), [])
        self.post("/visits/new", child | {"guardian_name": "Eva Costa", "guardian_phone": "(512) 555-0144"})
        (visit,) = self.booked()
        self.assertEqual(visit.patient.guardian["name"], "Eva Costa")

    def test_possible_duplicates_are_shown_before_anything_is_saved(self):
        twin = self.newcomer(phone="(512) 555-0101")
        response = self.post("/visits/new", twin)
        self.assertContains(response, "Is it one of these?", status_code=422)
        self.assertContains(response, "Hannah Lindqvist", status_code=422)
        self.assertEqual(self.booked(), [])
        self.post("/visits/new", twin | {"not_the_same": "on"})
        self.assertEqual([visit.patient.full_name for visit in self.booked()], ["Ana Costa"])

    def test_a_taken_slot_registers_no_patient_and_shows_free_ones(self):
        self.visit_at("14:00", "Noah Goldberg")
        response = self.post("/visits/new", self.newcomer())
        self.assertContains(response, "is already booked then", status_code=409)
        self.assertEqual(len(response.context["nearest"]), 3)
        with self.inside(self.desk):
            self.assertFalse(Patient.objects.filter(last_name="Costa").exists())

    def test_a_reason_books_over_it(self):
        self.visit_at("14:00", "Noah Goldberg")
        self.post("/visits/new", self.form(override_reason="the doctor asked for it"))
        self.assertIn(True, [visit.overlap_allowed for visit in self.booked()])

    def test_errors_are_shown_at_their_fields(self):
        response = self.post("/visits/new", self.form(patient="", time=""))
        self.assertContains(response, 'aria-invalid="true"', status_code=422)
        self.assertContains(response, "Choose a time.", status_code=422)

    def test_a_search_without_a_choice_shows_the_search_again(self):
        response = self.post("/visits/new", self.form(patient="", who="lindq"))
        self.assertContains(response, "Choose a patient from the list", status_code=422)
        self.assertContains(response, 'value="lindq"', status_code=422)
        self.assertNotContains(response, 'name="last_name"', status_code=422)

    def test_a_walk_in_starts_now(self):
        self.visit_at("15:00", "Noah Goldberg")
        self.post("/visits/new", self.form(walk_in="on", time=""))
        walk_in = next(visit for visit in self.booked() if visit.walk_in)
        self.assertEqual((walk_in.status, walk_in.arrived, walk_in.starts_at), ("confirmed", True, TEN))

    def test_another_clinics_patient_cannot_be_booked(self):
        foreign = self.elsewhere.patient
        response = self.post("/visits/new", self.form(patient=str(foreign.pk)))
        self.assertEqual((response.status_code, self.booked()), (422, []))

    def test_only_the_front_desk_books(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.post("/visits/new", self.form(), actor=actor).status_code, 403)
        self.assertEqual(self.booked(), [])

    def test_a_click_on_the_grid_prefills_the_form(self):
        page = self.get(f"/visits/new?date={MONDAY}&doctor={self.dr_okafor.pk}&time=14:00", **HTMX)
        chosen = page.context["chosen_slot"]
        self.assertIn(str(self.dr_okafor.pk), chosen)
        self.assertContains(page, f'value="{chosen}" checked')


class SlotTests(VisitPageCase):
    def slots(self, **more):
        query = {"date": str(MONDAY), "duration": "30", "visit_type": "in-clinic"} | more
        return self.client_for(self.desk).get("/visits/new/slots", query, **HTMX).context

    def test_the_first_available_doctor_has_each_time_once(self):
        times = [chip.starts_at for chip in self.slots()["slots"]]
        self.assertEqual(len(times), len(set(times)))
        self.assertTrue(any(str(self.dr_herrera.pk) in chip.value for chip in self.slots()["slots"]))

    def test_a_full_day_shows_the_next_free_times(self):
        sunday = MONDAY + dt.timedelta(days=6)
        context = self.slots(date=str(sunday), doctor=str(self.dr_okafor.pk))
        self.assertEqual(context["slots"], [])
        self.assertEqual(context["later"][0].starts_at.date(), sunday + dt.timedelta(days=1))

    def test_invalid_criteria_offer_no_slots(self):
        self.assertEqual(self.slots(date="never")["slots"], [])


class PatientHitsTests(VisitPageCase):
    def test_they_match_the_entered_text(self):
        self.assertContains(self.get("/visits/new/patients?who=lind", **HTMX), "Hannah Lindqvist")
        self.assertContains(self.get("/visits/new/patients?who=zzz", **HTMX), "No patient matches")

    def test_the_chosen_one_is_in_the_form(self):
        part = self.get(f"/visits/new/patient?patient={self.hannah.pk}", **HTMX)
        self.assertContains(part, f'name="patient" value="{self.hannah.pk}"')
