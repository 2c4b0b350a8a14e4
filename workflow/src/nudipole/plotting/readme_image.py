"""Make the picture of the README from the figure: `python -m nudipole.plotting.readme_image FIGURE.png IMAGE.png`."""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

WIDTH_PX = 1200
COLOURS, ROUNDS = 256, 3
"""Size of the palette, and rounds that fit it to the picture."""


def readme_image(figure: Path) -> bytes:
    """Return a figure as a small PNG: scaled to a page's width, with a palette, without metadata."""
    with Image.open(figure) as opened:
        picture = opened.convert("RGB")
    height = round(picture.height * WIDTH_PX / picture.width)
    picture = picture.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    packed = BytesIO()
    packing = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=ROUNDS, dither=Image.Dither.NONE)
    packing.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def main(figure: str, image: str) -> None:
    """Write the image unless it is there with the same bytes."""
    content, path = readme_image(Path(figure)), Path(image)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
