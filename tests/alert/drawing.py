"""SVG drawings of text: no fonts but the reader's own, nothing but the standard library."""

import dataclasses
from xml.sax.saxutils import escape, quoteattr

STYLE = """\
text { white-space: pre; fill: #1d1c1d; font-family: Helvetica, Arial, sans-serif }
.bold { font-weight: bold }
.link { fill: #1264a3 }
.grey { fill: #616061 }
.white { fill: #ffffff; font-weight: bold }
.mono, .code {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace
}
.code { fill: #b3123f }"""

# Widths of Helvetica's characters, in thousandths of the size; 556 for those that are not named.
WIDTHS = {
    character: width
    for width, characters in {
        222: "ijl'",
        278: "ft.,:;!/\\[]I |",
        333: "r-()`",
        350: "\u2022",
        389: "*",
        500: "ckJsvxyz",
        584: "<>=+~",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "mM",
        889: "%",
        944: "W",
        1015: "@",
    }.items()
    for character in characters
}
MONO_WIDTH = 602
BOLD_WIDER = 1.08


def width_of(text, style, size):
    """How wide a text is drawn, whatever font the reader has."""
    if style in ("mono", "code"):
        return len(text) * MONO_WIDTH * size / 1000
    width = sum(WIDTHS.get(character, 556) for character in text) * size / 1000
    return width * (BOLD_WIDER if style in ("bold", "white") else 1)


@dataclasses.dataclass
class Drawing:
    width: int
    height: int = 0
    shapes: list = dataclasses.field(default_factory=list)

    def box(self, x, y, width, height, fill, radius=0, stroke="none"):
        self.shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            f' rx="{radius}" fill="{fill}" stroke="{stroke}"/>'
        )

    def text(self, x, y, text, style="plain", size=15):
        """Draws a text with its base line at y. Returns where it ends."""
        width = width_of(text, style, size)
        self.shapes.append(
            f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" font-size="{size}"'
            f' textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">'
            f"{escape(text)}</text>"
        )
        return x + width

    def svg(self, title):
        size = f'width="{self.width}" height="{self.height}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' {size} role="img" aria-label={quoteattr(title)}>',
            f"<style>\n{STYLE}\n</style>",
            *self.shapes,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"
