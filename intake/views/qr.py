"""QR codes as SVG paths."""

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True)
class QrCode:
    """An SVG path of unit squares in a box of `size` units, the quiet zone included."""

    size: int
    path: str


def qr_code_of(text: str) -> QrCode:
    """The QR code of a text, with medium error correction."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return QrCode(len(matrix), path)
