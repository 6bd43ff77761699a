from typing import Any

from django.contrib.auth.base_user import BaseUserManager

from clinicflow.core import clock


class UserManager(BaseUserManager[Any]):
    """Users by e-mail address, which is stored lower-case so that `=` finds it by the index."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """An account; its password counts as the person's own unless `password_changed_at` says None."""
        fields.setdefault("password_changed_at", clock.now() if password else None)
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email=(username or "").strip().lower())

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()
