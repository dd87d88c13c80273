"""How a partner looks to its customers: its logo and its colour."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, UnidentifiedImageError

from handsel.flows.work import working
from handsel.models import Logo, Partner
from handsel.rules.errors import Invalid
from handsel.rules.permissions import Actor, Grant, check_grant

MOST_BYTES = 512 * 1024
LEAST_PIXELS, MOST_PIXELS = 16, 3_000
"""Per side: smaller nobody sees it, larger it is a photograph. Decoded, the largest takes 36 MB."""

MOST_OBLONG = 12
"""How often one side goes into the other: a thin line is no logo."""

CONTENT_TYPES: Mapping[str, str] = MappingProxyType({"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"})
"""What is taken, by the name that Pillow gives what it read. No SVG: it can hold programs."""

_NO_PICTURE = "This is no PNG, JPEG or WebP picture that can be read."


def set_logo(partner: Partner, actor: Actor, content: bytes) -> Logo:
    """Keep this picture as the partner's logo, in place of the one before. What it is, its bytes say, not its name.

    Raises Invalid for what is no picture, too large, too small or moving. The same picture again changes nothing.
    """
    check_grant(actor, Grant.SETTINGS_MANAGE)
    content_type = check_logo(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        logo = Logo.objects.first() or Logo(partner_id=partner.id)
        if row.logo_sha256 == sha256:
            return logo
        before, row.logo_sha256 = row.logo_sha256, sha256
        logo.content, logo.content_type, logo.sha256, logo.created_at = content, content_type, sha256, work.now
        logo.save()
        row.save(update_fields=["logo_sha256"])
        work.record(
            "partner.logo_set",
            row,
            changes={"sha256": [before, sha256], "content_type": content_type, "size_bytes": len(content)},
        )
    return logo


def remove_logo(partner: Partner, actor: Actor) -> None:
    """The partner's initials stand in its place again. Nothing happens where there is none."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        if not row.logo_sha256:
            return
        before, row.logo_sha256 = row.logo_sha256, ""
        Logo.objects.all().delete()
        row.save(update_fields=["logo_sha256"])
        work.record("partner.logo_removed", row, changes={"sha256": [before, ""]})


def check_logo(content: bytes) -> str:
    """The content type of the picture that these bytes are. Raises Invalid, naming the field `logo`."""
    if not content:
        raise Invalid.at("logo", "Choose a picture first.")
    if len(content) > MOST_BYTES:
        raise Invalid.at("logo", f"A logo has at most {MOST_BYTES // 1024} KB; this picture has more.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(CONTENT_TYPES)) as picture:
                _check_size(picture)
                picture.load()  # The whole of it: a picture that breaks off would be half a logo.
                return CONTENT_TYPES[str(picture.format)]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise Invalid.at("logo", _NO_PICTURE) from error


def _check_size(picture: Image.Image) -> None:
    """By the picture's own head, before it is decoded."""
    short, long = sorted(picture.size)
    if short < LEAST_PIXELS or long > MOST_PIXELS:
        sizes = f"from {LEAST_PIXELS} to {MOST_PIXELS:,} pixels"
        raise Invalid.at("logo", f"Each side must have {sizes}; this has {picture.width:,} by {picture.height:,}.")
    if long > short * MOST_OBLONG:
        raise Invalid.at("logo", f"One side may be at most {MOST_OBLONG} times the other.")
    if getattr(picture, "n_frames", 1) != 1:
        raise Invalid.at("logo", "A logo does not move: choose a picture without animation.")
