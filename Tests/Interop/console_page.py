"""The service's page in Chromium: what a person does there, and what the command then makes of it."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from momento import CredentialProvider
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from cli import Client
from harness import Child, Suite, command, expect, expect_equal, running, serving

suite = Suite("console_page")
PATIENCE = 30

# The contrast of every text with what is behind it (WCAG 2.2, 1.4.3), where it is less than AA asks.
CONTRAST = """
const luminance = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let node = element; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if (!/, 0\\)$/.test(color)) return color;
  }
  return "rgb(255, 255, 255)";
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const isField = ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
  const hasText = [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
  if (!(isField || hasText) || element.offsetParent === null) continue;
  const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
  const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  if (ratio < 4.5) poor.push(`${element.tagName} ${element.id || element.textContent} ${ratio}`);
}
return poor;
"""


@dataclass
class Page:
    """The page of a running service, in a browser of its own."""

    binary: str
    scratch: Path
    address: str
    ca_file: Path
    driver: webdriver.Chrome
    key: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{self.address}/"

    @property
    def client(self) -> Client:
        return Client(self.binary, self.address, ca_file=self.ca_file)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def wait(self, condition: Callable[[], object], what: str) -> Any:
        return WebDriverWait(self.driver, PATIENCE).until(lambda _: condition(), what)

    def visible(self, selector: str) -> WebElement:
        return self.wait(
            lambda: next(
                (found for found in self.driver.find_elements(By.CSS_SELECTOR, selector)
                 if found.is_displayed()),
                None,
            ),
            f"no visible {selector}",
        )

    def choose(self, name: str, value: str) -> None:
        self.visible(f'input[name="{name}"][value="{value}"]').click()

    def log_in(self) -> None:
        self.driver.get(self.url)
        self.visible("#sign-in-button").click()
        self.visible("#make")

    def generate(self) -> dict[str, str]:
        """What the three boxes say."""
        before = self.find("#auth-token").get_attribute("value")
        self.visible("#make button[type=submit]").click()
        self.wait(
            lambda: self.find("#auth-token").get_attribute("value") not in ("", before),
            "no new token",
        )
        return {
            name: self.find(f"#{name}").get_attribute("value")
            for name in ("auth-token", "refresh-token", "valid-until")
        }

    def download(self) -> Path:
        """The file that the page gives."""
        path = self.scratch / "momento_token.info.json"
        path.unlink(missing_ok=True)
        self.visible("#download").click()
        self.wait(path.exists, "no file")
        return path

    def standing(self, description: str) -> list[str]:
        """The states of the keys whose row has this text."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#key-rows tr')]"
            ".filter((row) => row.textContent.includes(arguments[0]))"
            ".map((row) => row.querySelector('.standing').textContent)",
            description,
        )


def own_key(address: str, ca_file: Path) -> str:
    """The hash of the service's public key, by which Chromium takes its certificate."""
    host, port = address.rsplit(":", 1)
    context = ssl.create_default_context(cafile=str(ca_file))
    context.set_alpn_protocols(["h2"])
    with socket.create_connection((host, int(port))) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            certificate = x509.load_der_x509_certificate(secure.getpeercert(True) or b"")
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


@contextmanager
def browser(address: str, ca_file: Path, scratch: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1100,1200",
        f"--user-data-dir={scratch / 'profile'}",
        f"--ignore-certificate-errors-spki-list={own_key(address, ca_file)}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(scratch)}
        )
        yield driver
    finally:
        driver.quit()


@contextmanager
def environment(binary: str, scratch: Path) -> Iterator[Page]:
    ca_file = scratch / "ca.pem"
    with serving(binary, "--login", "browser", ca_file=ca_file) as service:
        with browser(service.address, ca_file, scratch) as driver:
            yield Page(binary, scratch, service.address, ca_file, driver)


@contextmanager
def login(page: Page) -> Iterator[tuple[Child, str]]:
    """`momento-auth login`, and where it sends one."""
    arguments = [*command(page.binary), "login", "--local", page.address, "--json"]
    with running([*arguments, "--tls", "--ca-file", str(page.ca_file)]) as child:
        page.wait(lambda: "#login=" in child.stderr and "Approve" in child.stderr, "no address")
        yield child, next(word for word in child.stderr.split() if "#login=" in word)


