import csv
import datetime as dt

from clinicflow.access.actor import system_actor
from clinicflow.audit.models import AuditLog
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.figures import operations
from dashboards.models import TaskMinutes
from dashboards.owner.metrics.panels import PAGES as SECTIONS
from dashboards.owner.metrics.panels import PANELS
from intake.models import IntakeForm, Questionnaire

DAY = dt.timedelta(days=1)
PAGES = ("/overview", "/overview/no-shows", "/overview/ai", "/overview/efficiency")


class OverviewCase(MondayCase):
    @classmethod
    def hire(cls):
        """Ten visits of last week: seven done, two no-shows, one cancelled; and one in the other clinic."""
        cls.week_ago = TEN - 7 * DAY
        cls.add(7, status="completed", arrived=True, arrived_at=TEN, confirmed_at=cls.week_ago - DAY)
        cls.add(2, start=7, status="no-show")
        cls.add(1, start=9, status="cancelled", confirmed_at=cls.week_ago - DAY)
        cls.make_appointment(cls.dr_lake, cls.make_patient(cls.lakeside), cls.week_ago, status="no-show")

    @classmethod
    def add(cls, count, *, start=0, **fields):
        for index in range(start, start + count):
            patient = cls.make_patient(cls.riverside, f"Secret Person{index}")
            cls.make_appointment(cls.dr_okafor, patient, cls.week_ago + index * dt.timedelta(minutes=30), **fields)

    def get(self, address="/overview?period=4w", actor=None):
        return self.client_for(actor or self.owner).get(address)

    def now(self, address="/overview?period=4w"):
        return self.get(address).context["report"].now

    def panel(self, key, address="/overview?period=4w"):
        return next(panel for panel in self.get(address).context["panels"] if panel.key == key)

    def figure(self, key, address="/overview?period=4w"):
        return next(one for one in self.get(address).context["figures"] if one.figure.key == key)


class FigureTests(OverviewCase):
    def test_the_rates_of_the_clinic(self):
        tally = self.now()
        self.assertEqual((tally["visits"], tally["completed"], tally["no_shows"], tally.cancelled), (9, 7, 2, 1))
        self.assertEqual(self.figure("no_show_rate").value, 22.2)
        self.assertEqual(self.figure("confirmed_rate").value, 77.8)
        self.assertEqual(self.figure("cancelled_rate", "/overview/no-shows?period=4w").value, 10.0)

    def test_a_confirmation_on_the_day_itself_came_too_late(self):
        visit = self.visit_at("09:00", status="completed", confirmed_at=TEN)
        self.assertEqual(self.now()["confirmed_before"], 7)
        self.assertEqual(visit.status, "completed")

    def test_intake_counts_when_it_came_before_the_visit(self):
        with self.inside(self.desk):
            paper = Questionnaire.objects.create(clinic=self.riverside, family=self.riverside.pk, name="Adult")
        for name, hours in (("Ada Early", -2), ("Lou Late", 2)):
            visit = self.visit_at("08:00", name, status="completed", overlap_allowed=True, overlap_reason="test")
            with self.inside(self.desk):
                IntakeForm.objects.create(
                    clinic=self.riverside,
                    patient=visit.patient,
                    appointment=visit,
                    questionnaire=paper,
                    status="submitted",
                    submitted_at=visit.starts_at + dt.timedelta(hours=hours),
                )
        self.assertEqual(self.now()["intake_before"], 1)

    def test_booked_time_is_a_share_of_the_open_time_since_the_first_visit(self):
        report = self.get().context["report"]
        a_day = 210 + 225  # minutes that a doctor of the cast works
        self.assertEqual(report.now["booked_minutes"], 7 * 30)
        self.assertEqual(report.now["open_minutes"], 2 * 6 * a_day)  # a week and today
        self.assertEqual({tally["open_minutes"] for _doctor, tally in report.doctors}, {6 * a_day})

    def test_an_hour_is_as_busy_as_it_is_booked(self):
        panel = self.panel("busy-hours")
        mondays = dict(panel.heat)["Mon"]
        ten = mondays[panel.hours.index(10)]
        self.assertEqual(ten.text, str(round(100 * 60 / (2 * 2 * 60))))  # two Mondays of two doctors

    def test_nothing_is_compared_when_the_clinic_was_not_there(self):
        self.assertEqual({figure.change for figure in self.get().context["figures"]}, {None})

    def test_the_week_before_is_compared_when_the_clinic_was_there(self):
        self.visit_at("09:00", status="completed")
        report = self.get("/overview?from=2027-02-24&to=2027-03-01").context["report"]
        self.assertEqual((report.now["visits"], report.before["visits"]), (1, 9))

    def test_few_visits_give_no_rate(self):
        report = self.get().context["report"]
        herrera = next(tally for doctor, tally in report.doctors if doctor.pk == self.dr_herrera.pk)
        self.assertEqual(herrera["visits"], 0)
        row = next(row for row in self.panel("doctors").sheet.rows if row[0] == self.dr_herrera.name)
        self.assertIsNone(row[4])

    def test_an_open_visit_counts_once_its_start_has_passed(self):
        before = self.now()["visits"]
        self.visit_at("09:30")
        self.visit_at("10:30")
        self.assertEqual(self.now()["visits"], before + 1)


