import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.testing.monday import MONDAY, TEN, MondayCase

DAY = dt.timedelta(days=1)


class ListCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.hannah = cls.visit_at("09:00", "Hannah Lindqvist", status="completed", arrived=True, arrived_at=TEN)
        cls.diego = cls.visit_at("10:30", "Diego Flores", status="confirmed", intake_status="sent")
        cls.aisha = cls.visit_at("10:00", "Aisha Rahman", status="confirmed", arrived=True, arrived_at=TEN)
        cls.noah = cls.visit_at("11:00", "Noah Goldberg", doctor=cls.dr_herrera, visit_type="virtual")
        cls.grace = cls.visit_at("15:00", "Grace Kim", status="cancelled", needs_attention=True)
        patient = cls.make_patient(cls.riverside, "Peter Novak")
        cls.peter = cls.make_appointment(cls.dr_okafor, patient, cls.at(cls.riverside, MONDAY + 2 * DAY, "09:00"), 30)

    def page(self, query="", actor=None, **headers):
        return self.client_for(actor or self.desk).get(f"/schedule/list?{query}", **headers)

    def names(self, query="", actor=None):
        return [card.name.split()[0] for card in self.page(query, actor).context["cards"]]


class FilterTests(ListCase):
    def test_without_anything_it_is_today_in_order_of_time(self):
        self.assertEqual(self.names(), ["Hannah", "Aisha", "Diego", "Noah", "Grace"])

    def test_each_filter_narrows(self):
        for query, expected in {
            f"date_from={MONDAY + DAY}&date_to={MONDAY + 2 * DAY}": ["Peter"],
            f"date={MONDAY + 2 * DAY}": ["Peter"],
            f"doctor={self.dr_herrera.pk}": ["Noah"],
            f"doctor={self.dr_herrera.pk}&doctor={self.dr_okafor.pk}": ["Hannah", "Aisha", "Diego", "Noah", "Grace"],
            "status=confirmed": ["Diego"],
            "status=arrived&status=cancelled": ["Aisha", "Grace"],
            "intake_status=sent": ["Diego"],
            "visit_type=virtual": ["Noah"],
            "needs_attention=true": ["Grace"],
            "search=goldb": ["Noah"],
            "status=confirmed&search=goldb": [],
        }.items():
            with self.subTest(query):
                self.assertEqual(self.names(query), expected)

    def test_nonsense_asks_for_nothing(self):
        for query in ("status=gone&doctor=1&visit_type=x&ordering=id;x", "date_from=2027-02-31", "page=x&search=%00"):
            with self.subTest(query):
                self.assertEqual(len(self.names(query)), 5)

    def test_a_range_that_ends_before_it_begins_is_its_first_day(self):
        self.assertEqual(len(self.names(f"date_from={MONDAY}&date_to={MONDAY - DAY}")), 5)

    def test_an_empty_choice_says_so_and_leads_out(self):
        page = self.page("status=no-show")
        self.assertContains(page, "No visits match these filters.")
        self.assertContains(page, "Show all visits on these days")
        self.assertContains(self.page(f"date={MONDAY + 4 * DAY}"), "No visits are booked on these days.")


class OrderTests(ListCase):
    def test_every_column_sorts_both_ways_and_says_so(self):
        ends = {"patient": ("Diego", "Aisha"), "doctor": ("Hannah", "Noah"), "time": ("Hannah", "Grace")}
        for key, (first, last) in ends.items():
            with self.subTest(key):
                names = self.names(f"ordering={key}")
                self.assertEqual((names[0], names[-1]), (first, last))
                self.assertContains(self.page(f"ordering={key}"), 'aria-sort="ascending"', count=1)
                self.assertContains(self.page(f"ordering=-{key}"), 'aria-sort="descending"', count=1)
        self.assertEqual(self.names("ordering=-time"), ["Grace", "Noah", "Diego", "Aisha", "Hannah"])

    def test_column_heads_and_the_view_switch_preserve_the_filters(self):
        page = self.page(f"status=confirmed&ordering=patient&date={MONDAY}")
        self.assertContains(page, f'href="?status=confirmed&amp;ordering=-patient&amp;date={MONDAY}"')
        self.assertContains(page, f'href="/schedule?status=confirmed&amp;date={MONDAY}"')
        self.assertContains(page, f'href="/schedule/week?status=confirmed&amp;date={MONDAY}"')

    def test_the_day_and_the_week_switch_with_their_filters(self):
        for page in ("/schedule", "/schedule/week"):
            answer = self.client_for(self.desk).get(f"{page}?status=confirmed&date={MONDAY}")
            self.assertContains(answer, f'href="/schedule/list?status=confirmed&amp;date={MONDAY}"')

    def test_a_fragment_names_the_address_without_empty_fields(self):
        answer = self.page("search=&status=confirmed&doctor=", HTTP_HX_REQUEST="true")
        self.assertEqual(answer["HX-Replace-Url"], "/schedule/list?status=confirmed")
        self.assertNotContains(answer, "<html")


class AccessTests(ListCase):
    def test_a_doctor_sees_their_own_without_the_desks_acts(self):
        self.assertEqual(self.names(actor=self.other_doctor), ["Noah"])
        self.assertNotContains(self.page(actor=self.other_doctor), "/confirm")
        self.assertContains(self.page(), "/confirm")

    def test_the_owner_and_another_clinic_see_no_visits(self):
        self.assertEqual(self.page(actor=self.owner).status_code, 403)
        self.assertEqual(self.names(actor=self.foreign_desk), [])

    def test_the_look_is_written_down_with_the_rows_of_the_page_only(self):
        self.page("status=confirmed")
        with self.inside(self.desk):
            look = AuditLog.objects.get(action="read", resource_type="appointments")
        self.assertEqual(look.patient_ids, [self.diego.patient_id])


class PageTests(ListCase):
    def test_fifty_rows_cost_what_one_costs_and_the_rest_is_on_the_next_page(self):
        one = self.count(f"/schedule/list?date={MONDAY + 2 * DAY}")
        for number in range(55):
            patient = self.make_patient(self.riverside, f"Patient Number{number}")
            starts_at = self.at(self.riverside, MONDAY + 2 * DAY, f"{10 + number // 10:02d}:{number % 10 * 5:02d}")
            doctor = (self.dr_okafor, self.dr_herrera)[number % 2]
            self.make_appointment(doctor, patient, starts_at, 5)
        self.assertEqual(self.count(f"/schedule/list?date={MONDAY + 2 * DAY}"), one)
        self.assertLessEqual(one, 12)
        self.assertEqual(len(self.names(f"date={MONDAY + 2 * DAY}")), 50)
        self.assertEqual(len(self.names(f"date={MONDAY + 2 * DAY}&page=2")), 6)
