from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "clinicflow.accounts"
    label = "accounts"
    verbose_name = "Accounts"
