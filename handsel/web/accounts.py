"""Sign-in: members are invited, so nobody opens an account by themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    """Our words and our sender; accounts are made by members who may, never by strangers."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed. An admin of your organisation can open it again.",
        "email_password_mismatch": "E-mail and password do not belong together.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": (
            "Too many attempts with this e-mail. Wait a quarter of an hour, or choose a new password by mail."
        ),
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_from_email(self) -> str:
        return settings.MAIL_FROM
