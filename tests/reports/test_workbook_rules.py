"""The workbook keeps the rules that Excel enforces when it opens a file, so that it offers no repair."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from io import BytesIO
from xml.etree import ElementTree as ET

import msgspec
import pytest
from openpyxl.utils import range_boundaries

from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook, sheet
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Column, Link
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.reading import load, texts

NS = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "p": "http://schemas.openxmlformats.org/package/2006/relationships",
}
RELATION = f"{{{NS['r']}}}id"
ORDER = [
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "mergeCells"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup"),
    *("headerFooter", "tableParts", "extLst"),
]
LONG = "".join(HOSTILE)


def renderings():
    mixed, hostile = samples.mixed_result(), hostile_result(LONG)
    run = samples.run(mixed, samples.clean_result(), hostile, failures=(samples.FAILED_ACCOUNT,))
    yield "mixed", ChangesWorkbook().render(mixed, run)
    yield "clean", ChangesWorkbook().render(samples.clean_result(), run)
    yield "large", ChangesWorkbook().render(samples.big_result(300), run)
    yield "hostile", ChangesWorkbook().render(hostile, run)
    yield "summary", SummaryWorkbook().render(run)
    yield "nothing", SummaryWorkbook().render(samples.run())


class Package:
    """The XML parts of a workbook."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(BytesIO(data))
        self.names = self._archive.namelist()

    def part(self, name: str) -> ET.Element:
        return ET.fromstring(self._archive.read(name))

    def strings(self) -> ET.Element:
        return self.part("xl/sharedStrings.xml")

    def sheets(self):
        """Name and part of every sheet."""
        places = {each.get("Id"): each.get("Target") for each in self.part("xl/_rels/workbook.xml.rels")}
        for entry in self.part("xl/workbook.xml").findall("m:sheets/m:sheet", NS):
            target = f"xl/{places[entry.get(RELATION)]}"
            yield entry.get("name"), target, self.part(target)

    def relations(self, part: str) -> dict[str, str]:
        folder, _, name = part.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self.names:
            return {}
        return {each.get("Id"): each.get("Target") for each in self.part(relations)}

    def tables(self):
        """Sheet and table part of every table."""
        for _, target, page in self.sheets():
            relations = self.relations(target)
            for entry in page.findall("m:tableParts/m:tablePart", NS):
                yield page, self.part("xl" + relations[entry.get(RELATION)].removeprefix(".."))


@pytest.fixture(scope="module", params=list(renderings()), ids=lambda pair: pair[0])
def package(request):
    return Package(request.param[1])


def value(cell, strings):
    return "".join(strings[int(cell.find("m:v", NS).text)].itertext()) if cell.get("t") == "s" else None


def test_sheet_names_are_short_unique_and_of_allowed_characters(package):
    names = [name for name, _, _ in package.sheets()]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'")
        assert name.casefold() != "history"


def test_tables_have_ids_and_names_of_their_own(package):
    tables = [table for _, table in package.tables()]
    for attribute in ("id", "name", "displayName"):
        assert max(Counter(table.get(attribute).casefold() for table in tables).values()) == 1
    for table in tables:
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{2,254}", table.get("displayName"))
        assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+", table.get("displayName"))


def test_table_headers_are_unique_texts_and_equal_the_cells(package):
    strings = package.strings().findall("m:si", NS)
    for page, table in package.tables():
        first, header, last, bottom = range_boundaries(table.get("ref"))
        columns = [column.get("name") for column in table.findall("m:tableColumns/m:tableColumn", NS)]
        assert int(table.find("m:tableColumns", NS).get("count")) == len(columns) == last - first + 1
        assert len({name.casefold() for name in columns}) == len(columns)
        row = next(row for row in page.findall("m:sheetData/m:row", NS) if int(row.get("r")) == header)
        assert [value(cell, strings) for cell in row.findall("m:c", NS)][: len(columns)] == columns
        assert bottom > header
        assert table.find("m:autoFilter", NS).get("ref") == table.get("ref")


def test_tables_of_a_sheet_do_not_overlap_one_another_or_merged_cells(package):
    for _, target, page in package.sheets():
        relations = package.relations(target)
        areas = [merged.get("ref") for merged in page.findall("m:mergeCells/m:mergeCell", NS)]
        for entry in page.findall("m:tableParts/m:tablePart", NS):
            table = package.part("xl" + relations[entry.get(RELATION)].removeprefix(".."))
            areas.append(table.get("ref"))
        taken: set[tuple[int, int]] = set()
        for area in areas:
            left, top, right, bottom = range_boundaries(area)
            cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            assert not taken & cells, area
            taken |= cells
        if page.findall("m:tableParts", NS):
            assert page.find("m:autoFilter", NS) is None


