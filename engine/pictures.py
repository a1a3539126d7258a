"""The past of a run as an animated GIF."""

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.config import ConfigError
from engine.run import Run

MAX_FRAMES = 120
MAX_BYTES = 4_000_000
MAX_SHOWN = 64
WIDTH = 320
"""Of the grid, in pixels, about."""
LABEL_HEIGHT = 16
FRAME_MS, LAST_MS = 80, 2000
GAP, GREY = 2, 128
"""Pixels between the pictures, and how bright they are."""


def frames_gif(run: Run) -> bytes:
    """The stored pictures of a run up to its step; raises ConfigError for a family without pictures."""
    pictures = run.family.pictures
    if pictures is None:
        raise ConfigError("frames", run.family.name, "is a family that has no pictures")
    return gif([(step, pictures(view)) for step, view in run.frames()])


def gif(frames: Sequence[tuple[int, np.ndarray]], *, word: str = "step") -> bytes:
    """An animation of (step, pictures (n, channels, height, width) in [0, 1]): crisp, with `word` and the step above
    each grid.

    At most 120 frames, evenly chosen, and fewer if it would be larger than 4 MB; the last one stays for two seconds.
    """
    chosen = sorted({round(k) for k in np.linspace(0, len(frames) - 1, min(len(frames), MAX_FRAMES))})
    images = [_page(step, shown, word) for step, shown in (frames[k] for k in chosen)]
    while True:
        stream = io.BytesIO()
        durations = [FRAME_MS] * (len(images) - 1) + [LAST_MS]
        images[0].save(stream, "GIF", save_all=True, append_images=images[1:], duration=durations, loop=0)
        if stream.tell() <= MAX_BYTES or len(images) == 1:
            return stream.getvalue()
        images = images[(len(images) - 1) % 2 :: 2]


def grid(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, channels, height, width) in [0, 1] side by side, enlarged, as bytes (rows, columns, 1 or 3)."""
    n, channels, height, width = pictures[:MAX_SHOWN].shape
    across = math.ceil(math.sqrt(n))
    down = math.ceil(n / across)
    scale = max(1, WIDTH // (across * width))
    height, width = height * scale, width * scale
    kept = 3 if channels >= 3 else 1
    levels = np.nan_to_num(pictures[:n, :kept], nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1) * 255
    levels = np.round(levels).transpose(0, 2, 3, 1)
    cells = np.full((down * across, height + GAP, width + GAP, kept), GREY, np.uint8)
    cells[:n, :height, :width] = levels.repeat(scale, axis=1).repeat(scale, axis=2)
    rows = cells.reshape(down, across, height + GAP, width + GAP, kept).transpose(0, 2, 1, 3, 4)
    return rows.reshape(down * (height + GAP), across * (width + GAP), kept)[:-GAP, :-GAP]


def _page(step: int, pictures: np.ndarray, word: str) -> Image.Image:
    """One frame: the grid under the step."""
    cells = grid(pictures)
    image = Image.fromarray(cells[:, :, 0] if cells.shape[2] == 1 else cells)
    page = Image.new(image.mode, (image.width, image.height + LABEL_HEIGHT))
    page.paste(image, (0, LABEL_HEIGHT))
    white = 255 if page.mode == "L" else (255, 255, 255)
    ImageDraw.Draw(page).text((3, 2), f"{word} {step:,}", fill=white, font=ImageFont.load_default())
    return page if page.mode == "L" else page.quantize(256)