@suite.check("logs in by the keyboard alone")
def _(page: Page) -> None:
    page.driver.get(page.url)
    page.visible("#sign-in-button")
    for _ in range(5):
        active = page.driver.switch_to.active_element
        if active.get_attribute("id") == "sign-in-button":
            break
        active.send_keys(Keys.TAB)
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.visible("#make")
    cookie = next(c for c in page.driver.get_cookies() if c["name"] == "__Host-momento-console")
    expect(cookie["httpOnly"] and cookie["secure"], "the cookie is in reach of scripts")
    expect_equal(cookie["sameSite"], "Strict", "SameSite")


@suite.check("makes a fine-grained key, and shows it in three boxes that can be copied")
def _(page: Page) -> None:
    page.choose("expiry", "7d")
    page.choose("access", "permissions")
    row = page.visible("#permissions li")
    for part, value in (("role", "readonly"), ("caches", "named"), ("parts", "prefix")):
        Select(row.find_element(By.CSS_SELECTOR, f'[data-part="{part}"]')).select_by_value(value)
    row.find_element(By.CSS_SELECTOR, '[data-part="cache"]').send_keys("my shop: 50% *")
    row.find_element(By.CSS_SELECTOR, '[data-part="part"]').send_keys("order/ü")
    page.visible("#description").send_keys('<img src=x onerror="document.title=1">')
    boxes = page.generate()
    page.driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    for name, text in boxes.items():
        page.find(f'[data-copy="{name}"]').click()
        copied = "return navigator.clipboard.readText()"
        page.wait(lambda: page.driver.execute_script(copied) == text, f"{name} is not copied")
    page.key = boxes


@suite.check("downloads the JSON of Momento's console, which Momento's client and the command read")
def _(page: Page) -> None:
    path = page.download()
    found = json.loads(path.read_text())
    expect_equal(sorted(found), ["apiKey", "refreshToken", "validUntil"], "members")
    expect_equal(found["apiKey"], page.key["auth-token"], "apiKey")
    expect_equal(found["refreshToken"], page.key["refresh-token"], "refreshToken")
    expect_equal(str(found["validUntil"]), page.key["valid-until"], "validUntil")
    expect_equal(
        CredentialProvider.from_string(found["apiKey"]).cache_endpoint, "cache.localhost", "host"
    )
    refreshed = page.client.run("refresh-token", credentials=path.read_text()).json()
    expect(refreshed["apiKey"] != found["apiKey"], "the key is the same")
    page.wait(lambda: page.standing("onerror") == ["refreshed"], "the list shows no refreshing")
    expect_equal(page.standing("in place of"), ["valid"], "the new key")
    expect_equal(page.driver.title, "Local auth console", "title")


@suite.check("makes a super-user key that never expires, for a region of Momento's")
def _(page: Page) -> None:
    Select(page.visible("#provider")).select_by_visible_text("AWS")
    Select(page.visible("#region")).select_by_value("us-west-2")
    page.choose("expiry", "never")
    page.choose("access", "super-user")
    boxes = page.generate()
    expect_equal((boxes["refresh-token"], boxes["valid-until"]), ("", "never"), "boxes")
    path = page.download()
    expect_equal(json.loads(path.read_text())["validUntil"], 0, "validUntil")
    provider = CredentialProvider.from_string(boxes["auth-token"])
    host = "cache.cell-4-us-west-2-1.prod.a.momentohq.com"
    expect_equal(provider.cache_endpoint, host, "host")
    made = page.client.run(
        "generate-disposable-token",
        "--permission",
        "cache:readonly:*",
        credentials=path.read_text(),
    )
    expect_equal(made.code, 0, made.said)
    page.wait(lambda: page.standing("Disposable token") == ["valid"], "no token in the list")


