# SPDX-License-Identifier: BSL-1.0
"""A headless Chromium that opens a page, runs scripts in it, and tells what went wrong there."""
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time


def missing():
    """What keeps this machine from running a browser, or None."""
    if not shutil.which("chromium"):
        return "no chromium"
    try:
        import websocket  # noqa: F401
    except ImportError:
        return "no python3-websocket"
    return None


class Browser:
    """Speaks the DevTools protocol with a Chromium of its own."""

    def __init__(self):
        import websocket
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = ["chromium", "--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--no-first-run",
                   "--disable-dev-shm-usage", "--remote-allow-origins=*", "--hide-scrollbars",
                   f"--user-data-dir={self.folder.name}", "about:blank"]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(command, stderr=self.errors, stdout=subprocess.DEVNULL)
        self.messages, self.number = [], 0
        port, path = self.wait_for_port()
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{port}{path}", timeout=120)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    session = None

    def wait_for_port(self):
        file = pathlib.Path(self.folder.name) / "DevToolsActivePort"
        for _ in range(600):
            if file.is_file() and len(lines := file.read_text().split("\n")) >= 2:
                return lines[0], lines[1]
            assert self.process.poll() is None, self.what_it_said()
            time.sleep(0.1)
        raise AssertionError("chromium does not answer: " + self.what_it_said())

    def what_it_said(self):
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.messages.append(answer)

    def window(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path):
        self.messages.clear()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.until("document.readyState === 'complete'")

    def run(self, script):
        """The value of an expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (script, answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, script):
        for _ in range(600):
            if self.run(script):
                return
            time.sleep(0.1)
        raise AssertionError(f"never true: {script}; {self.complaints()}")

    def complaints(self):
        """Errors and warnings of the page, and what it asked of a network."""
        self.run("0")
        bad = []
        for m in self.messages:
            p = m.get("params", {})
            if m["method"] == "Runtime.exceptionThrown":
                bad.append(p["exceptionDetails"])
            elif m["method"] == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
                bad.append(p["args"])
            elif m["method"] == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
                bad.append(p["entry"])
            elif m["method"] == "Network.requestWillBeSent" and not re.match("(file|data):", p["request"]["url"]):
                bad.append(p["request"]["url"])
        return bad

    def screenshot(self, path):
        """The whole page, however long."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(60)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