class PeriodTests(OverviewCase):
    def test_an_unknown_period_is_the_usual_one(self):
        self.assertEqual(self.get("/overview?period=' or 1=1").context["report"].period.name, "12w")

    def test_today_is_the_last_day(self):
        self.assertEqual(self.get().context["report"].period.last_day, MONDAY)

    def test_own_days_and_months(self):
        period = self.get("/overview?from=2027-01-15&to=2027-02-20&step=month").context["report"].period
        self.assertEqual([span.start for span in period.steps], [dt.date(2027, 1, 15), dt.date(2027, 2, 1)])

    def test_submitted_values_are_shown_beside_their_errors(self):
        page = self.get("/overview?from=2027-02-20&to=2027-02-10")
        self.assertContains(page, 'value="2027-02-20"')
        self.assertContains(page, 'value="2027-02-10"')

    def test_days_that_cannot_be_are_refused_beside_their_field(self):
        for query, field in (
            ("from=2027-02-20&to=2027-02-10", "from"),
            ("to=2027-03-02", "to"),
            ("from=2020-01-01", "from"),
            ("from=9999-99-99", "from"),
            ("from=0001-01-01", "from"),
            ("step=century", "step"),
            ("from=%00", "from"),
        ):
            with self.subTest(query=query):
                page = self.get(f"/overview?{query}")
                self.assertEqual(list(page.context["form"].errors), [field])
                self.assertContains(page, "can't be shown")
                self.assertEqual(page.context["report"].period.name, "12w")


class QueryTests(OverviewCase):
    def test_as_many_queries_for_more_visits_counted_or_not(self):
        client = self.client_for(self.owner)
        for page in PAGES:
            with self.subTest(page=page), self.assertNumQueries(QUERIES[page]):
                client.get(f"{page}?period=4w")
        self.add(5, start=10, status="completed")
        actor = system_actor(self.riverside.pk, self.riverside.timezone)
        with self.inside(actor):
            operations.roll_up(actor, at=TEN)
        for page in PAGES:
            with self.subTest(page=page, counted=True), self.assertNumQueries(QUERIES[page]):
                client.get(f"{page}?period=4w")


QUERIES = dict(zip(PAGES, (15, 14, 12, 13), strict=True))


class EmptyClinicTests(OverviewCase):
    def test_no_patient_is_on_a_page_or_in_a_file(self):
        for address in (*PAGES, *(f"/overview/files/{key}.csv" for key in PANELS)):
            with self.subTest(address=address):
                self.assertNotContains(self.get(f"{address}?period=4w"), "Secret")

    def test_only_the_owner(self):
        for actor in (self.desk, self.doctor):
            for address in (*PAGES, "/overview/files/visits.csv"):
                self.assertEqual(self.get(address, actor).status_code, 403)

    def test_another_clinics_visits_do_not_count(self):
        foreign = self.make_member(self.lakeside, "owner@lakeside.test", "Lars Berg", "owner")[1]
        self.assertEqual(self.get(actor=foreign).context["report"].now["visits"], 1)

    def test_small_groups_are_withheld_on_page_and_in_file(self):
        rows = self.panel("reasons", "/overview/no-shows?period=4w").sheet.shown
        self.assertEqual([row[1] for row in rows], ["<5"] * 4)  # all, since two that come to 3 are soon told apart


