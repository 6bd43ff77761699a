"""A link as a square to be scanned."""

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True)
class Square:
    """An SVG path of unit squares in a box of `size` units, the quiet zone included."""

    size: int
    path: str


def square_of(text: str) -> Square:
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return Square(len(matrix), path)
