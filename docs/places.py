"""Build static/ui/places.css: classes that only say where or how much.

The pages carry no style attributes (the content security policy forbids them), so a visit that starts 20 minutes
after the grid and lasts 45 is `class="y4 h9"`. `y` and `h` count steps of five minutes, `l` and `of` are the lane and
the number of lanes of visits that overlap, `p` is a percentage, `cols` the number of columns.
"""

from pathlib import Path

STYLES = Path(__file__).resolve().parent.parent / "static" / "ui" / "places.css"
STEPS_A_DAY = 24 * 60 // 5


def rules(prefix: str, prop: str, values: range) -> str:
    return "".join(f".{prefix}{value}{{--{prop}:{value}}}" for value in values)


def build() -> None:
    lines = [
        "/* Built by docs/places.py: a class says where or how much, since style attributes are forbidden. */",
        rules("y", "y", range(STEPS_A_DAY + 1)),
        rules("h", "h", range(1, STEPS_A_DAY + 1)),
        rules("p", "p", range(101)),
        rules("l", "l", range(7)) + rules("of", "n", range(1, 7)) + rules("cols", "cols", range(1, 25)),
    ]
    STYLES.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    build()
