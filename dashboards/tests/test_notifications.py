"""Who is told of what, once each: in the app, live, and by mail."""

from unittest import mock
from uuid import uuid4

import time_machine
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from aiassist.events import AttentionNeeded, SummaryReady
from aiassist.models import IntakeSummary, Interaction
from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.core.events import publish
from clinicflow.jobs.models import Job
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.notifications.operations import mail, notifications, preferences
from clinicflow.notifications.operations.notifications import SWITCHES
from clinicflow.testing.jobs import worker_killed
from clinicflow.testing.monday import MONDAY, TEN
from dashboards.notification_center.jobs import notify_upcoming
from dashboards.tests.cases import DAY, MINUTE, NotificationCase
from intake.models import IntakeForm, Questionnaire
from scheduling.events import AppointmentCancelled
from scheduling.models import Appointment
from scheduling.operations import appointments

Kind = Notification.Kind


class RecipientTests(NotificationCase):
    def test_a_cancellation_notifies_the_front_desk_and_the_visits_doctor(self):
        self.cancel()
        self.run_jobs()
        self.assertEqual(
            self.recipients(kind=Kind.CANCELLATION),
            [("Amara Okafor", "doctor"), ("Dana Kessler", "admin"), ("Lea Brandt", "admin")],
        )

    def test_the_member_who_cancelled_finds_it_read(self):
        self.cancel()
        self.run_jobs()
        unread = {str(row.user) for row in self.rows() if row.read_at is None}
        self.assertEqual(unread, {"Amara Okafor", "Lea Brandt"})

    def test_an_automatic_no_show_notifies_them_too(self):
        late = self.visit_at("09:30", "Diego Flores", status="confirmed", doctor=self.dr_herrera)
        with self.inside(self.desk):
            appointments.mark_no_show(system_actor(self.riverside.pk), late.pk, at=clock.now())
        self.run_jobs()
        self.assertEqual(
            self.recipients(kind=Kind.NO_SHOW),
            [("Dana Kessler", "admin"), ("Lea Brandt", "admin"), ("Luis Herrera", "doctor")],
        )

    def test_another_time_is_no_cancellation(self):
        with self.inside(self.desk) as who:
            appointments.reschedule(
                who, self.visit.pk, starts_at=self.visit.starts_at + DAY, doctor_id=None, at=clock.now()
            )
        self.run_jobs()
        self.assertEqual(self.rows(kind=Kind.CANCELLATION), [])

    def test_other_members_are_not_notified(self):
        self.cancel()
        self.run_jobs()
        for actor in (self.owner, self.other_doctor, self.foreign_desk):
            self.assertEqual(self.rows(actor), [])

    def test_a_disabled_membership_is_not_notified(self):
        with self.inside(self.desk):
            self.lea.memberships.update(status="disabled")
        self.notify(Kind.NO_SHOW)
        self.assertNotIn(("Lea Brandt", "admin"), self.recipients())

    def test_a_summary_with_items_to_check_notifies_its_doctor_only(self):
        for fields, kind in (
            ({"status": "generated", "needs_attention": True}, Kind.AI_ATTENTION),
            ({"status": "failed"}, Kind.SUMMARY_FAILED),
            ({"status": "generated"}, None),
        ):
            with self.subTest(fields), self.inside(self.desk):
                Notification.objects.all().delete()
                summary = self.summary_of(self.visit, **fields)
                for _ in range(2):
                    publish(
                        SummaryReady(
                            clinic_id=self.riverside.pk, subject_id=summary.pk, doctor_ids=(self.dr_okafor.pk,),
                            appointment_id=self.visit.pk, status=summary.status,
                        )
                    )  # fmt: skip
            self.run_jobs()
            expected = [("Amara Okafor", "doctor")] if kind else []
            self.assertEqual(self.recipients(**({"kind": kind} if kind else {})), expected)

    def summary_of(self, visit, **fields):
        own = {"clinic": self.riverside, "appointment": visit, "patient": visit.patient}
        questionnaire = Questionnaire.objects.first() or Questionnaire.objects.create(
            clinic=self.riverside, family=uuid4(), name="Adult", sections=[]
        )
        form = IntakeForm.objects.filter(appointment=visit).first() or IntakeForm.objects.create(
            **own, questionnaire=questionnaire
        )
        IntakeSummary.objects.all().delete()
        return IntakeSummary.objects.create(**own, intake_form=form, form_revision=1, **fields)


