from django.urls import path, register_converter

from clinicflow.clinic_settings.schema import TAB_BY_SLUG
from clinicflow.clinic_settings.views import doctor_settings, settings


class TabConverter:
    """The slug of a settings tab."""

    regex = "|".join(TAB_BY_SLUG)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TabConverter, "tab")

urlpatterns = [
    path("settings", settings.first_tab, name="settings"),
    path("settings/me", doctor_settings.mine, name="settings_me"),
    path("settings/doctors/<uuid:pk>/booking", doctor_settings.of_doctor, name="settings_doctor_booking"),
    path("settings/<tab:slug>", settings.tab, name="settings_tab"),
]
