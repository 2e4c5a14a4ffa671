"""Pictures: a photo made small enough, a thumbnail for the list."""

import io
from collections.abc import Sequence

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.document.kinds import PHOTO_BYTES
from engine.errors import InvalidInput

THUMBNAIL = (320, 320)
#: width by height of a portrait, and its heights in pixels, tried one after the other
PORTRAIT = 3 / 4
PORTRAIT_HEIGHTS = (1600, 1200, 900, 600)
#: a picture of more pixels would need more memory than a web process should take
MOST_PIXELS = 60_000_000


def reduce_photo(content: bytes, limit: int = PHOTO_BYTES) -> bytes:
    """The picture as JPEG of at most `limit` bytes, upright, as large as that allows; unchanged where it is a small JPEG already.

    Raises `InvalidInput` for what cannot be read as a picture.
    """
    picture = _open(content)
    if len(content) <= limit and picture.format == "JPEG":
        return content
    upright = _flat(picture)
    for side in (1600, 1200, 900, 600, 400):
        upright.thumbnail((side, side))
        for quality in (88, 75, 60):
            small = _saved(upright, "JPEG", quality)
            if len(small) <= limit:
                return small
    return small


def crop_portrait(content: bytes, box: Sequence[float] | None = None) -> bytes:
    """The portrait in a picture: three to four, upright, as JPEG of at most 500 KB, without what the camera noted.

    `box` is the part to keep (left, top, width, height in shares of the upright picture's sides); without one the middle.
    Raises `InvalidInput` for what cannot be read as a picture.
    """
    upright = _flat(_open(content))
    cut = upright.crop(_frame(upright.size, box))
    for side in PORTRAIT_HEIGHTS:
        cut.thumbnail((side, side))
        for quality in (88, 75, 60):
            small = _saved(cut, "JPEG", quality)
            if len(small) <= PHOTO_BYTES:
                return small
    return small


def _frame(size: tuple[int, int], box: Sequence[float] | None) -> tuple[int, int, int, int]:
    """The corners of the largest frame of three to four within the box, in pixels."""
    left, top, width, height = box or (0.0, 0.0, 1.0, 1.0)
    wide, high = width * size[0], height * size[1]
    keep_wide, keep_high = min(wide, high * PORTRAIT), min(high, wide / PORTRAIT)
    x, y = left * size[0] + (wide - keep_wide) / 2, top * size[1] + (high - keep_high) / 2
    return round(x), round(y), max(round(x + keep_wide), round(x) + 1), max(round(y + keep_high), round(y) + 1)


def reduce_to(content: bytes, size: tuple[int, int]) -> bytes:
    """The picture as JPEG of at most so many pixels, for paper; unchanged where it is a JPEG of about that many already.

    Raises `InvalidInput` for what cannot be read as a picture.
    """
    picture = _open(content, size)
    if picture.format == "JPEG" and picture.width <= 2 * size[0] and picture.height <= 2 * size[1]:
        return content
    upright = _flat(picture)
    upright.thumbnail(size)
    return _saved(upright, "JPEG", 85)


def make_thumbnail(content: bytes) -> bytes | None:
    """A small WebP of a picture, or nothing where it cannot be read."""
    try:
        picture = _flat(_open(content))
    except InvalidInput:
        return None
    picture.thumbnail(THUMBNAIL)
    return _saved(picture, "WEBP", 75)


def _open(content: bytes, size: tuple[int, int] | None = None) -> Image.Image:
    """With a `size` a JPEG is read at about that many pixels at least, which is much quicker."""
    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > MOST_PIXELS:
            raise InvalidInput("图片的像素过多，请缩小后再上传。")
        if size is not None and picture.width * picture.height > 16 * size[0] * size[1]:
            picture.draft("RGB", size)
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput("图片无法打开，可能已损坏，请重新导出或拍摄后再上传。") from error
    return picture


def _flat(picture: Image.Image) -> Image.Image:
    """Turned upright as the camera says, on white where it was transparent. What the camera noted (place, time) is dropped."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGB", upright.size, "white")
    white.paste(upright, mask=upright.getchannel("A"))
    return white


def _saved(picture: Image.Image, kind: str, quality: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, quality=quality)
    return target.getvalue()
