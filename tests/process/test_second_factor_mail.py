"""Setting up and removing the second factor in requests that commit: the page answers, and the user is notified."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinicflow.testing.case import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "dana@riverside.test"


@pytest.fixture
def client():
    Cast.build()
    client = Client()
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def code(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def activate(client):
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    return client.post(reverse("mfa_activate_totp"), {"code": code(secret)})


def subjects():
    return [(message.to, message.subject.rsplit("] ", 1)[-1]) for message in mail.outbox]


def test_an_app_is_set_up_and_announced(client):
    assert activate(client).status_code == 302
    assert ([EMAIL], "Authenticator App Activated") in subjects()


def test_new_recovery_codes_and_the_removal_are_announced(client):
    activate(client)
    mail.outbox.clear()
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert subjects() == [
        ([EMAIL], "New Recovery Codes Generated"),
        ([EMAIL], "Authenticator App Deactivated"),
    ]


def test_a_changed_password_is_announced(client):
    body = {"oldpassword": PASSWORD, "password1": "a new long password", "password2": "a new long password"}
    assert client.post(reverse("account_change_password"), body).status_code == 302
    assert subjects() == [([EMAIL], "Password Changed")]


def test_a_mail_server_that_fails_undoes_nothing(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    assert activate(client).status_code == 302
    assert client.get(reverse("mfa_index")).status_code == 200
