"""Users, doctors, time off, closures, audit and the back office in a browser."""

import re

import pytest
from django.core import mail

from clinicflow.backoffice.admin import site
from clinicflow.testing.axe import violations
from clinicflow.testing.case import PASSWORD, Cast
from clinicflow.testing.jobs import run_due_jobs
from scheduling.models import Appointment
from scheduling.operations import time_off
from tests.browser.cases import sign_in

pytestmark = pytest.mark.browser


class Managed(Cast):
    """A clinic whose doctor has a visit on a day to come."""

    def __init__(self):
        self.build()
        self.day = self.next_weekday(self.riverside, 1)
        self.grace = self.make_patient(self.riverside, "Grace Kim")
        self.visit = self.make_appointment(self.dr_okafor, self.grace, self.at(self.riverside, self.day, "10:00"))


def give_password(page):
    """What is asked before a change of users."""
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "reauthenticate" not in url)


def test_from_the_invitation_to_the_first_sign_in(asgi_server, new_context):
    clinic = Managed()
    manager = new_context(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(manager, asgi_server, "dana@riverside.test")
    manager.goto(f"{asgi_server}/settings/users")
    manager.click("text=Invite")
    give_password(manager)
    manager.fill("[name=email]", "nia@example.test")
    manager.fill("[name=name]", "Nia Cole")
    manager.click("text=Send invitation")
    manager.wait_for_selector("text=Invitation sent to nia@example.test")

    run_due_jobs(clinic.riverside.pk, kinds=["clinics.send_invitation"])
    [letter] = mail.outbox
    link = re.search(r"https?://\S+", letter.body)[0]
    person = new_context(viewport={"width": 390, "height": 844}).new_page()
    person.goto(link)
    person.wait_for_selector("text=Welcome, Nia Cole")
    assert violations(person) == []
    for name in ("password1", "password2"):
        person.fill(f"[name={name}]", "a long new password")
    person.keyboard.press("Enter")
    person.wait_for_selector("text=Your password is set")
    person.fill("[name=login]", "nia@example.test")
    person.fill("[name=password]", "a long new password")
    person.keyboard.press("Enter")
    person.wait_for_url(re.compile("/schedule"))

    manager.goto(f"{asgi_server}/settings/users")
    manager.click("text=Nia Cole")
    manager.click("text=Deactivate")
    manager.wait_for_selector("text=Deactivated. They have been signed out.")
    person.wait_for_url(re.compile("/account/login/|/choose-role"))


def test_time_off_moves_its_visits_while_another_looks_on(asgi_server, new_context):
    clinic = Managed()
    other = new_context(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(other, asgi_server, "dana@riverside.test")
    other.goto(f"{asgi_server}/time-off")
    other.wait_for_selector("#live[data-state=on]")
    page = new_context(viewport={"width": 1440, "height": 1200}).new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    page.goto(f"{asgi_server}/time-off/new")
    page.select_option("[name=doctor]", str(clinic.dr_okafor.pk))
    page.fill("[name=first]", clinic.day.isoformat())
    page.fill("[name=reason]", "Training")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 visit is booked in that time")
    page.click("#absence button[type=submit]")
    page.wait_for_selector("text=Choose what should happen to these visits.")
    page.check("[name=what][value=move]")
    page.click("#absence button[type=submit]")
    page.wait_for_selector("text=1 visit moved.")
    page.wait_for_selector("text=notified")
    other.wait_for_selector("text=Training")
    with clinic.inside(clinic.desk):
        new = Appointment.objects.get(rescheduled_from=clinic.visit)
    assert new.starts_at > clinic.visit.starts_at
    page.goto(f"{asgi_server}/schedule?date={clinic.day}")
    page.wait_for_selector(".block >> text=Training")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (820, "dark"), (390, "light")])
def test_axe_finds_nothing(asgi_server, new_context, width, theme):
    clinic = Managed()
    with clinic.inside(clinic.desk):
        away = time_off.create(
            clinic.desk, doctor_id=clinic.dr_okafor.pk, starts_at=clinic.visit.starts_at, ends_at=clinic.visit.ends_at
        )
        closed = time_off.create_closures(clinic.desk, first=clinic.day, last=clinic.day, reason="Painters")
    context = new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": asgi_server}])
    page = context.new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    page.goto(f"{asgi_server}/settings/users/new")
    give_password(page)
    wrong = {}
    doctor = f"/settings/doctors/{clinic.dr_okafor.pk}"
    for path in (
        "/settings/users",
        "/settings/users/new",
        f"/settings/users/{clinic.marta.pk}",
        "/settings/doctors",
        "/settings/doctors/new",
        doctor,
        f"{doctor}/calendar",
        "/settings/closures",
        f"/settings/closures/{closed.pk}",
        "/time-off",
        "/time-off/new",
        f"/time-off/{away.pk}",
        "/audit",
        "/audit?action=update",
    ):
        page.goto(asgi_server + path)
        if found := violations(page):
            wrong[path] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(path, []).append("wider than the screen")
    assert wrong == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_back_office_is_readable_in_both_themes(asgi_server, new_context, theme):
    clinic = Managed()
    context = new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": asgi_server}])
    page = context.new_page()
    sign_in(page, asgi_server, "dana@riverside.test")
    models = [model._meta for model in site._registry]
    paths = ["/admin/", *(f"/admin/{meta.app_label}/{meta.model_name}/" for meta in models)]
    paths += ["/admin/scheduling/timeoff/add/", f"/admin/clinics/doctor/{clinic.dr_okafor.pk}/change/"]
    wrong = {}
    for path in paths:
        page.goto(asgi_server + path)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        if found := [line for line in violations(page) if not line.startswith(DJANGOS_OWN)]:
            wrong[path] = found
    assert wrong == {}, "\n".join(line for lines in wrong.values() for line in lines)


# Best practices, not rules of WCAG, of pages that are Django's as they come.
DJANGOS_OWN = ("region", "heading-order", "landmark", "empty-table-header", "page-has-heading-one")
