"""Malformed bodies and headers, CORS, client addresses and field names of errors."""

from django.test import RequestFactory, SimpleTestCase, override_settings

from clinicflow.api.errors import Malformed, flatten
from clinicflow.api.parsers import parse_object
from clinicflow.core.client_ip import client_ip, client_network
from clinicflow.testing.case import ClinicCase


class StrictJSON(SimpleTestCase):
    def test_valid_objects_are_parsed_unchanged(self):
        text = '{"a": [1, 2.5, null, true, "Zoë 🙂 עברית"], "b": {"c": "\\ud83d\\ude42"}}'
        self.assertEqual(parse_object(text.encode()), {"a": [1, 2.5, None, True, "Zoë 🙂 עברית"], "b": {"c": "🙂"}})

    def test_everything_else_is_malformed(self):
        bodies = {
            "not JSON": b"{",
            "empty": b" ",
            "a list": b"[1]",
            "a string": b'"x"',
            "NUL in a value": b'{"a": "x\\u0000"}',
            "NUL in a key": b'{"a\\u0000": 1}',
            "NUL beside a letter that is not ASCII": '{"a": "é\\u0000"}'.encode(),
            "a lone surrogate": b'{"a": "\\ud800"}',
            "a lone surrogate in a key": b'{"\\udfff": 1}',
            "the same key twice": b'{"a": 1, "a": 2}',
            "the same key twice inside": b'{"a": {"b": 1, "b": 1}}',
            "NaN": b'{"a": NaN}',
            "infinity": b'{"a": -Infinity}',
            "a float beyond floats": b'{"a": 1e400}',
            "a whole number beyond the database": b'{"a": 9223372036854775808}',
            "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
            "33 levels": b'{"a": ' * 33 + b"1" + b"}" * 33,
            "100,000 levels": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "Latin-1": '{"a": "é"}'.encode("latin-1"),
            "a byte order mark": b"\xef\xbb\xbf{}",
        }
        for name, body in bodies.items():
            with self.subTest(name), self.assertRaises(Malformed):
                parse_object(body)

    def test_32_levels_are_allowed(self):
        self.assertTrue(parse_object(b'{"a": ' * 32 + b"1" + b"}" * 32))


class MalformedRequests(ClinicCase):
    def post(self, body, content_type="application/json", path="/api/auth/login", **headers):
        return self.client.post(path, body, content_type, headers=headers)

    def assert_problem(self, response, status, code):
        self.assertEqual(response.status_code, status, response.content)
        self.assertEqual(response["Content-Type"], "application/problem+json")
        body = response.json()
        self.assertEqual((body["status"], body["code"]), (status, code))
        self.assertEqual(set(body) >= {"type", "title", "status", "detail", "errors", "code"}, True)

    def test_a_body_of_five_megabytes_is_413(self):
        self.assert_problem(self.post(b'{"email": "' + b"x" * 5_000_000 + b'"}'), 413, "too_large")

    def test_another_media_type_is_415(self):
        self.assert_problem(self.post("email=x", "application/x-www-form-urlencoded"), 415, "unsupported_media_type")

    def test_malformed_json_is_400(self):
        self.assert_problem(self.post(b"{"), 400, "malformed")

    def test_unknown_path_is_a_problem_too(self):
        self.assert_problem(self.client.get("/api/nothing/here"), 404, "not_found")
        self.assert_problem(self.client.get("/api/doctors/"), 404, "not_found")

    def test_wrong_method_is_405(self):
        self.assert_problem(self.client.get("/api/auth/login"), 405, "method_not_allowed")

    def test_an_unsupported_accept_header_is_406(self):
        response = self.client.get("/api/doctors", headers=self.bearer_for(self.desk) | {"accept": "application/xml"})
        self.assert_problem(response, 406, "not_acceptable")

    def test_idempotency_key_must_be_visible_ascii(self):
        headers = self.bearer_for(self.desk)
        for key in ("", "x" * 256, "é"):
            with self.subTest(key):
                response = self.post({}, path="/api/settings/users", **headers | {"idempotency-key": key})
                self.assert_problem(response, 400, "malformed")


@override_settings(CORS_ORIGINS=["https://app.example"])
class CrossOrigin(ClinicCase):
    def test_an_allowed_origin_may_send_preflight_and_requests(self):
        preflight = self.client.options(
            "/api/doctors", headers={"origin": "https://app.example", "access-control-request-method": "GET"}
        )
        self.assertEqual(preflight.status_code, 204)
        self.assertIn("If-Match", preflight["Access-Control-Allow-Headers"])
        headers = {"origin": "https://app.example"} | self.bearer_for(self.desk)
        response = self.client.get("/api/doctors", headers=headers)
        self.assertEqual(response["Access-Control-Allow-Origin"], "https://app.example")
        self.assertNotIn("Access-Control-Allow-Credentials", response)

    def test_another_origin_is_not_allowed(self):
        response = self.client.get("/api/doctors", headers={"origin": "https://evil.example"})
        self.assertNotIn("Access-Control-Allow-Origin", response)
        self.assertIn("Origin", response["Vary"])


class ClientIP(SimpleTestCase):
    def client_ip(self, forwarded, hops):
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})
        with self.settings(TRUSTED_PROXY_HOPS=hops):
            return client_ip(request)

    def test_forwarded_addresses_count_as_far_as_the_trusted_proxies(self):
        self.assertEqual(self.client_ip("6.6.6.6", 0), "10.0.0.1")
        self.assertEqual(self.client_ip("6.6.6.6, 203.0.113.9", 1), "203.0.113.9")
        self.assertEqual(self.client_ip("6.6.6.6, 203.0.113.9, 10.0.0.2", 2), "203.0.113.9")
        self.assertEqual(self.client_ip("not an address", 1), "")

    def test_limits_count_a_whole_ipv6_network_and_one_ipv4_address(self):
        for address, network in (
            ("203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
            ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ):
            with self.subTest(address):
                self.assertEqual(client_network(RequestFactory().get("/", REMOTE_ADDR=address)), network)


class FieldNames(SimpleTestCase):
    def test_nested_errors_get_dotted_names(self):
        detail = {"items": [{}, {"name": ["Missing."]}], "non_field_errors": ["No."], "hours": {"start": ["Bad."]}}
        self.assertEqual(
            flatten(detail),
            {"items.1.name": ["Missing."], "non_field_errors": ["No."], "hours.start": ["Bad."]},
        )
