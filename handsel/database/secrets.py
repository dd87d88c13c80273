"""Secrets at rest: encrypted with the key of the environment, so that a stolen dump opens no gateway account."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def encrypt(text: str) -> str:
    """Fernet (AES-128-CBC and HMAC-SHA256) under HANDSEL_ENCRYPTION_KEY."""
    return Fernet(settings.ENCRYPTION_KEY).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind `encrypt`; raises cryptography's InvalidToken under another key."""
    return Fernet(settings.ENCRYPTION_KEY).decrypt(token.encode()).decode()


def link_token(purpose: str, row_id: object) -> str:
    """The 192-bit secret of a link, derived so that a mail written later can repeat it while the database holds
    only its hash."""
    mac = hmac.new(settings.SECRET_KEY.encode(), f"link:{purpose}:{row_id}".encode(), hashlib.sha256).digest()
    return "lk_" + base64.urlsafe_b64encode(mac[:24]).decode()
