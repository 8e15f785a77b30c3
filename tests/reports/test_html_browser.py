"""index.html as people use it, in a real headless Chromium: filters, sorting, keyboard, both palettes, print."""

from __future__ import annotations

import base64
import http.server
import io
import itertools
import json
import threading
import unicodedata
from collections.abc import Iterator

import pypdf
import pytest
from msgspec.structs import replace
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from auditor.model import Run, Severity
from auditor.reports.html import IndexPage
from tests import samples
from tests.reports.browser import MISSING, chromium
from tests.reports.pdf_hostile import CORPUS, poisoned

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def a_run() -> Run:
    """Six accounts: 150 failures in one, every severity in another, names from right to left, one waiver."""
    every = samples.mixed_result("8800001")
    severities = list(Severity)
    every = replace(
        every,
        findings=tuple(replace(each, severity=severities[place % 5]) for place, each in enumerate(every.findings)),
    )
    return samples.run(
        samples.followed_result(),
        samples.clean_result(),
        samples.mixed_result("7700123", "会計部 連携ロール"),
        samples.mixed_result("7700124_SB1", "دور التكامل"),
        every,
        samples.big_result(640, "9900001"),
        failures=(samples.FAILED_ACCOUNT,),
    )


class Server(http.server.ThreadingHTTPServer):
    """Serves pages by their names, on loopback, and keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pages: dict[str, bytes] = {}
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with Server() as server:
        server.pages = {
            "/index.html": IndexPage().render(a_run()),
            "/hostile.html": IndexPage().render(
                samples.run(
                    *(poisoned(samples.followed_result(), text) for text in CORPUS.values() if text),
                    failures=tuple(poisoned(samples.FAILED_ACCOUNT, text) for text in CORPUS.values()),
                )
            ),
            "/blank.html": b"<!DOCTYPE html><title>blank</title>",
        }
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture
def opened(browser, served):
    """Opens the page anew at an address, with the browser's own settings."""

    def at(hash_: str = "", name: str = "index.html"):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [], "media": ""})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.get(f"http://127.0.0.1:{served.server_port}/blank.html")
        browser.get(f"http://127.0.0.1:{served.server_port}/{name}{hash_}")
        return browser

    return at


def rows(browser) -> list[list[str]]:
    """The cells of the findings that the reader sees."""
    found: list[list[str]] = browser.execute_script(
        "return [...document.querySelectorAll('#finding-table tbody tr:not(.detail)')]"
        ".map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


def shown(browser) -> str:
    return str(browser.find_element(By.ID, "shown").text)


def box(browser, name: str):
    return browser.find_element(By.CSS_SELECTOR, f"input[value={name}]")


def until(browser, what: str) -> None:
    """Wait until the line above the findings says *what*: typing is answered after a pause."""
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20).until(lambda _: what in shown(browser), f"{what!r} never came: {shown(browser)!r}")


def test_it_opens_with_what_failed_and_what_is_unknown_the_worst_first(opened):
    page = opened()
    assert shown(page) == (
        "Showing 200 of 255 findings: failed or unknown. 256 failed, unknown, waived or noted in all."
    )
    assert len(rows(page)) == 200
    assert rows(page)[0][:3] == ["high", "✘ failed", "1234567"]
    assert {row[1].split()[1] for row in rows(page)} == {"failed"}


def test_a_click_on_a_filter_shows_its_rows(opened):
    page = opened()
    box(page, "failed").click()
    assert {(row[1], row[2]) for row in rows(page)} == {
        ("? unknown", account) for account in ("1234567", "7700123", "7700124_SB1", "8800001")
    }
    box(page, "waived").click()
    box(page, "unknown").click()
    (only,) = rows(page)
    assert only[1] == "○ waived\nby Ana Ortiz until 2027-01-31"
    assert shown(page).startswith("Showing 1 finding: waived.")
    page.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    assert shown(page).startswith("Showing 200 of 255 findings: failed or unknown.")


