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

    def test_it_offers_what_is_allowed_now_and_nothing_else(self):
        panel = self.get(f"/visits/{self.visit.pk}", **HTMX)
        for action in ("confirm", "arrive", "cancel", "reschedule"):
            self.assertContains(panel, f"/visits/{self.visit.pk}/{action}")
        for action in ("complete", "reinstate", "no-show"):
            self.assertNotContains(panel, f"/visits/{self.visit.pk}/{action}")

    def test_it_shows_the_thread_and_how_other_visits_went(self):
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

    def test_it_says_who_changed_what(self):
        self.post(f"/visits/{self.visit.pk}/confirm")
        changes = self.get(f"/visits/{self.visit.pk}", **HTMX).context["panel"].changes
        self.assertIn(("Dana Kessler", "confirmed"), [(change.who, change.what) for change in changes])

    def test_another_clinics_visit_is_not_there(self):
        self.assertEqual(self.get(f"/visits/{self.elsewhere.pk}").status_code, 404)

    def test_a_colleagues_visit_is_not_there_for_a_doctor(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.other_doctor).status_code, 404)
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.doctor).status_code, 200)

    def test_it_is_not_for_the_owner(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}", actor=self.owner).status_code, 403)

    def test_the_look_is_written_down(self):
        self.get(f"/visits/{self.visit.pk}")
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="read", resource_id=str(self.visit.pk)).count(), 1)


class ActTests(VisitPageCase):
    def test_confirming_answers_with_a_toast_that_undoes_it(self):
        answer = self.post(f"/visits/{self.visit.pk}/confirm")
        self.assertContains(answer, "Hannah Lindqvist is confirmed")
        self.assertContains(answer, f"/visits/{self.visit.pk}/unconfirm")
        self.assertEqual(self.now().status, "confirmed")
        self.post(f"/visits/{self.visit.pk}/unconfirm")
        self.assertEqual(self.now().status, "unconfirmed")

    def test_the_page_hears_whose_day_changed(self):
        answer = self.post(f"/visits/{self.visit.pk}/confirm")
        heard = json.loads(answer["HX-Trigger"])["visits:changed"]
        self.assertEqual(heard["doctors"], [str(self.dr_okafor.pk)])

    def test_the_panel_comes_along_only_where_it_asked(self):
        self.assertNotContains(self.post(f"/visits/{self.visit.pk}/confirm"), "visit-panel")
        self.assertContains(self.post(f"/visits/{self.visit.pk}/arrive", headers=PANEL), 'id="visit-panel"')
        self.assertTrue(self.now().arrived)

    def test_without_htmx_the_person_lands_on_the_visit(self):
        answer = self.post(f"/visits/{self.visit.pk}/confirm", headers={})
        self.assertRedirects(answer, f"/visits/{self.visit.pk}")

    def test_what_is_not_possible_now_is_a_409_that_changes_nothing(self):
        answer = self.post(f"/visits/{self.visit.pk}/complete")
        self.assertContains(answer, "has not started yet", status_code=409)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_a_rule_that_a_reason_gets_past_asks_for_the_reason(self):
        self.change_settings(self.riverside, lock_appointment_if_missing=True)
        refused = self.post(f"/visits/{self.visit.pk}/confirm")
        self.assertContains(refused, 'name="override_reason"', status_code=409)
        self.assertEqual(self.now().status, "unconfirmed")
        answer = self.post(f"/visits/{self.visit.pk}/confirm", {"override_reason": "filled in on paper"})
        self.assertEqual((answer.status_code, answer["X-Close-Dialog"]), (200, "modal"))
        self.assertEqual(self.now().status, "confirmed")

    def test_another_clinic_or_the_owner_changes_nothing(self):
        self.assertEqual(self.post(f"/visits/{self.visit.pk}/confirm", actor=self.foreign_desk).status_code, 404)
        self.assertEqual(self.post(f"/visits/{self.visit.pk}/confirm", actor=self.owner).status_code, 403)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_a_link_cannot_act(self):
        self.assertEqual(self.get(f"/visits/{self.visit.pk}/confirm").status_code, 405)


