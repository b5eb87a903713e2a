"""The one Django app."""

from django.apps import AppConfig


class YunzhangConfig(AppConfig):
    """All rooms are one app with one migrations folder."""

    name = "yunzhang"
    label = "yunzhang"
    default_auto_field = "django.db.models.BigAutoField"
