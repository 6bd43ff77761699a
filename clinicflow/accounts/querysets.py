from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager

from clinicflow.core import clock

U = TypeVar("U", bound=AbstractBaseUser)


class UserManager(BaseUserManager[U]):
    """Users by e-mail address, which is stored in lower case so that `=` uses the index."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> U:
        """Create a user; the password counts as the user's own unless `password_changed_at` is None."""
        fields.setdefault("password_changed_at", clock.now() if password else None)
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> U:
        return self.get(email=(username or "").strip().lower())

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()