class CancelTests(VisitPageCase):
    def address(self, verb="cancel"):
        return f"/visits/{self.visit.pk}/{verb}"

    def test_it_asks_why_and_warns_inside_the_notice_period(self):
        form = self.get(self.address(), **HTMX)
        self.assertContains(form, "late cancellation")
        self.assertNotContains(form, 'value="no-show"')

    def test_a_note_is_asked_for_beside_its_field(self):
        answer = self.post(self.address(), {"cancellation_type": "patient-cancelled"})
        self.assertContains(answer, "Enter a reason.", status_code=422)
        self.assertEqual(self.now().status, "unconfirmed")

    def test_it_cancels_and_undo_brings_back_the_status_before(self):
        answer = self.post(self.address(), {"cancellation_type": "patient-cancelled", "reason_note": "has a cold"})
        self.assertEqual(answer["X-Close-Dialog"], "modal sheet")
        self.assertEqual(self.now().status, "cancelled")
        self.post(self.address("uncancel"), {"was": "unconfirmed"})
        self.assertEqual(self.now().status, "unconfirmed")

    def test_a_doctor_does_not_cancel(self):
        answer = self.post(self.address(), {"cancellation_type": "other", "reason_note": "no"}, actor=self.doctor)
        self.assertEqual((answer.status_code, self.now().status), (403, "unconfirmed"))


class MoveTests(VisitPageCase):
    def move(self, time, doctor=None, **more):
        data = {"doctor": str((doctor or self.dr_okafor).pk), "date": str(MONDAY), "time": time} | more
        return self.post(f"/visits/{self.visit.pk}/move", data)

    def newest(self):
        with self.inside(self.desk):
            return Appointment.objects.visible_to(self.desk).get(rescheduled_from_id=self.visit.pk)

    def test_a_drop_moves_it_and_says_where(self):
        answer = self.move("14:00", self.dr_herrera)
        self.assertContains(answer, "2:00 pm, Dr. Luis Herrera")
        self.assertEqual(self.newest().doctor_id, self.dr_herrera.pk)
        doctors = json.loads(answer["HX-Trigger"])["visits:changed"]["doctors"]
        self.assertEqual(set(doctors), {str(self.dr_herrera.pk), str(self.dr_okafor.pk)})

    def test_undo_puts_it_back(self):
        self.move("14:00")
        self.post(f"/visits/{self.newest().pk}/undo-move")
        self.assertEqual((self.now().status, self.now().rescheduled), ("unconfirmed", False))

    def test_a_taken_time_asks_for_a_reason_and_moves_nothing(self):
        self.visit_at("14:00", "Noah Goldberg")
        answer = self.move("14:00")
        self.assertContains(answer, "is already booked then", status_code=409)
        self.assertContains(answer, 'name="override_reason"', status_code=409)
        self.assertContains(answer, 'name="time" value="14:00"', status_code=409)
        self.assertFalse(self.now().rescheduled)

    def test_nonsense_is_refused_plainly(self):
        self.assertEqual(self.move("25:99").status_code, 400)


class RescheduleTests(VisitPageCase):
    def address(self):
        return f"/visits/{self.visit.pk}/reschedule"

    def test_its_own_time_counts_as_free(self):
        chips = self.get(self.address(), **HTMX).context["slots"]
        self.assertIn(self.visit.starts_at, [chip.starts_at for chip in chips])

    def test_a_chip_moves_it(self):
        chip = self.get(self.address(), **HTMX).context["slots"][-1]
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "slot": chip.value}
        answer = self.post(self.address(), data)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(self.now().rescheduled)

    def test_a_chip_chosen_after_a_refusal_counts_more_than_the_time_that_was_refused(self):
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "time": "14:00"}
        nearest = self.post(self.address(), data).context["nearest"][0]
        self.assertEqual(self.post(self.address(), data | {"slot": nearest.value}).status_code, 200)
        self.assertTrue(self.now().rescheduled)

    def test_a_chip_that_was_taken_meanwhile_can_be_gone_past_with_a_reason(self):
        chip = next(c for c in self.get(self.address(), **HTMX).context["slots"] if f"{c.starts_at:%H:%M}" == "14:00")
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "slot": chip.value}
        answer = self.post(self.address(), data)
        self.assertContains(answer, 'name="time" value="14:00"', status_code=409)
        self.assertContains(answer, 'name="override_reason"', status_code=409)

    def test_a_lost_slot_shows_the_nearest_ones(self):
        self.visit_at("14:00", "Noah Goldberg")
        data = {"doctor": str(self.dr_okafor.pk), "date": str(MONDAY), "duration": "30", "time": "14:00"}
        answer = self.post(self.address(), data)
        self.assertContains(answer, "is already booked then", status_code=409)
        self.assertEqual(len(answer.context["nearest"]), 3)