def test_severity_account_role_code_and_text_each_narrow_what_is_shown(opened):
    page = opened()
    for severity in ("critical", "high", "medium", "info"):
        box(page, severity).click()
    assert [row[0] for row in rows(page)] == ["low"]
    opened()
    Select(page.find_element(By.ID, "filter-account")).select_by_visible_text("7700124_SB1")
    assert {row[2] for row in rows(page)} == {"7700124_SB1"}
    assert len(rows(page)) == 4
    opened()
    Select(page.find_element(By.ID, "filter-code")).select_by_visible_text("NS0384")
    assert {row[5] for row in rows(page)} == {"NS0384"}
    opened()
    page.find_element(By.ID, "filter-subject").send_keys("連携")
    until(page, "with “連携”")
    assert {row[2] for row in rows(page)} == {"7700123"}
    opened()
    page.find_element(By.ID, "filter-text").send_keys("soap 1234567")
    until(page, "with “soap 1234567”")
    assert [row[4] for row in rows(page)] == [
        "Role 'Expensify Integration' has SOAP Web Services at View, Full is needed"
    ]


def test_the_numbers_beside_the_boxes_count_what_a_click_would_show(opened):
    page = opened()

    def counts() -> dict[str, int]:
        labels = [each.text.split() for each in page.find_elements(By.CSS_SELECTOR, "fieldset label")]
        return {name: int(count) for name, count in labels if count != "0"}

    Select(page.find_element(By.ID, "filter-account")).select_by_visible_text("1234567")
    assert counts() == {"failed": 2, "unknown": 1, "waived": 1, "high": 3}
    box(page, "waived").click()
    assert len(rows(page)) == 4
    assert counts()["high"] == 4
    box(page, "high").click()
    assert rows(page) == []
    assert counts() == {"high": 4}


def test_the_address_keeps_the_filters_and_brings_them_back(opened):
    page = opened()
    box(page, "unknown").click()
    Select(page.find_element(By.ID, "filter-account")).select_by_visible_text("7700123")
    page.find_element(By.CSS_SELECTOR, "[data-sort=title] button").click()
    before, address = rows(page), page.current_url.partition("#")[2]
    assert address == "state=failed&account=7700123&sort=title"
    opened(f"#{address}")
    assert rows(page) == before
    assert page.find_element(By.CSS_SELECTOR, "[data-sort=title]").get_attribute("aria-sort") == "ascending"
    page.execute_script("location.hash = 'account=7700124_SB1&severity=high,high,nonsense&sort=-nonsense'")
    until(page, "7700124_SB1")
    assert {row[2] for row in rows(page)} == {"7700124_SB1"}


def test_an_address_of_an_account_that_is_not_here_shows_none_and_says_why(opened):
    page = opened("#account=4711&text=%E0%A4%A")
    assert rows(page) == []
    assert shown(page).startswith("Showing 0 findings: failed or unknown, account 4711")
    assert Select(page.find_element(By.ID, "filter-account")).first_selected_option.text == "4711 (none in this run)"


def test_a_heading_sorts_down_up_and_as_it_was(opened):
    page = opened("#account=8800001")
    before = rows(page)
    heading = page.find_element(By.CSS_SELECTOR, "[data-sort=severity]")
    ranks = [each.value for each in Severity]
    for direction, reverse in (("descending", True), ("ascending", False)):
        heading.find_element(By.TAG_NAME, "button").click()
        assert heading.get_attribute("aria-sort") == direction
        order = [ranks.index(row[0]) for row in rows(page)]
        assert order == sorted(order, reverse=reverse)
        assert len(set(order)) > 2
    heading.find_element(By.TAG_NAME, "button").click()
    assert heading.get_attribute("aria-sort") is None
    assert rows(page) == before


def test_the_accounts_sort_by_number_and_by_name(opened):
    page = opened()
    table = page.find_element(By.ID, "account-table")

    def column(place: int) -> list[str]:
        cells: list[str] = page.execute_script(
            "return [...arguments[0].tBodies[0].rows].map(row => row.cells[arguments[1]].textContent)", table, place
        )
        return cells

    table.find_elements(By.CSS_SELECTOR, "thead button")[2].click()
    assert [int(each) for each in column(2)] == sorted((int(each) for each in column(2)), reverse=True)
    table.find_elements(By.CSS_SELECTOR, "thead button")[0].click()
    assert column(0) == sorted(column(0))
    assert [each.get_attribute("aria-sort") for each in table.find_elements(By.CSS_SELECTOR, "thead th")][:3] == [
        "ascending",
        None,
        None,
    ]


