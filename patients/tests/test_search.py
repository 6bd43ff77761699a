import datetime as dt

from clinicflow.testing.case import ClinicCase
from patients.folding import fold, national_digits, search_fields
from patients.models import Patient


class FoldTests(ClinicCase):
    def test_folds_case_accents_and_punctuation(self):
        self.assertEqual(fold("  José   O'Neil-Łuk "), "jose oneil luk")

    def test_national_digits(self):
        self.assertEqual(national_digits("+1 (512) 555-0121"), "5125550121")
        self.assertEqual(national_digits("not a number"), "")


class SearchCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.hannah = cls.add("Hannah", "Lindqvist", "+15125550101", dt.date(1983, 6, 26))
        cls.jose = cls.add("José", "Núñez", "+15125550202", dt.date(1990, 1, 2))
        cls.foreign = cls.add("Hannah", "Lindqvist", "+15125550101", dt.date(1983, 6, 26), clinic=cls.lakeside)

    @classmethod
    def add(cls, first, last, phone, born, clinic=None):
        fields = search_fields(first, last, phone)
        return cls.make_patient(clinic or cls.riverside, f"{first} {last}", phone=phone, date_of_birth=born, **fields)


class SearchTests(SearchCase):
    def results(self, text, actor=None):
        with self.inside(actor or self.desk) as who:
            return list(Patient.objects.visible_to(who).current().search(text).order_by("search_last"))

    def test_finds_by_either_name_without_accents(self):
        self.assertEqual(self.results("lind"), [self.hannah])
        self.assertEqual(self.results("hannah l"), [self.hannah])
        self.assertEqual(self.results("nunez jo"), [self.jose])

    def test_finds_by_phone_and_by_birth_date(self):
        self.assertEqual(self.results("(512) 555-01"), [self.hannah])
        self.assertEqual(self.results("6/26/1983"), [self.hannah])
        self.assertEqual(self.results("1990-01-02"), [self.jose])

    def test_an_empty_or_short_text_matches_nothing(self):
        self.assertEqual(self.results(""), [])
        self.assertEqual(self.results("5"), [])

    def test_finds_no_patient_of_another_clinic(self):
        self.assertEqual(self.results("hannah", self.foreign_desk), [self.foreign])

    def test_an_owner_finds_no_patients(self):
        self.assertEqual(self.results("hannah", self.owner), [])


class LookingLikeTests(SearchCase):
    def duplicates(self, **data):
        data = {"first_name": "Zed", "last_name": "Zed", "date_of_birth": None} | data
        with self.inside(self.desk):
            return list(Patient.objects.visible_to(self.desk).looking_like(**data))

    def test_the_same_phone_is_enough(self):
        self.assertEqual(self.duplicates(phone="512 555 0101"), [self.hannah])

    def test_the_same_birth_date_needs_a_similar_name(self):
        born = dt.date(1983, 6, 26)
        self.assertEqual(self.duplicates(last_name="Lindquist", date_of_birth=born), [self.hannah])
        self.assertEqual(self.duplicates(last_name="Berg", date_of_birth=born), [])
