"""Whether a picture is a drawn signature: an empty one, or a dot, is none (DOMAIN.md section 4)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

MOST_BYTES = 200 * 1024
MOST_PIXELS = 4_000_000
LEAST_INK, LEAST_WIDTH, LEAST_HEIGHT = 60, 24, 6
"""Pixels: how much must be drawn, and over what area. A line across the field is a signature, a tap is not."""

_PNG = b"\x89PNG\r\n\x1a\n"


class NotADrawing(ValueError):
    """What came is no picture that somebody drew; the message says what is wrong."""


def check_drawing(content: bytes) -> None:
    """Raises NotADrawing unless `content` is a PNG of sane size with enough ink on it."""
    if not content.startswith(_PNG) or len(content) > MOST_BYTES:
        raise NotADrawing("This is not a drawing that can be read.")
    box, ink = _ink(content)
    if ink < LEAST_INK or box is None or box[2] - box[0] < LEAST_WIDTH or box[3] - box[1] < LEAST_HEIGHT:
        raise NotADrawing("Nothing is drawn yet: sign in the field, or type your name.")


def _ink(content: bytes) -> tuple[tuple[int, int, int, int] | None, int]:
    """The box around what is dark on white, and how many pixels are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NotADrawing("This drawing is too large.")
                drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning) as error:
        if isinstance(error, NotADrawing):
            raise
        raise NotADrawing("This is not a drawing that can be read.") from error
    paper = Image.new("RGBA", drawn.size, (255, 255, 255, 255))
    grey = Image.alpha_composite(paper, drawn).convert("L")
    dark = grey.point(lambda value: 255 if value < 160 else 0)
    return dark.getbbox(), dark.histogram()[255]
