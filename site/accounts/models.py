"""Who signs in: staff with a second factor, donors by e-mail code. The e-mail is the name."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """One person who may sign in. Donors and staff are told apart by their permissions."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    # Staff who come for a time, as auditors: after this day no page of theirs opens.
    access_until = models.DateField(_("access until"), null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta(AbstractUser.Meta):
        permissions = [("view_for_a_time", "Enters only until the day that is set")]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ignoring_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


@pghistory.track(
    pghistory.InsertEvent("given"),
    pghistory.DeleteEvent("taken"),
    obj_field=None,
    model_name="RoleEvent",
)
class Membership(User.groups.through):  # type: ignore[name-defined]
    """Who holds which role; each change is kept with its time, and with who made it."""

    class Meta:
        proxy = True
