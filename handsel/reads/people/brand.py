"""How a partner looks: the logo of its pages."""

from __future__ import annotations

from handsel.models import Logo, Partner


def logo_of(partner: Partner) -> Logo | None:
    """The partner's logo with its bytes, None where there is none. Read inside the partner's scope."""
    logo: Logo | None = Logo.objects.first() if partner.logo_sha256 else None
    return logo