class SwitchTests(NotificationCase):
    def test_each_kind_has_its_switch(self):
        for kind, switch in SWITCHES.items():
            with self.subTest(kind):
                self.change_settings(self.riverside, **{switch: False})
                self.assertEqual(self.notify(kind, occasion="off"), 0)
                self.change_settings(self.riverside, **{switch: True})
                self.assertEqual(self.notify(kind, occasion="on"), 3)

    def test_without_app_and_email_nothing_is_stored(self):
        self.change_settings(self.riverside, notify_via_app=False)
        self.assertEqual(self.notify(Kind.NO_SHOW), 0)

    def test_by_mail_alone_the_bell_is_silent(self):
        self.change_settings(self.riverside, notify_via_app=False, notify_via_email=True)
        self.assertEqual(self.notify(Kind.NO_SHOW), 3)
        self.assertNotContains(self.client_for(self.desk).get("/notifications/bell"), "<b>")

    def test_a_member_mutes_a_kind_for_one_role(self):
        with self.inside(self.desk) as who:
            preferences.save(who, muted=[Kind.NO_SHOW], email="never")
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        self.assertEqual([row.kind for row in self.rows(self.desk)], [Kind.CANCELLATION])
        self.assertEqual(len(self.rows(self.second_desk)), 2)


class DeduplicationTests(NotificationCase):
    def test_the_same_event_twice_is_one_row_each(self):
        event = AppointmentCancelled(
            clinic_id=self.riverside.pk, subject_id=self.visit.pk, patient_id=self.visit.patient_id,
            doctor_ids=(self.dr_okafor.pk,), late=False,
        )  # fmt: skip
        for _ in range(2):
            with self.inside(self.desk):
                publish(event)
            self.run_jobs()
        self.assertEqual(len(self.rows()), 3)

    def test_a_repeated_job_notifies_once(self):
        self.cancel()
        self.run_jobs()
        with self.inside(self.desk):
            Job.objects.filter(kind="dashboards.notify").update(state="queued", attempts=0)
        self.assertEqual(self.run_jobs(), ["dashboards.notify"])
        self.assertEqual(len(self.rows()), 3)

    def test_two_cancellations_of_one_visit_are_two_notifications(self):
        for _ in range(2):
            self.cancel()
            with self.inside(self.desk) as who:
                appointments.reinstate(who, self.visit.pk, at=clock.now())
        self.run_jobs()
        self.assertEqual(len(self.rows(self.doctor)), 2)

    def test_a_rolled_back_change_notifies_no_member(self):
        with self.assertRaises(RuntimeError), self.inside(self.desk) as who:
            appointments.cancel(who, self.visit.pk, cancellation_type="other", reason_note="no", at=clock.now())
            raise RuntimeError
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(self.rows(), [])

    def test_a_worker_that_dies_in_the_middle_loses_and_doubles_nothing(self):
        self.cancel()
        with worker_killed():
            self.run_jobs()
        self.assertEqual(self.rows(), [])
        with time_machine.travel(TEN + 30 * MINUTE, tick=False):
            self.run_jobs()
        self.assertEqual(len(self.rows()), 3)

    def test_the_database_refuses_a_second_row(self):
        self.notify(Kind.NO_SHOW)
        (row,) = self.rows(self.desk)
        row.pk = uuid4()
        with self.assertRaises(IntegrityError), self.inside(self.desk), transaction.atomic():
            row.save(force_insert=True)

    def test_the_query_count_does_not_depend_on_members_and_notifications(self):
        for _ in range(5):
            number = uuid4().hex
            self.make_member(self.riverside, f"{number}@riverside.test", "More Desk", "admin")
        with self.inside(self.desk), self.assertNumQueries(12):
            self.notify(Kind.NO_SHOW, Kind.CANCELLATION, Kind.UNCONFIRMED)


