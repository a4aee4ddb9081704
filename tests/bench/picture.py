"""make keep-bench: draws cold-start.svg from the results of the last benchmark."""

import json
import pathlib
from xml.sax.saxutils import escape

from candidates import BENCH, OURS

PICTURE = pathlib.Path(__file__).with_name("cold-start.svg")
PANELS = (
    ("exec_to_answer", "Process start to answer", "ms", "{:.1f}"),
    ("event_to_alert", "Event to accepted alert", "ms", "{:.2f}"),
    ("cold_cpu", "CPU", "ms", "{:.1f}"),
    ("memory", "Memory at its peak", "MiB", "{:.1f}"),
)
STYLE = """\
text { font: 13px Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: bold }
.ours { fill: #0b7a4b; font-weight: bold }
rect { fill: #8c959f }
rect.ours { fill: #1a9c63 }
.gap { stroke: #ffffff; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ours { fill: #4ac98b }
  rect { fill: #6e7681 }
  rect.ours { fill: #2fb477 }
  .gap { stroke: #0d1117 }
}"""

COLUMNS = 2
PANEL_WIDTH, MARGIN, NAME_WIDTH, VALUE_WIDTH = 420, 16, 150, 70
BAR_WIDTH = PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH
TITLE_HEIGHT, ROW_HEIGHT, BAR_HEIGHT = 36, 22, 14
LONGEST = 6  # times the shortest bar: what is longer is drawn with a gap


def main():
    results = json.loads((BENCH / "results.json").read_text())
    PICTURE.write_text(draw(results))


def draw(results):
    panel_height = TITLE_HEIGHT + ROW_HEIGHT * len(results["titles"]) + MARGIN
    width = COLUMNS * PANEL_WIDTH + MARGIN
    height = panel_height * -(-len(PANELS) // COLUMNS)
    shapes = []
    for index, panel in enumerate(PANELS):
        row, column = divmod(index, COLUMNS)
        at = f"translate({MARGIN + column * PANEL_WIDTH} {row * panel_height})"
        shapes += [f'<g transform="{at}">', *draw_panel(results, *panel), "</g>"]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="A cold start, compared">',
        f"<style>\n{STYLE}\n</style>",
        *shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def draw_panel(results, row, title, unit, form):
    """A bar for each candidate that has this figure; shorter is better."""
    figures = {name: results["figures"][name].get(row) for name in results["titles"]}
    figures = {name: figure for name, figure in figures.items() if figure is not None}
    longest = min(max(figures.values()), LONGEST * min(figures.values()))
    yield text(0, 22, f"{title}, {unit}", "title")
    y = TITLE_HEIGHT
    for name, figure in figures.items():
        kind = "ours" if name == OURS else "other"
        length = BAR_WIDTH * min(figure / longest, 1)
        yield text(0, y + 12, results["titles"][name], kind)
        yield (
            f'<rect class="{kind}" x="{NAME_WIDTH}" y="{y}" width="{length:.1f}"'
            f' height="{BAR_HEIGHT}" rx="2"/>'
        )
        if figure > longest:
            x = NAME_WIDTH + BAR_WIDTH - 20
            yield f'<path class="gap" d="M{x} {y + BAR_HEIGHT + 2}l8 -{BAR_HEIGHT + 4}"/>'
        yield text(NAME_WIDTH + length + 6, y + 12, form.format(figure), kind)
        y += ROW_HEIGHT


def text(x, y, words, kind):
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(words)}</text>'


if __name__ == "__main__":
    main()
