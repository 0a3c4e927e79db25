"""A browser that tests drive: Chromium without a window, told what to do by its own protocol, through a pipe.

The protocol (Chrome DevTools Protocol) is JSON between zero bytes: the browser reads it from descriptor 3 and writes to
descriptor 4 (`--remote-debugging-pipe`). All that is asked of a page here is a method of it: requests, messages of the
console, the mouse, fingers, keys, sizes and colour schemes; so neither a driver nor a library stands between.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING: Final = "install chromium, or set CNNCALC_BROWSER to the path of a Chromium or Chrome"
PATIENCE: Final = 60
"""Seconds after which nothing more is expected of a browser."""

_FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--mute-audio", "--disable-dev-shm-usage"),
    *("--remote-debugging-pipe", "about:blank"),
)


def executable() -> str | None:
    """The browser that is there, if any."""
    named = os.environ.get("CNNCALC_BROWSER")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A browser that is running."""

    def __init__(self, program: str) -> None:
        self._home = tempfile.mkdtemp(prefix="cnncalc-browser-")
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # A shell puts the pipes where the browser looks for them; Python's own way would need a fork by hand.
        line = f'exec "$@" 3<&{commands} 4>&{answers}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", line, "bash", program, f"--user-data-dir={self._home}", *_FLAGS],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._read = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, /, **parameters: Any) -> Any:
        """What a method of the protocol returns; events that come meanwhile are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        os.write(self._commands, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer}"
                return answer["result"]
            self.events.append(answer)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            assert select.select([self._answers], [], [], PATIENCE)[0], "the browser does not answer"
            more = os.read(self._answers, 2**16)
            assert more, "the browser has ended"
            self._read += more
        text, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def close(self) -> None:
        """End the browser, and remove what it has written."""
        try:
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._commands)
            os.close(self._answers)
            shutil.rmtree(self._home, ignore_errors=True)


class Tab:
    """A file that is open in a browser, at the size of a window, or of a phone that is touched."""

    def __init__(
        self,
        browser: Browser,
        file: Path,
        hash_: str = "",
        *,
        width: int = 1280,
        dark: bool = False,
        ready: str = "document.documentElement?.dataset.ready !== undefined",
    ) -> None:
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        phone = width < 500
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.address = file.as_uri()
        self.call("Page.navigate", url=self.address + hash_)
        self.wait(ready)

    def call(self, method: str, /, **parameters: Any) -> Any:
        """What a method of the protocol returns for this page."""
        return self._browser.call(method, self._session, **parameters)

    def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript on the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.value(expression):
            assert time.monotonic() < end, f"{expression}; {self.complaints()}"
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """The text of the first element that a selector finds."""
        found: str = self.value(f"document.querySelector({json.dumps(selector)}).textContent")
        return found

    def requests(self) -> list[str]:
        """What was asked for so far."""
        return [event["request"]["url"].partition("#")[0] for event in self._events("Network.requestWillBeSent")]

    def complaints(self) -> list[Any]:
        """Errors, and whatever was written to the console so far."""
        return self._events("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")

    def _events(self, *methods: str) -> list[dict[str, Any]]:
        events = [event for event in self._browser.events if event.get("sessionId") == self._session]
        return [event["params"] for event in events if event["method"] in methods]

    def mouse(self, selector: str, x: float, y: float, *, click: bool = False) -> None:
        """Move the mouse to a part of an element, counted from 0 to 1, and perhaps click there."""
        place = self._place(selector, x, y)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **place)
        for kind in ("mousePressed", "mouseReleased") if click else ():
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def touch(self, selector: str, *places: tuple[float, float]) -> None:
        """Put a finger on an element, draw it over its other places, and lift it."""
        for number, place in enumerate(places):
            kind = "touchMove" if number else "touchStart"
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[self._place(selector, *place)])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def _place(self, selector: str, x: float, y: float) -> dict[str, float]:
        found = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{found}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.value(f"(box => [box.x, box.y, box.width, box.height])({found}.getBoundingClientRect())")
        return {"x": box[0] + x * box[2], "y": box[1] + y * box[3]}

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            for kind in ("rawKeyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def close(self) -> None:
        """Close the page; it has asked for its own file alone, and nothing went wrong on it."""
        assert self.complaints() == [], self.complaints()
        assert self.requests() == [self.address]
        self._browser.call("Target.closeTarget", targetId=self._target)