class UpcomingVisitTests(NotificationCase):
    def near(self):
        with self.inside(system_actor(self.riverside.pk)):
            notify_upcoming(clinic_id=self.riverside.pk)

    def kinds(self):
        return [row.kind for row in self.rows(self.desk)]

    def test_near_visits_that_are_unconfirmed_or_without_intake(self):
        self.visit_at("16:00", "Diego Flores", intake_status="sent")
        self.make_appointment(self.dr_okafor, self.visit.patient, TEN + DAY + 30 * MINUTE)  # not near yet
        self.near()
        self.near()
        self.assertEqual(sorted(self.kinds()), [Kind.MISSING_INTAKE, Kind.UNCONFIRMED])

    def test_mondays_visits_are_near_on_friday(self):
        monday = self.at(self.riverside, MONDAY + 7 * DAY, "09:30")
        self.make_appointment(self.dr_okafor, self.visit.patient, monday, intake_status="completed")
        with time_machine.travel(TEN + 3 * DAY, tick=False):  # Thursday
            self.near()
        self.assertEqual(self.kinds(), [])
        with time_machine.travel(TEN + 4 * DAY, tick=False):  # Friday
            self.near()
        self.assertEqual(self.kinds(), [Kind.UNCONFIRMED])

    def test_no_intake_is_missed_where_none_is_required(self):
        self.change_settings(self.riverside, intake_required=False)
        self.visit_at("16:00", "Diego Flores", status="confirmed")
        self.near()
        self.assertEqual(self.kinds(), [])

    def test_the_clock_does_it(self):
        self.visit_at("16:00", "Diego Flores", intake_status="completed")
        with self.inside(self.desk):
            Job.objects.create(clinic=self.riverside, kind="dashboards.nearing", key="slot:1", run_after=TEN, args={})
        self.run_jobs()
        self.assertEqual(self.kinds(), [Kind.UNCONFIRMED])


class EmailTests(NotificationCase):
    def setUp(self):
        super().setUp()
        self.change_settings(self.riverside, notify_via_email=True)

    def choose(self, actor, email):
        with self.inside(actor):
            preferences.save(actor, muted=[], email=email)

    def later(self, length):
        with time_machine.travel(TEN + length, tick=False):
            with self.inside(self.desk):
                mail.schedule_digests(system_actor(self.riverside.pk, self.riverside.timezone), at=clock.now())
            self.run_jobs()

    def to(self, user):
        return [message for message in outbox.outbox if message.to == [user.email]]

    def test_at_once_gathers_a_minute(self):
        self.notify(Kind.NO_SHOW)
        self.notify(Kind.CANCELLATION)
        self.run_jobs()
        self.assertEqual(outbox.outbox, [])
        self.later(MINUTE)
        self.assertEqual(len(outbox.outbox), 3)
        (message,) = self.to(self.dana)
        self.assertIn("2 notifications · Riverside Clinic", message.subject)
        self.later(20 * MINUTE)
        self.assertEqual(len(outbox.outbox), 3)

    def test_a_mail_has_initials_and_a_time_and_nothing_clinical(self):
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(reason="itchy rash")
        self.notify(Kind.CANCELLATION)
        self.later(MINUTE)
        (message,) = self.to(self.okafor)
        self.assertEqual(message.subject, "Visit cancelled · Riverside Clinic")
        self.assertIn("- Visit cancelled: HL, Mon, Mar 1, 3:00 pm, Dr. Amara Okafor", message.body)
        for word in ("Hannah", "Lindqvist", "rash"):
            self.assertNotIn(word, message.subject + message.body)

    def test_never_hourly_and_daily(self):
        self.choose(self.desk, "hourly")
        self.choose(self.second_desk, "never")
        self.choose(self.doctor, "daily")
        self.notify(Kind.NO_SHOW)
        self.later(59 * MINUTE)
        self.assertEqual(outbox.outbox, [])
        self.later(60 * MINUTE)
        self.assertEqual([message.to for message in outbox.outbox], [[self.dana.email]])
        self.later(20 * 60 * MINUTE)  # 6:00
        self.assertEqual(self.to(self.okafor), [])
        self.later(21 * 60 * MINUTE)
        self.assertEqual(len(self.to(self.okafor)), 1)
        self.assertEqual(self.to(self.lea), [])
        self.later(48 * 60 * MINUTE)
        self.assertEqual(len(outbox.outbox), 2)

    def test_no_mail_about_what_one_did_oneself(self):
        self.cancel()
        self.run_jobs()
        self.later(MINUTE)
        self.assertEqual(self.to(self.dana), [])
        self.assertEqual(len(self.to(self.lea)), 1)

    def test_where_the_clinic_sends_none_there_is_none(self):
        self.change_settings(self.riverside, notify_via_email=False)
        self.notify(Kind.NO_SHOW)
        self.later(60 * MINUTE)
        self.assertEqual(outbox.outbox, [])

    def test_a_worker_that_dies_before_sending_sends_later(self):
        self.notify(Kind.NO_SHOW)
        with mock.patch("dashboards.notification_center.jobs.EmailMessage.send", side_effect=OSError("no mail server")):
            self.later(MINUTE)
        self.assertEqual(outbox.outbox, [])
        self.later(30 * MINUTE)
        self.assertEqual(len(self.to(self.dana)), 1)

    def test_one_that_dies_after_sending_sends_the_same_mail_again(self):
        self.choose(self.second_desk, "never")
        self.choose(self.doctor, "never")
        self.notify(Kind.NO_SHOW)
        with mock.patch("clinicflow.notifications.operations.mail.mark_sent", side_effect=RuntimeError("killed")):
            self.later(MINUTE)
        self.later(30 * MINUTE)
        first, again = self.to(self.dana)
        self.assertEqual(first.extra_headers["Message-ID"], again.extra_headers["Message-ID"])

    def test_a_mail_that_is_given_up_goes_into_the_next(self):
        self.choose(self.second_desk, "never")
        self.choose(self.doctor, "never")
        self.notify(Kind.NO_SHOW)
        with mock.patch("dashboards.notification_center.jobs.EmailMessage.send", side_effect=OSError("no mail server")):
            for step in range(1, 9):
                self.later(step * MINUTE)
        self.assertEqual([row.mail_id for row in self.rows(self.desk)], [None])
        self.later(30 * MINUTE)
        self.assertEqual(len(self.to(self.dana)), 1)

    def test_a_former_member_gets_no_email(self):
        self.notify(Kind.NO_SHOW)
        with self.inside(self.desk):
            self.lea.memberships.update(status="disabled")
        self.later(MINUTE)
        self.assertEqual(self.to(self.lea), [])


