"""Draw a set of screenshots with known truth, to measure how payment proofs are read.

    python evals/proofs/draw.py DIR [--count 210] [--unseen 60] [--seed 7]

Writes ``DIR/<split>/<number>.jpg`` (or ``.png``) and ``DIR/truth.jsonl``, a line a picture. Every third picture is
held out: develop on ``dev`` and look at ``held-out`` only to report. ``unseen`` has layouts that nothing was
developed on, and every picture of it is cropped, turned, noisy and a JPEG of quality 40 to 60. The same seed draws
the same set. Needs Debian's fonts-noto-cjk. All names, amounts and numbers are invented; no app's artwork is used.
"""

import argparse
import io
import json
import random
from dataclasses import asdict
from pathlib import Path

from layouts import OTHERS, PAYMENTS
from PIL import Image, ImageEnhance, ImageFilter
from screens import SIZES, Drawer, Look
from unseen import UNSEEN, mistreated

OTHERS_SHARE = 7
"""One picture in so many is no payment at all."""


def look_of(rng: random.Random, *, held_out: bool) -> Look:
    width, height = rng.choice(SIZES)
    language = "zh" if rng.random() < 0.7 else "en"
    return Look(rng, width, height, language, rng.random() < 0.4, extra=held_out and rng.random() < 0.4)


def pick(rng: random.Random, number: int) -> Drawer:
    if number % OTHERS_SHARE == OTHERS_SHARE - 1:
        return OTHERS[number // OTHERS_SHARE % len(OTHERS)]
    drawers = [drawer for drawer, weight in PAYMENTS for _ in range(weight)]
    return rng.choice(drawers)


def handled(rng: random.Random, image: Image.Image, *, content: int) -> Image.Image:
    """Return the picture as it arrives: cropped, scaled, photographed off a screen, noisy.

    The first ``content`` rows of pixels are never cropped away below.
    """
    if rng.random() < 0.35:
        top = int(image.height * rng.uniform(0.0, 0.03))
        bottom = min(image.height, max(content, int(image.height * rng.uniform(0.6, 1.0))))
        image = image.crop((0, top, image.width, bottom))
    if rng.random() < 0.5:
        # Chat platforms scale pictures down; what is narrower than this nobody can read either.
        scale = max(480 / image.width, rng.uniform(0.45, 1.0))
        if scale < 1:
            image = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.LANCZOS)
    if rng.random() < 0.12:
        image = image.rotate(
            rng.uniform(-1.8, 1.8), expand=True, fillcolor=(90, 90, 90), resample=Image.Resampling.BICUBIC
        )
    if rng.random() < 0.15:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    if rng.random() < 0.2:
        image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.6, 1.2))
    if rng.random() < 0.25:
        noise = Image.effect_noise(image.size, rng.uniform(8, 26)).convert("RGB")
        image = Image.blend(image, noise, rng.uniform(0.04, 0.12))
    return image


def encoded(rng: random.Random, image: Image.Image) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    if rng.random() < 0.25:
        image.save(buffer, "PNG")
        return buffer.getvalue(), "png"
    image.save(buffer, "JPEG", quality=rng.randint(38, 92))
    return buffer.getvalue(), "jpg"


def described(folder: Path, path: Path, data: bytes, *, split: str, layout: str, look: Look, width: int) -> str:
    """Write a picture; return its line of the truth."""
    (folder / split).mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
    where = {"image": str(path), "split": split, "layout": layout}
    style = {"language": look.language, "dark": look.dark, "width": width}
    return json.dumps({**where, **style, **asdict(look.truth)}, ensure_ascii=False)


def draw_unseen(folder: Path, *, count: int, seed: int) -> list[str]:
    """Write the pictures that are hardest; return their lines of the truth."""
    lines = []
    for number in range(count):
        rng = random.Random(f"{seed}/unseen/{number}")
        width, height = rng.choice(SIZES)
        language = "zh" if rng.random() < 0.7 else "en"
        look = Look(rng, width, height, language, rng.random() < 0.5, extra=True)
        drawer = UNSEEN[number % len(UNSEEN)] if number % 4 else pick(rng, number)
        drawn = drawer(look)
        image = mistreated(rng, drawn, content=int(look.bottom * look.unit) + 8)
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=rng.randint(40, 60))
        path = Path("unseen") / f"{number:03}.jpg"
        named = {"split": "unseen", "layout": drawer.__name__, "look": look, "width": image.width}
        lines.append(described(folder, path, buffer.getvalue(), **named))
    return lines


def draw(folder: Path, *, count: int, unseen: int, seed: int) -> None:
    """Write the set into ``folder``."""
    lines = []
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        split = "held-out" if number % 3 == 2 else "dev"
        look = look_of(rng, held_out=split == "held-out")
        drawer = pick(rng, number)
        drawn = drawer(look)
        image = handled(rng, drawn, content=int(look.bottom * look.unit))
        data, kind = encoded(rng, image)
        path = Path(split) / f"{number:03}.{kind}"
        named = {"split": split, "layout": drawer.__name__, "look": look, "width": image.width}
        lines.append(described(folder, path, data, **named))
    lines += draw_unseen(folder, count=unseen, seed=seed)
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Draw the set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--count", type=int, default=210)
    parser.add_argument("--unseen", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    draw(arguments.folder, count=arguments.count, unseen=arguments.unseen, seed=arguments.seed)
    print(f"{arguments.count + arguments.unseen} pictures in {arguments.folder}")


if __name__ == "__main__":
    main()