def test_cells_stand_in_order_and_point_to_strings_and_formats_that_exist(package):
    strings = package.strings()
    formats = len(package.part("xl/styles.xml").findall("m:cellXfs/m:xf", NS))
    used = 0
    for _, _, page in package.sheets():
        rows = [int(row.get("r")) for row in page.findall("m:sheetData/m:row", NS)]
        assert rows == sorted(set(rows))
        for row in page.findall("m:sheetData/m:row", NS):
            columns = [range_boundaries(cell.get("r"))[0] for cell in row]
            assert columns == sorted(set(columns))
            assert float(row.get("ht", "15")) <= 409.5
            for cell in row:
                assert int(cell.get("s", "0")) < formats
                if cell.get("t") == "s":
                    used += 1
                    assert int(cell.find("m:v", NS).text) < int(strings.get("uniqueCount"))
    assert int(strings.get("count")) == used
    assert int(strings.get("uniqueCount")) == len(strings.findall("m:si", NS))


def test_texts_are_within_what_a_cell_holds(package):
    for entry in package.strings().findall("m:si", NS):
        text = re.sub(r"_x[0-9A-F]{4}_", "_", "".join(entry.itertext()))
        assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_links_are_few_enough_and_lead_to_cells_that_exist(package):
    names = {name for name, _, _ in package.sheets()}
    for _, target, page in package.sheets():
        links = page.findall("m:hyperlinks/m:hyperlink", NS)
        assert len(links) <= 65_530
        assert len({link.get("ref") for link in links}) == len(links)
        relations = package.relations(target)
        for link in links:
            identity = link.get(RELATION)
            if identity:
                assert relations[identity].startswith("accounts\\")
                assert len(relations[identity]) <= 2080
            else:
                found = re.fullmatch(r"'([^']+)'!([A-Z]{1,3}[0-9]+)", link.get("location"))
                assert found, link.get("location")
                assert found.group(1) in names
            assert len(link.get("tooltip", "")) <= 255


def test_validations_headers_footers_and_widths_are_within_bounds(package):
    for _, _, page in package.sheets():
        for formula in page.findall("m:dataValidations/m:dataValidation/m:formula1", NS):
            assert len(formula.text) <= 257
        for text in (*page.findall("m:headerFooter/m:oddHeader", NS), *page.findall("m:headerFooter/m:oddFooter", NS)):
            assert len(text.text.encode("utf-16-le")) // 2 <= 255
        for column in page.findall("m:cols/m:col", NS):
            assert 0 < float(column.get("width")) <= 255


def test_conditional_formats_have_one_priority_each_and_formats_that_exist(package):
    formats = len(package.part("xl/styles.xml").findall("m:dxfs/m:dxf", NS))
    for _, _, page in package.sheets():
        rules = page.findall("m:conditionalFormatting/m:cfRule", NS)
        assert len({rule.get("priority") for rule in rules}) == len(rules)
        assert all(int(rule.get("dxfId", "0")) < formats for rule in rules)


def test_defined_names_are_unique_on_their_sheet(package):
    names = package.part("xl/workbook.xml").findall("m:definedNames/m:definedName", NS)
    assert max(Counter((name.get("name"), name.get("localSheetId")) for name in names).values()) == 1
    assert {name.get("name") for name in names} <= {"_xlnm.Print_Titles", "_xlnm._FilterDatabase"}


def test_elements_of_a_sheet_stand_in_the_order_of_the_standard(package):
    for _, _, page in package.sheets():
        places = [ORDER.index(child.tag.partition("}")[2]) for child in page]
        assert places == sorted(places)


def test_every_part_has_a_content_type_and_every_relation_a_part(package):
    types = package.part("[Content_Types].xml")
    stated = {each.get("PartName") for each in types if each.get("PartName")}
    assert stated == {f"/{name}" for name in package.names if name.endswith(".xml") and "Content_Types" not in name}
    for name in package.names:
        if name.startswith("xl/worksheets/_rels/"):
            for each in package.part(name):
                if each.get("TargetMode") != "External":
                    assert f"xl/{each.get('Target').removeprefix('../')}" in package.names


def test_more_links_than_excel_allows_stay_as_text(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_LINKS", 3)
    book = Book(samples.run(), "title", "about")
    page = book.sheet("Links")
    rows = [(Link(f"text {number}", "internal:'Links'!A1"),) for number in range(5)]
    page.table("Links", [Column("Link", 20)], rows, "none")
    read = load(book.finish())["Links"]
    assert [bool(read.cell(row, 1).hyperlink) for row in range(2, 7)] == [True, True, True, False, False]
    assert [read.cell(row, 1).value for row in range(2, 7)] == [f"text {number}" for number in range(5)]


def test_more_rows_than_a_sheet_holds_are_counted(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_ROWS", 10)
    result = samples.mixed_result()
    book = load(ChangesWorkbook().render(result, samples.run(result)))
    page = book["Findings"]
    assert page.tables["Findings"].ref == "A4:Y9"
    assert texts(book, "Findings")[-1] == "6 more rows do not fit on a sheet."
    links = [cell.hyperlink for row in book["Change requests"].iter_rows() for cell in row if cell.hyperlink]
    rows = [int(link.location.rpartition("A")[2]) for link in links if "Findings" in link.location]
    assert rows
    assert max(rows) <= 9


def test_a_run_that_started_in_another_zone_is_dated_in_utc():
    run = msgspec.structs.replace(samples.run(samples.mixed_result()), started="2026-11-21T03:30:00+01:30")
    created = load(ChangesWorkbook().render(samples.mixed_result(), run)).properties.created
    assert created.isoformat() == "2026-11-21T02:00:00"
