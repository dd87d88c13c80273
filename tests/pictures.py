"""Pictures as somebody would upload them, made on the spot."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(kind: str, width: int = 64, height: int = 64, colour: str = "#1f5d8c", **options: Any) -> bytes:
    """A plain picture in the format that Pillow calls `kind`."""
    content = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(content, kind, **options)
    return content.getvalue()


def png(width: int = 64, height: int = 64, colour: str = "#1f5d8c") -> bytes:
    return picture("PNG", width, height, colour)