class ReadTests(NotificationCase):
    def test_read_one_read_all(self):
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        first, _second = self.rows(self.desk)
        with self.inside(self.desk) as who:
            notifications.mark_read(who, first.pk, at=TEN)
            self.assertEqual(Notification.objects.visible_to(who).unread().count(), 1)
            self.assertEqual(notifications.mark_all_read(who, at=clock.now()), 1)
            self.assertEqual(notifications.mark_all_read(who, at=clock.now()), 0)
        self.assertEqual({row.read_at for row in self.rows(self.doctor)}, {None})

    def test_old_ones_are_forgotten(self):
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        read, unread = self.rows(self.desk)
        with self.inside(self.desk) as who:
            notifications.mark_read(who, read.pk, at=TEN)
        with self.inside(system_actor(self.riverside.pk)) as system:
            self.assertEqual(notifications.delete_old(system, at=TEN + 30 * DAY), 0)
            self.assertEqual(notifications.delete_old(system, at=TEN + 31 * DAY), 1)
        self.assertEqual([row.pk for row in self.rows(self.desk)], [unread.pk])
        with self.inside(system_actor(self.riverside.pk)) as system:
            self.assertEqual(notifications.delete_old(system, at=TEN + 91 * DAY), 5)

    def test_preferences_refuse_what_there_is_not(self):
        client = self.client_for(self.desk)
        self.assertEqual(client.post("/notifications/settings", {"email": "yearly"}).status_code, 422)
        self.assertEqual(
            client.post("/notifications/settings", {"email": "daily", "wanted": "no-show"}).status_code, 302
        )
        with self.inside(self.desk):
            own = NotificationPreference.objects.visible_to(self.desk).get()
        self.assertEqual((own.email, "no-show" in own.muted, "cancellation" in own.muted), ("daily", False, True))
        page = client.get("/notifications/settings")
        self.assertContains(page, 'value="daily" checked')


