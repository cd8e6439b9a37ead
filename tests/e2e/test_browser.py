"""The page of a plan in a real browser: light, dark, narrow, on paper.

Needs Chromium: `apt install chromium`.
"""

import zlib
from pathlib import Path

import pytest

from reconciler.model import Target
from reconciler.plan.build import build_plan
from reconciler.plan.timeline import compared
from reconciler.render.html import plan_html
from reconciler.render.presentation import Presentation
from reconciler.render.timeline import timelines_html
from tests.browser import chromium, find
from tests.builders import action, desired, live, use_case

pytestmark = pytest.mark.skipif(not find(), reason="there is no Chromium on this machine")

Pixel = tuple[int, int, int]


@pytest.fixture(scope="module", params=["plan", "timeline"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a plan with a very long name, and the page of its timelines."""
    long = "A_NAME_THAT_DOES_NOT_END_" * 12
    plan = build_plan(
        [desired("a", start_time="06:30", name=long, use_cases=(use_case(long, action(7, long)),))],
        [live("a", 1, start_time="08:00", timezone="UTC", use_cases=(use_case(long),))],
        Target(),
    )
    path = tmp_path_factory.mktemp("page") / "plan.html"
    lines = [compared(change.expected(), change.before) for change in plan.changes]
    timelines = timelines_html(lines, Presentation())
    path.write_text(plan_html(plan) if request.param == "plan" else timelines, encoding="utf-8")
    return path


def pixels(picture: Path) -> list[list[Pixel]]:
    """Decode a PNG of 8-bit RGB or RGBA, as Chromium writes it."""
    content = picture.read_bytes()
    width, height = (int.from_bytes(content[start : start + 4]) for start in (16, 20))
    size = {2: 3, 6: 4}[content[25]]
    place, packed = 8, b""
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        if content[place + 4 : place + 8] == b"IDAT":
            packed += content[place + 8 : place + 8 + length]
        place += length + 12
    data = zlib.decompress(packed)
    rows, above = [], bytes(width * size)
    for number in range(height):
        start = number * (width * size + 1)
        above = _unfiltered(data[start], data[start + 1 : start + 1 + width * size], above, size)
        rows.append(
            [(above[at], above[at + 1], above[at + 2]) for at in range(0, width * size, size)]
        )
    return rows


def _unfiltered(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    """Undo one line's filter (PNG specification, section 9)."""
    done = bytearray(line)
    for at in range(len(done)):
        left = done[at - size] if at >= size else 0
        up, corner = above[at], above[at - size] if at >= size else 0
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        done[at] = (done[at] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return bytes(done)


@pytest.mark.parametrize(("scheme", "dark"), [(1, False), (0, True)], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1000])
def test_a_picture(page: Path, scheme: int, width: int, *, dark: bool) -> None:
    """The ground is as the reader wants, has writing on it, and nothing passes the right edge."""
    picture = page.parent / f"{scheme}-{width}.png"
    chromium(
        page,
        f"--blink-settings=preferredColorScheme={scheme}",
        f"--window-size={width},700",
        f"--screenshot={picture}",
    )
    rows = pixels(picture)
    ground = rows[2][2]
    assert (sum(ground) < 150) == dark
    assert len({pixel for row in rows for pixel in row}) > 20
    assert all(pixel == ground for row in rows for pixel in row[-8:]), (
        "something runs over the edge"
    )


def test_paper(page: Path) -> None:
    """It can be printed; what is folded on a screen is not lost, since nothing is folded."""
    paper = page.parent / "plan.pdf"
    chromium(page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    assert paper.read_bytes().startswith(b"%PDF-")
    assert page.read_text(encoding="utf-8").count("<details>") == 0


def test_keyboard(page: Path) -> None:
    """The first thing that can be reached is the way to the changes, and there is such a place."""
    document = chromium(page, "--dump-dom")
    if "<summary" not in document:
        assert "href" not in document
        return
    assert document.index('href="#changes"') < document.index("<summary")
    assert 'id="changes"' in document
    assert "tabindex" not in document
