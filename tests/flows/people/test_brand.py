"""The logo: what is taken for one, and what is not."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from handsel.database.tenancy import reading
from handsel.flows.people.brand import remove_logo, set_logo
from handsel.models import Event, Logo, Member, Partner
from handsel.reads.people.brand import logo_of
from handsel.rules.errors import Invalid, NotAllowed
from tests.cast import acting, event_types
from tests.pictures import picture, png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>'


def fresh(partner: Partner) -> Partner:
    return Partner.objects.get(id=partner.id)


@pytest.mark.parametrize(
    ("kind", "content_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_picture_becomes_the_logo(partner: Partner, alice: Member, kind: str, content_type: str) -> None:
    content = picture(kind)
    set_logo(partner, acting(alice), content)
    with reading(partner.id):
        logo = logo_of(fresh(partner))
    assert logo is not None
    assert (bytes(logo.content), logo.content_type) == (content, content_type)
    assert fresh(partner).logo_sha256 == logo.sha256


def test_another_takes_its_place_and_the_same_again_changes_nothing(partner: Partner, alice: Member) -> None:
    for content in (png(), png(), png(colour="#aa0000")):
        set_logo(partner, acting(alice), content)
    assert event_types(partner, partner.id) == ["partner.created", "partner.logo_set", "partner.logo_set"]
    with reading(partner.id):
        assert Logo.objects.count() == 1
        newest = Event.objects.filter(type="partner.logo_set").order_by("id").last()
    assert newest is not None
    assert newest.changes["sha256"][1] == fresh(partner).logo_sha256
    assert newest.changes["size_bytes"] == len(png(colour="#aa0000"))


def test_it_is_removed_once(partner: Partner, alice: Member) -> None:
    set_logo(partner, acting(alice), png())
    for _ in range(2):
        remove_logo(partner, acting(alice))
    with reading(partner.id):
        assert logo_of(fresh(partner)) is None
        assert not Logo.objects.exists()
    assert event_types(partner, partner.id)[-2:] == ["partner.logo_set", "partner.logo_removed"]


def animated() -> bytes:
    content = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:])
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a picture first."),
        (b"not a picture", "no PNG, JPEG or WebP"),
        (SVG, "no PNG, JPEG or WebP"),
        (b"%PDF-1.7", "no PNG, JPEG or WebP"),
        (picture("GIF"), "no PNG, JPEG or WebP"),
        (picture("BMP"), "no PNG, JPEG or WebP"),
        (png()[:60], "no PNG, JPEG or WebP"),
        (picture("JPEG", 600, 600, quality=95)[:-900], "no PNG, JPEG or WebP"),
        (png(8, 64), "Each side must have"),
        (png(3_001, 400), "Each side must have"),
        (png(900, 20), "12 times"),
        (animated(), "does not move"),
        (png() + b"\0" * 600_000, "at most 512 KB"),
    ],
    ids=["none", "text", "svg", "pdf", "gif", "bmp", "cut png", "cut jpeg", "narrow", "huge", "thin", "moves", "fat"],
)  # fmt: skip
def test_what_is_no_still_picture_of_sane_size_is_refused(
    partner: Partner, alice: Member, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        set_logo(partner, acting(alice), content)
    assert [error.loc for error in refused.value.errors] == ["logo"]
    assert fresh(partner).logo_sha256 == ""


def test_a_picture_that_claims_to_be_endless_is_refused_before_it_is_decoded(partner: Partner, alice: Member) -> None:
    """A head of 60,000 by 60,000 pixels, with its checksum, on a few bytes."""
    import struct
    import zlib

    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + png()[33:]
    with pytest.raises(Invalid):
        set_logo(partner, acting(alice), content)


def test_it_needs_the_grant(partner: Partner, bob: Member) -> None:
    for act in (lambda: set_logo(partner, acting(bob), png()), lambda: remove_logo(partner, acting(bob))):
        with pytest.raises(NotAllowed):
            act()
