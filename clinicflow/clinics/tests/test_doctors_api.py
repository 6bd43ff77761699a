"""`/api/doctors`."""

from clinicflow.clinics.tests.cases import StaffApiCase


class Doctors(StaffApiCase):
    def test_list_shows_the_clinics_doctors_only(self):
        body = self.call(self.desk, "get", "/api/doctors").json()
        self.assertEqual([row["name"] for row in body["results"]], ["Dr. Amara Okafor", "Dr. Luis Herrera"])
        self.assertEqual((body["count"], body["next"], body["previous"]), (2, None, None))

    def test_filters_and_ordering(self):
        names = [row["name"] for row in self.call(self.desk, "get", "/api/doctors?ordering=-name").json()["results"]]
        self.assertEqual(names, ["Dr. Luis Herrera", "Dr. Amara Okafor"])
        body = self.call(self.owner, "get", "/api/doctors?specialty=cardiology").json()
        self.assertEqual(body["count"], 1)

    def test_unknown_and_invalid_parameters_are_rejected(self):
        for query, name in (
            ("colour=red", "colour"),
            ("is_active=perhaps%00", "is_active"),
            ("ordering=password", "ordering"),
            ("page=0", "page"),
            ("page=x", "page"),
            ("page_size=201", "page_size"),
            ("search=%00", "search"),
        ):
            with self.subTest(query):
                body = self.problem(self.call(self.desk, "get", f"/api/doctors?{query}"), 400, "invalid")
                self.assertIn(name, body["errors"])

    def test_page_after_the_last_is_404(self):
        self.problem(self.call(self.desk, "get", "/api/doctors?page=2"), 404, "not_found")

    def test_another_clinics_doctor_is_404(self):
        self.problem(self.call(self.desk, "get", f"/api/doctors/{self.dr_lake.pk}"), 404, "not_found")

    def test_a_malformed_id_is_404(self):
        self.problem(self.call(self.desk, "get", "/api/doctors/abc"), 404, "not_found")

    def test_query_count_does_not_depend_on_the_number_of_doctors(self):
        headers = self.bearer_for(self.desk)
        with self.assertNumQueries(6):  # sign-in, membership, count, page; begin and commit
            self.client.get("/api/doctors", headers=headers)
        for number in range(18):
            self.make_doctor(self.riverside, f"New {number}", f"N{number}")
        with self.assertNumQueries(6):
            self.assertEqual(self.client.get("/api/doctors", headers=headers).json()["count"], 20)
