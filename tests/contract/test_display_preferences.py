"""Clock and order of dates on every page of every role: under one preference nothing of the other is left."""

import re
import uuid
from html.parser import HTMLParser

from django.apps import apps

from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each
from intake.tests.cases import PatientLinkCase
from tests.contract import test_routes
from tests.effects.cases import Decides

MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?)"
)
OF_24_HOURS = re.compile(r"\b(?:0\d|1[3-9]|2[0-3]):[0-5]\d\b")
OF_12_HOURS = re.compile(r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b", re.IGNORECASE)
DAY_FIRST = re.compile(rf"\b\d{{1,2}}\.? {MONTH}\b(?! \d{{1,2}}\b)|\b(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2])/\d{{2,4}}")
MONTH_FIRST = re.compile(
    rf"(?<!\d )(?<!\d\. )\b{MONTH} \d{{1,2}}\b(?!:)|\b(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])/\d{{2,4}}"
)
SPOKEN = {"aria-label", "title", "alt", "placeholder", "data-said"}
# The audit log shows values as they are kept: instants in UTC, times with seconds, hours by weekday.
AS_KEPT = {"/audit": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC|\b\d\d:\d\d:\d\d\b|\b[a-z]{3}: [\d:, …]+")}
# The page of the preferences shows each way of writing.
EXAMPLES = ("3:30 pm", "15:30", "11/23/2026", "23/11/2026")


class Words(HTMLParser):
    """What a page says: its text, and what is spoken for its elements."""

    def __init__(self):
        super().__init__()
        self.said, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style", "option"}
        self.said += [f" {value} | " for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style", "option"}
        self.said.append(" ")

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)

    @classmethod
    def of(cls, page):
        parser = cls()
        parser.feed(page)
        text = re.sub(r"\s+", " ", "".join(parser.said))
        for example in EXAMPLES:
            text = text.replace(example, "")
        return text


class EveryPage(Decides, ClinicCase):
    maxDiff = None

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with cls.inside(cls.doctor):
            rows = one_of_each(cls, cls.riverside, cls.dr_okafor, cls.okafor)
        cls.ids = {name: rows[apps.get_model(label)].pk for name, label in test_routes.OBJECTS.items()}
        cls.ids |= {"doctor": cls.dr_okafor.pk, "membership": cls.owner.membership_id, "unknown": uuid.uuid4()}

    def pages(self):
        """(who, address) of every page that somebody of Riverside may open."""
        for route, method, objects, expected in test_routes.lines():
            if method == "GET" and not route.startswith("/api/"):
                address = test_routes.TheTable.address(self, route, objects)
                for who, status in zip(
                    ("desk", "doctor", "owner"), (expected[1], expected[2], expected[4]), strict=True
                ):
                    if status == 200:
                        yield who, address

    def leftovers(self, *patterns):
        """What the pages say in a way that they should not, each with its page; and how many pages there were."""
        found, seen = set(), 0
        clients = {who: self.client_for(getattr(self, who)) for who in ("desk", "doctor", "owner")}
        for who, address in self.pages():
            answer = clients[who].get(address)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            seen += 1
            text = Words.of(answer.content.decode())
            text = AS_KEPT[address].sub("", text) if address in AS_KEPT else text
            for pattern in patterns:
                for match in pattern.finditer(text):
                    around = text[max(match.start() - 30, 0) : match.end() + 20]
                    found.add(f"{re.sub(r'[0-9a-f-]{36}', '<id>', address)}: {around.strip()}")
        return sorted(found), seen

    def test_24_hours_and_the_day_first(self):
        self.decide(time_format="24h", date_format="DD/MM/YYYY")
        found, seen = self.leftovers(OF_12_HOURS, MONTH_FIRST)
        self.assertEqual(found, [])
        self.assertGreater(seen, 60)

    def test_12_hours_and_the_month_first(self):
        self.decide(time_format="12h", date_format="MM/DD/YYYY")
        found, seen = self.leftovers(OF_24_HOURS, DAY_FIRST)
        self.assertEqual(found, [])
        self.assertGreater(seen, 60)

    def test_the_patterns_find_what_they_are_for(self):
        for pattern, wrong, right in (
            (OF_24_HOURS, "at 15:00", "at 3:00 pm, 10:30 am"),
            (OF_12_HOURS, "at 3 pm", "15:00, 10 amber"),
            (DAY_FIRST, "Mon 23 Nov", "Nov 23, 2026, November 2026"),
            (MONTH_FIRST, "Mon, Nov 23", "23 Nov 2026, November 2026"),
            (MONTH_FIRST, "11/24/2026", "24/11/2026"),
        ):
            with self.subTest(wrong):
                self.assertTrue(pattern.search(Words.of(f"<p title='{wrong}'>x</p>")))
                self.assertFalse(pattern.search(Words.of(f"<p>{right}</p>")))


class PatientsPages(Decides, PatientLinkCase):
    def text(self):
        """What the patient's pages say, past the birth date."""
        token = self.create_link("visit")
        self.open(token)
        self.open()
        addresses = [self.url("/visit", token), self.url("/form/visit"), self.url("/check"), self.url("/done")]
        pages = [self.phone.get(address, follow=True) for address in addresses]
        self.assertEqual([page.status_code for page in pages], [200] * 4)
        return " ".join(Words.of(page.content.decode()) for page in pages)

    def test_they_follow_the_clinic_both_ways(self):
        for time_format, date_format, wrong, right in (
            ("24h", "DD/MM/YYYY", (OF_12_HOURS, MONTH_FIRST), DAY_FIRST),
            ("12h", "MM/DD/YYYY", (OF_24_HOURS, DAY_FIRST), MONTH_FIRST),
        ):
            with self.subTest(time_format):
                self.decide(time_format=time_format, date_format=date_format)
                text = self.text()
                self.assertEqual([match[0] for pattern in wrong for match in pattern.finditer(text)], [])
                self.assertRegex(text, right)
