"""Test cases for the APIs of staff."""

from clinicflow.testing.case import ClinicCase


class StaffApiCase(ClinicCase):
    """Calls the API with an actor's bearer token, and asserts on problem responses."""

    def call(self, actor, method, path, body=None, **headers):
        headers |= self.bearer_for(actor)
        call = getattr(self.client, method)
        return call(path, headers=headers) if method == "get" else call(path, body, "application/json", headers=headers)

    def problem(self, response, status, code=None):
        self.assertEqual(response.status_code, status, response.content)
        if code:
            self.assertEqual(response.json()["code"], code)
        return response.json()
