"""Makes the fonts that the PDF bears, out of the Noto fonts as distributed (Debian: fonts-noto-core).

Run it only to change the set of characters: ``python reports/make_fonts.py /usr/share/fonts/truetype/noto``.
The licence (SIL Open Font License 1.1, no reserved font name) allows it; the outcome bears another name, so that no
one takes it for the original and no installed font of the same name wins over it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent / "templates" / "fonts"
TEXT = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin-1, Latin Extended-A and B
    *range(0x2B0, 0x370),  # modifiers and combining marks
    *range(0x370, 0x530),  # Greek, Cyrillic
    *range(0x1E00, 0x1F00),  # Latin Extended Additional
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20C0),  # currency
    *range(0x2116, 0x2123),  # numero, trade mark
    0xFFFD,
]
ARROWS = [*range(0x2190, 0x219A)]
MATHS = [0x2212, 0x2260, 0x2264, 0x2265]
MARKS = [*range(0x2400, 0x2427), 0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25CB, 0x25CF, *range(0x2713, 0x2719)]
FACES = {
    "AuditorSans-Regular": ("NotoSans-Regular", "Auditor Sans", "Regular"),
    "AuditorSans-Bold": ("NotoSans-Bold", "Auditor Sans", "Bold"),
    "AuditorMono-Regular": ("NotoSansMono-Regular", "Auditor Mono", "Regular"),
}


def cut(font: TTFont, characters: list[int], features: list[str]) -> TTFont:
    """*font* with nothing but *characters*, without hints: a PDF is never drawn by a hinting rasteriser."""
    options = Options(hinting=False, layout_features=features, notdef_outline=True, name_IDs=["*"], glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def renamed(font: TTFont, family: str, style: str) -> TTFont:
    """*font* under our name; copyright and licence texts stay."""
    names = font["name"]
    postscript = f"{family.replace(' ', '')}-{style}"
    for number, text in {1: family, 2: style, 3: postscript, 4: f"{family} {style}", 6: postscript}.items():
        names.setName(text, number, 3, 1, 0x409)
    for number in (16, 17, 21, 22, 25):
        names.removeNames(nameID=number)
    names.removeNames(platformID=1)
    return font


def make(name: str, noto: Path) -> None:
    """Write one face: the text characters of its Noto font, and the signs that Noto keeps in fonts of their own."""
    original, family, style = FACES[name]
    whole = TTFont(noto / f"{original}.ttf")
    made = whole["head"].modified
    font = cut(whole, TEXT, ["kern", "mark", "mkmk", "ccmp", "locl"])
    missing = [code for code in ARROWS + MATHS + MARKS if code not in font.getBestCmap()]
    signs = {"NotoSansSymbols-Regular": ARROWS, "NotoSansMath-Regular": MATHS, "NotoSansSymbols2-Regular": MARKS}
    parts = [TARGET / f"{name}.part"]
    font.save(parts[0])
    for number, (source, characters) in enumerate(signs.items()):
        part = TARGET / f"{name}.{number}.part"
        cut(TTFont(noto / f"{source}.ttf"), [code for code in characters if code in missing], []).save(part)
        parts.append(part)
    merged = renamed(Merger().merge([str(part) for part in parts]), family, style)
    for part in parts:
        part.unlink()
    lost = [f"U+{code:04X}" for code in missing if code not in merged.getBestCmap()]
    if lost:
        sys.exit(f"{name}: no font given has {' '.join(lost)}")
    merged["head"].created = merged["head"].modified = made
    merged.recalcTimestamp = False
    merged.save(TARGET / f"{name}.ttf")


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        make(face, Path(sys.argv[1]))
