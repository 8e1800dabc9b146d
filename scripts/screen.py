"""A screen of a terminal, with its colours, as a picture: SVG of text, the same for the same screen."""
import html
import re
import unicodedata

# The colours that a terminal has a number for, on a dark ground.
COLORS = {30: "#5c6773", 31: "#f28779", 32: "#87d96c", 33: "#ffcc66", 34: "#73b8f2", 35: "#dfb3ff", 36: "#7fdbca",
          37: "#d5d8dc", 90: "#7a8490", 91: "#ff9d8f", 92: "#a6e88f", 93: "#ffd98c", 94: "#96cbf7", 95: "#e8c8ff",
          96: "#a3e8dc", 97: "#ffffff"}
PAPER, INK, BAR = "#1b1f24", "#d5d8dc", "#2a3037"
WIDTH, HEIGHT, SIZE, EDGE, TOP = 8.4, 19, 14, 16, 36


def columns(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pieces(line, style):
    """(column, text, style) of the runs of one style, and the style that goes on; a style is a set of numbers."""
    out, column = [], 0
    for text, codes in re.findall(r"([^\x1b]+)|\x1b\[([\d;]*)m", line):
        if text:
            if text.strip():  # blanks at the ends are places, and those inside are kept
                indent = len(text) - len(text.lstrip())
                out.append((column + indent, text.strip().replace("  ", "\u00a0 "), frozenset(style)))
            column += sum(map(columns, text))
            continue
        for code in map(int, (codes or "0").split(";")):
            if code == 0:
                style = frozenset()
            elif code == 39:
                style = frozenset(s for s in style if s not in COLORS)
            elif code == 22:
                style = style - {1, 2}
            elif code in COLORS:
                style = frozenset(s for s in style if s not in COLORS) | {code}
            else:
                style = style | {code}
    return out, style


def attributes(style):
    color = next((COLORS[s] for s in sorted(style) if s in COLORS), None)
    out = f' fill="{color}"' if color else ""
    out += ' font-weight="bold"' if 1 in style else ""
    out += ' opacity=".6"' if 2 in style else ""
    out += ' text-decoration="underline"' if 4 in style else ""
    return out


def svg(screen, width, title):
    """`screen` has the escape sequences of colours (SGR) in it."""
    lines = screen.split("\n")
    w, h = round(2 * EDGE + width * WIDTH), TOP + len(lines) * HEIGHT + EDGE
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img">',
           f"<title>{html.escape(title)}</title>",
           f'<rect width="{w}" height="{h}" rx="8" fill="{PAPER}"/>',
           f'<path d="M0 8a8 8 0 0 1 8-8H{w - 8}a8 8 0 0 1 8 8V26H0Z" fill="{BAR}"/>',
           *(f'<circle cx="{16 + 18 * k}" cy="13" r="5" fill="{c}"/>' for k, c in enumerate(["#f26d6d", "#e8b84a", "#62c160"])),
           f'<g font-family="ui-monospace, \'DejaVu Sans Mono\', \'Cascadia Mono\', Menlo, Consolas, monospace" '
           f'font-size="{SIZE}" fill="{INK}">']
    style = frozenset()
    for row, line in enumerate(lines):
        runs, style = pieces(line, style)
        for column, text, run in runs:
            x, y = EDGE + column * WIDTH, TOP + row * HEIGHT + SIZE
            length = sum(map(columns, text)) * WIDTH  # whatever the font, columns stay below each other
            out.append(f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
                       f"{attributes(run)}>{html.escape(text)}</text>")
    return "\n".join([*out, "</g>", "</svg>", ""])
