"""Pictures: a photo made small enough, a thumbnail for the list."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import InvalidInput

#: the manual's limit of a photo (P6)
PHOTO_BYTES = 500 * 1024
THUMBNAIL = (320, 320)
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
