"""Pages that libraries draw, on the real server: there is no test's transaction around them to lean on."""

import re

import pytest
import requests
from django.urls import reverse

from clinicflow.backoffice.admin import site
from clinicflow.testing.case import PASSWORD, Cast


class Browser(requests.Session):
    """A session with one site."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def request(self, method: str, url: str, **options):
        return super().request(method, self.address + url, timeout=30, **options)


@pytest.fixture
def manager(asgi_server: str):
    """A client that has signed in as the front desk by the page."""
    people = type("People", (Cast,), {})
    people.build()
    people.make_appointment(
        people.dr_okafor,
        people.make_patient(people.riverside),
        people.at(people.riverside, people.next_weekday(people.riverside), "10:00"),
    )
    with Browser(asgi_server) as client:
        page = client.get("/account/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"login": "dana@riverside.test", "password": PASSWORD, "csrfmiddlewaretoken": token.group(1)}
        client.post("/account/login/", data=form).raise_for_status()
        yield client


def test_the_back_office_draws_every_list_and_form(manager: Browser) -> None:
    for model in site._registry:
        meta = model._meta
        listed = manager.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
        assert listed.status_code == 200, meta.label
        row = re.search(rf'href="(/admin/{meta.app_label}/{meta.model_name}/[^/"]+/change/[^"]*)"', listed.text)
        if row:
            assert manager.get(row.group(1)).status_code == 200, meta.label


def test_the_pages_of_the_sign_in_are_drawn(manager: Browser) -> None:
    for name in ("mfa_index", "account_change_password", "mfa_list_webauthn", "choose_role", "account_reauthenticate"):
        assert manager.get(reverse(name)).status_code == 200, name


def test_the_browsable_api_is_drawn(manager: Browser) -> None:
    for path in ("/api/doctors", "/api/settings/users", "/api/settings/clinic", "/api/audit", "/api/docs"):
        answer = manager.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, path
        assert "text/html" in answer.headers["content-type"]