def test_a_finding_opens_with_its_fix_and_closes_again(opened):
    page = opened()
    button = page.find_element(By.CSS_SELECTOR, ".open")
    button.click()
    detail = page.find_element(By.CSS_SELECTOR, ".detail")
    for part in (
        "Asked\nClasses: View",
        "Found\nNone (missing)",
        "Expensify Integration (customrole1042): from None to View",
        "On the Permissions tab, sub-tab Lists, set Classes to View.",
        "since 2026-11-02T02:00:00Z, 20 nights",
        "customrole1042",
    ):
        assert part in detail.text, part
    assert button.get_attribute("aria-expanded") == "true"
    links = [each.get_attribute("href") for each in detail.find_elements(By.TAG_NAME, "a")]
    assert [link.rpartition(":")[2].partition("/")[2] for link in links[1:]] == [
        "accounts/1234567/report.pdf",
        "accounts/1234567/changes.xlsx",
    ]
    button.click()
    assert page.find_elements(By.CSS_SELECTOR, ".detail") == []
    page.get(links[0])
    page.refresh()
    assert len(rows(page)) == 1


def test_the_rest_of_the_rows_comes_by_a_button(opened):
    page = opened()
    more = page.find_element(By.ID, "more")
    assert more.text == "Show 55 more"
    more.click()
    assert len(rows(page)) == 255
    assert not more.is_displayed()
    assert shown(page).startswith("Showing 255 findings")
    assert page.execute_script("return document.activeElement.closest('tr').rowIndex") == 201


