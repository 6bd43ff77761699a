"""Every pair of tokens that the pages put on each other is readable, in both themes.

axe cannot judge text on stripes or under a stretched link, so the pairs are computed from the tokens themselves.
"""

import pytest

pytestmark = pytest.mark.browser
TEXT, SHAPE = 4.5, 3.0
STRIPE = "color-mix(in srgb, var(--warn-line) 11%, var(--warn-soft))"  # an unconfirmed visit, at its darkest
HUES = ("teal", "plum", "leaf", "clay", "iris", "sky", "rose", "sand")
STATES = ("info", "warn", "ok", "bad", "mute")
RATIO = """([front, back]) => {
  const probe = document.body.appendChild(document.createElement('i'));
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (colour) => {
    probe.style.color = '';
    probe.style.color = colour;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
      (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(front), light(back)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def pairs():
    """(front, back, least ratio)"""
    for back in ("surface", "ground", "sunken", "hover", "raised", "hatch"):
        for front in ("ink", "ink-2", "ink-3"):
            yield f"var(--{front})", f"var(--{back})", TEXT
    for state in STATES:
        for front in (state, "ink", "ink-2"):
            yield f"var(--{front})", f"var(--{state}-soft)", TEXT
        yield f"var(--{state})", "var(--surface)", TEXT
    for front in ("warn", "ink", "ink-2"):
        yield f"var(--{front})", STRIPE, TEXT
    for state in ("ok", "info"):
        yield "var(--bad)", f"var(--{state}-soft)", TEXT  # waits long, late
    for front, back in (("accent-ink", "accent-soft"), ("accent-ink", "surface"), ("on-accent", "accent")):
        yield f"var(--{front})", f"var(--{back})", TEXT
    for front, back in (("focus", "surface"), ("focus", "ground"), ("edge", "surface"), ("accent", "surface")):
        yield f"var(--{front})", f"var(--{back})", SHAPE
    for hue in HUES:
        yield f"var(--{hue})", "var(--surface)", SHAPE
        face = f"color-mix(in srgb, var(--{hue}) 16%, var(--surface))"
        yield f"color-mix(in srgb, var(--{hue}) 72%, var(--ink))", face, TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_tokens_is_readable(asgi_server, new_context, theme):
    page = new_context(color_scheme=theme).new_page()
    page.goto(f"{asgi_server}/account/login/")
    measured = {(front, back): (page.evaluate(RATIO, [front, back]), least) for front, back, least in pairs()}
    assert {pair: round(ratio, 2) for pair, (ratio, least) in measured.items() if ratio < least} == {}