class PageTests(NotificationCase):
    def test_notifications_are_grouped_by_day_and_kind_with_the_reason(self):
        self.cancel(self.desk)
        self.run_jobs()
        with time_machine.travel(TEN + DAY, tick=False):
            self.notify(Kind.NO_SHOW)
            page = self.client_for(self.second_desk).get("/notifications")
        days = page.context["days"]
        self.assertEqual([(day.day, [kind.kind for kind in day.kinds]) for day in days], [
            (MONDAY + DAY, [Kind.NO_SHOW]), (MONDAY, [Kind.CANCELLATION]),
        ])  # fmt: skip
        self.assertContains(page, "Clinic cancelled")
        self.assertContains(page, "ill")

    def test_the_bell_counts_what_is_unread(self):
        self.assertNotContains(self.client_for(self.desk).get("/notifications/bell"), "<b>")
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        self.assertContains(self.client_for(self.desk).get("/notifications/bell"), "<b>2")

    def test_opening_marks_it_read_and_leads_to_the_visit(self):
        self.notify(Kind.NO_SHOW)
        for actor, address in ((self.desk, f"/visits/{self.visit.pk}"), (self.doctor, f"/my-day/{self.visit.pk}")):
            (row,) = self.rows(actor)
            answer = self.client_for(actor).post(f"/notifications/{row.pk}/open")
            self.assertRedirects(answer, address, fetch_redirect_response=False)
            self.assertIsNotNone(self.rows(actor)[0].read_at)

    def test_another_members_notification_is_404(self):
        self.notify(Kind.NO_SHOW)
        (row,) = self.rows(self.doctor)
        for actor in (self.desk, self.other_doctor, self.foreign_desk):
            self.assertEqual(self.client_for(actor).post(f"/notifications/{row.pk}/read").status_code, 404)
        self.assertIsNone(self.rows(self.doctor)[0].read_at)

    def test_marking_read_answers_with_list_and_count(self):
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        answer = self.client_for(self.desk).post("/notifications/read-all", HTTP_HX_REQUEST="true")
        self.assertContains(answer, 'hx-target="#bell-count"')
        self.assertEqual(answer["HX-Trigger"], "news:changed")
        self.assertEqual(self.client_for(self.desk).get("/notifications?show=unread").context["days"], [])

    def test_a_notification_about_a_hidden_visit_shows_no_name(self):
        self.notify(Kind.NO_SHOW)
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(deleted_at=TEN)
        page = self.client_for(self.desk).get("/notifications")
        self.assertContains(page, "This visit no longer exists.")
        self.assertNotContains(page, "Lindqvist")

    def test_a_conversation_that_escalates_says_why_it_waits(self):
        with self.inside(self.desk):
            talk = Interaction.objects.create(
                clinic=self.riverside, appointment=self.visit, patient=self.visit.patient, doctor=self.dr_okafor,
                channel="sms", direction="inbound", needs_attention=True, attention_reason="requested-human",
            )  # fmt: skip
            publish(
                AttentionNeeded(
                    clinic_id=self.riverside.pk, subject_id=talk.pk, doctor_ids=(self.dr_okafor.pk,),
                    appointment_id=self.visit.pk, reason="requested-human",
                )
            )  # fmt: skip
        self.run_jobs()
        self.assertEqual(len(self.recipients(kind=Kind.AI_ATTENTION)), 3)
        self.assertContains(self.client_for(self.desk).get("/notifications"), "Asked to talk to someone")
        (row,) = self.rows(self.desk, kind=Kind.AI_ATTENTION)
        answer = self.client_for(self.desk).post(f"/notifications/{row.pk}/open")
        self.assertRedirects(answer, f"/inbox/{talk.pk}", fetch_redirect_response=False)

    def test_twenty_cost_what_one_costs(self):
        client = self.client_for(self.desk)
        for number in (1, 20):
            for index in range(number):
                self.notify(Kind.CANCELLATION, occasion=f"{number}-{index}")
            for address, most in (("/notifications", 12), ("/notifications/latest", 11), ("/notifications/bell", 6)):
                with self.subTest(address), self.assertNumQueries(most):
                    client.get(address)


class ApiTests(NotificationCase):
    def call(self, method, path, body=None, actor=None):
        send = getattr(self.client, method)
        extra = () if method == "get" else (body or {}, "application/json")
        return send(path, *extra, headers=self.bearer_for(actor or self.desk))

    def test_list_read_and_read_all(self):
        self.notify(Kind.NO_SHOW, Kind.CANCELLATION)
        body = self.call("get", "/api/notifications").json()
        self.assertEqual(body["count"], 2)
        first = body["results"][0]
        self.assertEqual((first["object_type"], first["object_id"]), ("appointment", str(self.visit.pk)))
        self.assertIsNotNone(self.call("post", f"/api/notifications/{first['id']}/read").json()["read_at"])
        self.assertEqual(self.call("get", "/api/notifications?unread=true").json()["count"], 1)
        self.assertEqual(
            self.call("get", "/api/notifications?unread=false&kind=no-show&kind=cancellation").json()["count"], 1
        )
        self.assertEqual(self.call("post", "/api/notifications/read-all").json(), {"marked": 1})

    def test_preferences(self):
        def chosen(answer):
            return {name: answer.json()[name] for name in ("muted", "email")}

        address = "/api/notifications/settings"
        self.assertEqual(chosen(self.call("get", address)), {"muted": [], "email": "at-once"})
        body = {"muted": ["no-show"], "email": "hourly"}
        self.assertEqual(chosen(self.call("put", address, body)), body)
        self.assertEqual(chosen(self.call("get", address)), body)
        read = self.call("get", address).json()
        self.assertIsNotNone(read["updated_at"])
        self.assertEqual(self.call("put", address, read).status_code, 200)
        wrong = {"muted": ["x"], "email": "x"}
        self.assertEqual(self.call("put", address, wrong).status_code, 400)