@suite.check("a custom date is when the key ends")
def _(page: Page) -> None:
    page.choose("expiry", "date")
    page.driver.execute_script("document.getElementById('date').value = '2030-01-31'")
    expect_equal(page.generate()["valid-until"], "1896048000", "Valid Until")


@suite.check("says what is wrong, and where")
def _(page: Page) -> None:
    page.choose("access", "permissions")
    cache = page.find('[data-part="cache"]')
    cache.clear()
    page.find("#make button[type=submit]").click()
    page.visible("#make-error")
    expect_equal(page.driver.switch_to.active_element, cache, "focus")
    cache.send_keys("x")
    page.choose("expiry", "date")
    page.driver.execute_script("document.getElementById('date').value = '9999-12-31'")
    page.find("#make button[type=submit]").click()
    page.wait(lambda: "136 years" in page.find("#make-error").text, "no reason")


@suite.check("approves a login that waits, and denies another")
def _(page: Page) -> None:
    for approve in (True, False):
        with login(page) as (child, address):
            page.driver.get("about:blank")
            page.driver.get(address)
            page.visible("#login-list .primary" if approve else "#login-list .quiet").click()
            code = child.wait(PATIENCE)
            if approve:
                expect_equal(code, 0, child.stderr)
                session = child.wait_for_line("sessionToken").string
            else:
                expect(code != 0 and "denied" in child.stderr, f"exit {code}: {child.stderr}")
    made = page.client.run(
        "generate-token", "--scope", "super-user", "--expires-in", "1h", credentials=session
    )
    expect_equal(made.code, 0, made.said)


@suite.check("colours are readable in light and dark, narrow and wide, and every control has a name")
def _(page: Page) -> None:
    with login(page):
        page.visible("#login-list .primary")
        page.choose("access", "permissions")
        page.generate()
        for scheme in ("light", "dark"):
            page.driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia",
                {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
            )
            page.wait(lambda: page.driver.execute_script(CONTRAST) == [], f"contrast, {scheme}")
    for width in (320, 1100):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        wide = page.driver.execute_script("return document.documentElement.scrollWidth")
        expect(wide <= width, f"{wide} pixels wide in {width}")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.driver.execute_cdp_cmd("Accessibility.enable", {})
    tree = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = {"button", "textbox", "combobox", "radio", "link", "Date"}
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node["ignored"] and node["role"]["value"] in controls and not node["name"]["value"]
    ]
    expect_equal(nameless, [], "controls without a name")


@suite.check("another site can neither log in, nor show the page in a frame")
def _(page: Page) -> None:
    page.driver.get(page.url)
    page.visible("#sign-out").click()
    page.visible("#sign-in-button")
    page.driver.get("about:blank")
    status = page.driver.execute_async_script(
        "const done = arguments[1];"
        "fetch(arguments[0] + 'console/sign-in', {method: 'POST', mode: 'no-cors', body: '{}',"
        "  credentials: 'include'}).then((answer) => done(answer.type), () => done('failed'))",
        page.url,
    )
    expect(status in ("opaque", "failed"), f"answer: {status}")
    shown = page.driver.execute_async_script(
        "const done = arguments[1], frame = document.createElement('iframe');"
        "frame.onload = () => { try { done(frame.contentDocument ? 'own' : 'refused') }"
        "  catch { done('refused') } };"
        "frame.src = arguments[0]; document.body.append(frame)",
        page.url,
    )
    expect_equal(shown, "refused", "frame")
    page.driver.get(page.url)
    page.visible("#sign-in-button")


@suite.check("the script of the page runs without an error")
def _(page: Page) -> None:
    # Refusals that the checks above provoke are told of by the browser itself.
    told = (
        "status of 400",
        "status of 403",
        "frame-ancestors",
        "X-Frame-Options",
        "about:blank",
        "console/sign-in - Failed to load",
    )
    severe = [
        entry["message"]
        for entry in page.driver.get_log("browser")
        if entry["level"] == "SEVERE" and not any(text in entry["message"] for text in told)
    ]
    expect_equal(severe, [], "errors")


if __name__ == "__main__":
    sys.exit(suite.main(environment))