def test_the_keyboard_alone_reaches_filters_and_sorts_and_opens(opened):
    page = opened()
    active = lambda: page.switch_to.active_element  # noqa: E731
    press = lambda key: active().send_keys(key)  # noqa: E731
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert active().text == "Skip to the findings"
    assert active().is_displayed()
    press(Keys.ENTER)
    assert active().get_attribute("id") == "findings"
    press(Keys.TAB)
    assert active().get_attribute("value") == "failed"
    press(Keys.SPACE)
    assert {row[1] for row in rows(page)} == {"? unknown"}
    for _ in range(40):
        press(Keys.TAB)
        if active().text == "Finding":
            break
    outline = page.execute_script("return getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    press(Keys.ENTER)
    assert page.find_element(By.CSS_SELECTOR, "[data-sort=title]").get_attribute("aria-sort") == "ascending"
    for _ in range(5):
        press(Keys.TAB)
        if active().get_attribute("aria-expanded"):
            break
    press(Keys.ENTER)
    assert "Add the users and roles export." in page.find_element(By.CSS_SELECTOR, ".detail").text


def test_everything_that_can_be_used_has_a_role_and_a_name(opened):
    page = opened("#state=failed,unknown,waived")
    page.find_element(By.CSS_SELECTOR, ".open").click()
    page.execute_cdp_cmd("Accessibility.enable", {})
    nodes = [each for each in page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"] if not each["ignored"]]
    page.execute_cdp_cmd("Accessibility.disable", {})
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]
    used = ("button", "checkbox", "combobox", "searchbox", "link", "columnheader", "table", "group", "search", "region")
    assert [each for each in named if each[0] in used and not each[1] and each[0] != "table"] == []
    for expected in (
        ("checkbox", "failed 251"),
        ("group", "Severity"),
        ("combobox", "Account"),
        ("search", "Filter the findings"),
        ("heading", "Findings"),
        ("columnheader", "Severity"),
        ("button", "Show failed and unknown"),
        ("navigation", "On this page"),
    ):
        assert expected in named, expected
    assert {"main", "banner", "contentinfo", "status"} <= {role for role, _ in named}
    assert page.execute_script("return document.documentElement.lang") == "en"
    assert page.execute_script("return [...document.querySelectorAll('th')].every(each => each.scope)") is True
    ids = page.execute_script("return [...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    levels = [
        int(each[1])
        for each in page.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map(each => each.tagName)")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    live = page.find_element(By.ID, "shown")
    assert (live.get_attribute("role"), live.get_attribute("aria-live")) == ("status", "polite")


CONTRASTS = """
const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
const light = (colour) => colour.slice(0, 3).map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
};
const seen = {};
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || ["SCRIPT", "NOSCRIPT"].includes(element.tagName) || !element.checkVisibility()) continue;
  const ink = parse(getComputedStyle(element).color), paper = ground(element);
  const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
  seen[`${ink} on ${paper}`] = (a + 0.05) / (b + 0.05);
}
return seen;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(opened, scheme):
    page = opened("#state=failed,unknown,waived&sort=-severity")
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page.find_element(By.CSS_SELECTOR, ".open").click()
    contrasts = page.execute_script(CONTRASTS)
    assert len(contrasts) > 8
    assert {pair: round(ratio, 2) for pair, ratio in contrasts.items() if ratio < 4.5} == {}
    paper = page.execute_script("return getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 27)"}[scheme]


@pytest.mark.parametrize("width", [400, 800, 1024, 1100, 1280, 1600])
def test_a_narrow_window_scrolls_the_tables_and_not_the_page(opened, width):
    page = opened()
    page.find_element(By.CSS_SELECTOR, ".open").click()
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    detail = page.find_element(By.CSS_SELECTOR, ".detail dl")
    assert detail.rect["width"] <= width - 40


def test_printed_it_has_what_was_filtered_and_no_controls(opened):
    page = opened("#account=1234567")
    pdf = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    said = unicodedata.normalize("NFKC", " ".join(sheet.extract_text() for sheet in reader.pages))  # no ligatures
    said = " ".join(said.split())
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height
    assert "Showing 3 findings: failed or unknown, account 1234567." in said
    assert "Role 'Expensify Integration' has Classes at None, View is needed" in said
    assert "9999999" in said
    for control in ("Skip to the findings", "Show failed and unknown", "All codes", "On this page"):
        assert control not in said
    opened()
    long = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert len(pypdf.PdfReader(io.BytesIO(long)).pages) > len(reader.pages) + 3
    assert len(rows(page)) == 255


def test_nothing_is_asked_of_anybody_and_the_console_stays_empty(opened, served, browser):
    browser.get_log("browser")
    browser.get_log("performance")
    served.asked.clear()
    page = opened()
    page.find_element(By.CSS_SELECTOR, ".open").click()
    box(page, "waived").click()
    assert served.asked == ["/blank.html", "/index.html"]
    events = [json.loads(each["message"])["message"] for each in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    assert [address.rpartition("/")[2] for address in asked] == ["blank.html", "index.html"]
    assert browser.get_log("browser") == []


def test_hostile_text_stays_text(opened, served, browser):
    browser.get_log("browser")
    served.asked.clear()
    page = opened("#state=failed,unknown,waived", "hostile.html")
    assert shown(page).startswith("Showing ")
    for button in page.find_elements(By.CSS_SELECTOR, ".open")[:40]:
        page.execute_script("arguments[0].click()", button)
    said = page.execute_script("return document.body.innerText")
    assert "<script>alert(1)</script><img src=file:///etc/passwd>" in said
    assert "{{ report.account }}{% raw %}" in said
    assert page.find_elements(By.CSS_SELECTOR, "img, iframe, b, [onload], [style], main script") == []
    links = page.execute_script("return [...document.querySelectorAll('a')].map(each => each.getAttribute('href'))")
    assert all(link.startswith(("accounts/", "#")) or "/" not in link for link in links)
    assert served.asked == ["/blank.html", "/hostile.html"]
    assert browser.get_log("browser") == []
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 400


def test_the_policy_stops_what_is_not_its_own(opened, browser):
    page = opened()
    for attempt in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.setAttribute('onclick', 'window.ran = true')",
        "const made = document.createElement('script'); made.text = 'window.ran = true'; document.body.append(made)",
    ):
        refused = page.execute_script(f"try {{ {attempt}; return false }} catch {{ return true }}")
        assert refused is True, attempt
    page.execute_script("const made = document.createElement('img'); made.src = '/x.png'; document.body.append(made)")
    assert page.execute_script("return window.ran ?? null") is None
    assert any(
        "Content Security Policy" in each["message"] or "TrustedHTML" in each["message"]
        for each in browser.get_log("browser")
    )


def test_without_scripts_the_verdicts_are_there(browser, served):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        served.pages["/index.html?plain"] = served.pages["/index.html"]
        browser.get(f"http://127.0.0.1:{served.server_port}/index.html?plain")
        said = browser.find_element(By.TAG_NAME, "body").text
        assert "Verdict: findings, and incomplete" in said
        assert "7654321_SB1 ✔ clean 0 0 0 0 6 0" in said
        assert "can be filtered here where JavaScript is allowed" in said
        assert not browser.find_element(By.ID, "explorer").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