class FileTests(OverviewCase):
    def rows(self, key, query="period=4w"):
        return list(csv.reader(self.get(f"/overview/files/{key}.csv?{query}").content.decode().splitlines()))

    def test_the_file_has_a_line_for_each_week(self):
        rows = self.rows("no-shows")
        self.assertEqual(rows[0][:3], ["from", "visits", "no_shows"])
        self.assertEqual(len(rows), 5)
        self.assertEqual(sum(int(row[1]) for row in rows[1:]), 9)

    def test_every_panel_has_a_file_with_what_its_page_shows(self):
        for key in PANELS:
            with self.subTest(key=key):
                self.assertGreaterEqual(len(self.rows(key)), 1)
        self.assertEqual(self.get("/overview/files/nothing.csv").status_code, 404)

    def test_no_cell_is_a_formula(self):
        with self.inside(self.desk):
            type(self.dr_okafor).objects.filter(pk=self.dr_okafor.pk).update(name="=cmd|' /C calc'!A0")
        self.assertIn("'=cmd", [row[0][:5] for row in self.rows("doctors")])

    def test_a_file_that_leaves_is_audited(self):
        self.rows("visits")
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="export", resource_type="overview").exists())


class PageTests(OverviewCase):
    def test_every_section_answers_with_every_panel_its_table_and_its_meaning(self):
        for page, section in zip(PAGES, SECTIONS.values(), strict=True):
            with self.subTest(page=page):
                shown = self.get(f"{page}?period=4w")
                for key in section.panels:
                    self.assertContains(shown, f'id="panel-{key}"')
                self.assertContains(shown, "What it counts", count=len(section.panels) + len(section.figures))

    def test_a_clinic_without_visits_says_so(self):
        foreign = self.make_member(self.lakeside, "owner@lakeside.test", "Lars Berg", "owner")[1]
        with self.inside(self.foreign_desk):
            self.lakeside_visits = None
        for page in PAGES:
            with self.subTest(page=page):
                self.assertContains(
                    self.get(f"{page}?from=2026-01-01&to=2026-02-01", foreign), "No data for this period"
                )


class MinutesTests(OverviewCase):
    def post(self, actor=None, **fields):
        values = {"confirmation": 5, "message": 1, "intake": 10, "summary": 6} | fields
        return self.client_for(actor or self.owner).post("/overview/minutes", values)

    def kept(self):
        with self.inside(self.owner):
            return TaskMinutes.objects.values_list("confirmation", "message", "intake", "summary").first()

    def test_the_owner_sets_them_and_the_time_saved_follows(self):
        self.add(6, start=10, status="completed", confirmed_at=TEN, confirmed_by="patient")
        self.assertEqual(self.figure("minutes_saved").value, 6 * 4)
        self.assertRedirects(self.post(), "/overview/efficiency")
        self.assertEqual(self.kept(), (5, 1, 10, 6))
        self.assertEqual(self.figure("minutes_saved").value, 6 * 5)

    def test_the_change_is_audited_with_old_and_new(self):
        self.post()
        self.post(confirmation=7)
        with self.inside(self.desk):
            entry = AuditLog.objects.filter(resource_type="task_minutes").latest("id")
        self.assertEqual((entry.old_values, entry.new_values), ({"confirmation": 5}, {"confirmation": 7}))

    def test_invalid_minutes_are_rejected_beside_their_field_and_shown(self):
        for value in ("-1", "121", "", "many"):
            with self.subTest(value=value):
                page = self.post(intake=value)
                self.assertEqual(page.status_code, 422)
                self.assertEqual(list(page.context["minutes_form"].errors), ["intake"])
        self.assertIsNone(self.kept())

    def test_other_roles_cannot_set_them(self):
        for actor in (self.desk, self.doctor):
            self.assertEqual(self.post(actor).status_code, 403)
        self.assertIsNone(self.kept())
