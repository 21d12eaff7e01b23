# SPDX-License-Identifier: MIT
"""A page of rows as an SVG picture: names at the left of a column, what is shown or moved there at the right."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

ROW, MARGIN, SLIDER = 30, 20, 80
BLUE, GREY, DARK, RED = "#2471a3", "#8a8a8a", "#222222", "#c0392b"


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Value:
    name: str
    text: str
    colour: str = DARK


@dataclass(frozen=True)
class Toggle:
    name: str
    is_on: bool


@dataclass(frozen=True)
class Slider:
    name: str
    share: float  # 0 to 1
    text: str


@dataclass(frozen=True)
class Button:
    name: str
    text: str


def _text(x, y, text, colour=DARK, anchor="start", size=14, weight="normal"):
    return (f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}">{escape(text)}</text>')


def _pill(x, y, width, height, colour):
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height}" rx="{height / 2:g}" fill="{colour}"/>'


def _at_the_right(row, right, y):
    """What stands at the right end of a row whose text stands at y."""
    if isinstance(row, Value):
        return _text(right, y, row.text, row.colour, "end")
    if isinstance(row, Toggle):
        knob_x = right - 10 if row.is_on else right - 30
        return (_pill(right - 40, y - 15, 40, 20, BLUE if row.is_on else GREY) +
                f'<circle cx="{knob_x:g}" cy="{y - 5:g}" r="7" fill="white"/>')
    if isinstance(row, Button):
        return _pill(right - 70, y - 16, 70, 22, BLUE) + _text(right - 35, y - 1, row.text, "white", "middle", 12)
    from_x, moved = right - 140, SLIDER * row.share
    return (_pill(from_x, y - 9, SLIDER, 8, "#dddddd") + _pill(from_x, y - 9, max(8, moved), 8, BLUE) +
            f'<circle cx="{from_x + moved:g}" cy="{y - 5:g}" r="8" fill="{BLUE}"/>' + _text(right, y, row.text, DARK, "end"))


def _row(row, left, right, top):
    y = top + 20
    if isinstance(row, Heading):
        return _text(left, y, row.text, BLUE, weight="bold")
    line = f'<line x1="{left:g}" y1="{top + ROW:g}" x2="{right:g}" y2="{top + ROW:g}" stroke="#eeeeee"/>'
    return line + _text(left, y, row.name) + _at_the_right(row, right, y)


def draw(path, title, note, columns, column_width=390):
    """Writes a picture: a title, a note beside it, and columns of rows."""
    width = column_width * len(columns)
    height = 50 + ROW * max(map(len, columns)) + MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'viewBox="0 0 {width} {height}" font-family="sans-serif">',
             f'<rect width="{width}" height="{height}" fill="white" stroke="#cccccc"/>',
             _text(MARGIN, 34, title, size=18, weight="bold"), _text(width - MARGIN, 34, note, GREY, "end", 12)]
    for number, rows in enumerate(columns):
        left, right = number * column_width + MARGIN, (number + 1) * column_width - MARGIN
        parts += [_row(row, left, right, 50 + ROW * place) for place, row in enumerate(rows)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([*parts, "</svg>", ""]))
