"""Pages with years of visits behind them: as many queries as with few, sixteen at most, and the same figures."""

import datetime as dt
import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.access.actor import system_actor
from clinicflow.testing.bulk_data import BulkData
from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.figures import operations
from dashboards.figures.rules.periods import Comparison, Period
from dashboards.figures.selectors.counting import COUNTED, count_by_doctor
from dashboards.figures.selectors.report import read_report
from dashboards.owner.metrics.panels import PANELS
from intake.models import Questionnaire

MOST = 16
OWNER = ("/overview", "/overview/no-shows", "/overview/ai", "/overview/efficiency")
TWO_YEARS = f"?from={MONDAY - dt.timedelta(days=730)}&to={MONDAY}&step=month"
DESK = (
    "/schedule",
    "/schedule/week",
    "/schedule/list",
    "/schedule/cancellations",
    "/schedule/month",
    "/find?q=pat",
    "/patients",
    "/intake",
    "/inbox",
    "/follow-ups",
    "/waitlist",
    "/time-off",
    "/notifications",
    "/audit",
    "/settings/clinic",
    "/settings/users",
    "/settings/doctors",
    "/settings/closures",
)
DOCTOR = ("/my-day", "/schedule/week", "/patients", "/intake", "/follow-ups", "/settings/me", "/notifications")


class ScaleCase(MondayCase):
    @classmethod
    def hire(cls):
        """Three thousand visits in a year and a half."""
        cls.clinic_itself = system_actor(cls.riverside.pk, cls.riverside.timezone)
        with cls.inside(cls.clinic_itself):
            paper = Questionnaire.objects.create(clinic=cls.riverside, family=uuid.uuid4(), name="Adult", sections=[])
            cls.visits = BulkData(
                clinic_id=cls.riverside.pk,
                zone=cls.riverside.timezone,
                doctor_ids=[cls.dr_okafor.pk, cls.dr_herrera.pk],
                questionnaire_id=paper.pk,
                first=MONDAY - dt.timedelta(days=548),
                last=MONDAY + dt.timedelta(days=7),
                now=TEN,
                slots=4,
                patients=40,
            ).fill()
            operations.roll_up(cls.clinic_itself, at=TEN)


class QueryTests(ScaleCase):
    def assert_frugal(self, actor, addresses):
        client = self.client_for(actor)
        for address in addresses:
            with self.subTest(address=address):
                with CaptureQueriesContext(connection) as seen:
                    self.assertEqual(client.get(address).status_code, 200)
                asked = [str(query["sql"])[:150] for query in seen if "SAVEPOINT" not in str(query["sql"])]
                self.assertLessEqual(len(asked), MOST, "\n".join(asked))

    def test_no_page_of_the_owner_asks_more_than_sixteen_queries(self):
        self.assertGreater(self.visits, 3000)
        self.assert_frugal(self.owner, [f"{page}{TWO_YEARS}" for page in OWNER])
        self.assert_frugal(self.owner, [f"/overview/files/{key}.csv{TWO_YEARS}" for key in PANELS])

    def test_no_page_of_the_front_desk_asks_more_than_sixteen_queries(self):
        self.assert_frugal(self.desk, DESK)

    def test_no_page_of_a_doctor_asks_more_than_sixteen_queries(self):
        self.assert_frugal(self.doctor, DOCTOR)


class EqualityTests(ScaleCase):
    def test_two_years_of_stored_figures_equal_the_rows(self):
        period = Period.between(MONDAY - dt.timedelta(days=730), MONDAY, MONDAY, compare=Comparison.NONE)
        with self.inside(self.owner) as actor:
            report = read_report(actor, period)
            rows = count_by_doctor(actor, period.days, TEN)
        self.assertEqual(
            {name: report.now[name] for name in COUNTED}, {name: sum(row[name] for row in rows) for name in COUNTED}
        )
        self.assertTrue(all(report.now[name] for name in COUNTED), report.now.sums)