class BookingTests(VisitPageCase):
    def form(self, **more):
        return {
            "patient": str(self.hannah.pk),
            "doctor": str(self.dr_okafor.pk),
            "date": str(MONDAY),
            "duration": "30",
            "visit_type": "in-clinic",
            "time": "14:00",
        } | more

    def newcomer(self, **more):
        facts = {"patient": "", "first_name": "Ana", "last_name": "Costa", "date_of_birth": "1991-03-04"}
        return self.form(**facts, **more)

    def booked(self):
        with self.inside(self.desk):
            return list(Appointment.objects.visible_to(self.desk).exclude(pk=self.visit.pk).select_related("patient"))

    def test_a_known_patient_is_booked_and_undo_takes_it_away(self):
        answer = self.post("/visits/new", self.form())
        (visit,) = self.booked()
        self.assertEqual((visit.patient, visit.status), (self.hannah, "unconfirmed"))
        self.assertContains(answer, f"/visits/{visit.pk}/delete")
        self.post(f"/visits/{visit.pk}/delete")
        self.assertEqual(self.booked(), [])

    def test_somebody_new_is_added_with_the_visit(self):
        self.post("/visits/new", self.newcomer())
        (visit,) = self.booked()
        self.assertEqual((visit.patient.full_name, visit.visit_category), ("Ana Costa", "new-patient"))

    def test_a_child_needs_a_guardian_who_can_be_given_at_the_desk(self):
        child = self.newcomer() | {"date_of_birth": "2020-05-01"}
        answer = self.post("/visits/new", child)
        self.assertContains(answer, 'id="id_guardian_name_error"', status_code=422)
        self.assertEqual(self.booked(), [])
        self.post("/visits/new", child | {"guardian_name": "Eva Costa", "guardian_phone": "(512) 555-0144"})
        (visit,) = self.booked()
        self.assertEqual(visit.patient.guardian["name"], "Eva Costa")

    def test_somebody_who_looks_known_is_shown_first_and_nothing_is_written(self):
        twin = self.newcomer(phone="(512) 555-0101")
        answer = self.post("/visits/new", twin)
        self.assertContains(answer, "Is it one of these?", status_code=422)
        self.assertContains(answer, "Hannah Lindqvist", status_code=422)
        self.assertEqual(self.booked(), [])
        self.post("/visits/new", twin | {"not_the_same": "on"})
        self.assertEqual([visit.patient.full_name for visit in self.booked()], ["Ana Costa"])

    def test_a_taken_time_adds_no_patient_and_shows_what_is_free(self):
        self.visit_at("14:00", "Noah Goldberg")
        answer = self.post("/visits/new", self.newcomer())
        self.assertContains(answer, "is already booked then", status_code=409)
        self.assertEqual(len(answer.context["nearest"]), 3)
        with self.inside(self.desk):
            self.assertFalse(Patient.objects.filter(last_name="Costa").exists())

    def test_a_reason_books_over_it(self):
        self.visit_at("14:00", "Noah Goldberg")
        self.post("/visits/new", self.form(override_reason="the doctor asked for it"))
        self.assertIn(True, [visit.overlap_allowed for visit in self.booked()])

    def test_errors_stand_beside_their_fields(self):
        answer = self.post("/visits/new", self.form(patient="", time=""))
        self.assertContains(answer, 'aria-invalid="true"', status_code=422)
        self.assertContains(answer, "Choose a time.", status_code=422)

    def test_a_search_without_a_choice_stays_a_search_and_keeps_what_was_typed(self):
        answer = self.post("/visits/new", self.form(patient="", who="lindq"))
        self.assertContains(answer, "Choose a patient from the list", status_code=422)
        self.assertContains(answer, 'value="lindq"', status_code=422)
        self.assertNotContains(answer, 'name="last_name"', status_code=422)

    def test_a_walk_in_is_here_now(self):
        self.visit_at("15:00", "Noah Goldberg")
        self.post("/visits/new", self.form(walk_in="on", time=""))
        walk_in = next(visit for visit in self.booked() if visit.walk_in)
        self.assertEqual((walk_in.status, walk_in.arrived, walk_in.starts_at), ("confirmed", True, TEN))

    def test_another_clinics_patient_cannot_be_booked(self):
        foreign = self.elsewhere.patient
        answer = self.post("/visits/new", self.form(patient=str(foreign.pk)))
        self.assertEqual((answer.status_code, self.booked()), (422, []))

    def test_only_the_front_desk_books(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.post("/visits/new", self.form(), actor=actor).status_code, 403)
        self.assertEqual(self.booked(), [])

    def test_a_click_on_the_grid_fills_the_form_in(self):
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

    def test_nonsense_offers_nothing(self):
        self.assertEqual(self.slots(date="never")["slots"], [])


class PatientHitsTests(VisitPageCase):
    def test_they_come_as_typed(self):
        self.assertContains(self.get("/visits/new/patients?who=lind", **HTMX), "Hannah Lindqvist")
        self.assertContains(self.get("/visits/new/patients?who=zzz", **HTMX), "No patient matches")

    def test_the_one_chosen_goes_into_the_form(self):
        part = self.get(f"/visits/new/patient?patient={self.hannah.pk}", **HTMX)
        self.assertContains(part, f'name="patient" value="{self.hannah.pk}"')
