"""The demo's servers, the clients' processes, a screen, and pictures of it."""
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60


class Failed(Exception):
    """Something that should have been on the screen was not."""


def wait(what, look, patience=PATIENCE):
    """Calls `look` until it returns something true, and returns that."""
    end = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > end:
            raise Failed(f"waited {patience} s for {what}")
        time.sleep(0.2)
    return found


class World:
    """The folder, the account and the processes of one run."""

    jid, password = "guest@localhost", "guest-password"

    def __init__(self):
        self.folder, self.pictures = Path(sys.argv[1]), Path(sys.argv[2])
        self.home = self.folder / "home"
        self.environment = dict(os.environ)  # without DISPLAY, until the screen is there
        self.processes = []

    def __enter__(self):
        with self.step("the demo and a screen start"):
            self._wait_for_demo()
            self._start_screen()
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.end(process)

    @contextlib.contextmanager
    def step(self, title):
        """Runs the block and prints the title; ends the run with a picture and words if the block fails."""
        try:
            yield
        except Failed as failure:
            if "DISPLAY" in self.environment:
                self.picture("failed")
            raise SystemExit(f"FAILED  {title}: {failure}")
        print(f"ok      {title}", flush=True)

    def start(self, name, *command, descriptors=()):
        """Starts a program; what it prints goes to NAME.log."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, pass_fds=descriptors)
        self.processes.append(process)
        return process

    def end(self, process):
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def run(self, *command):
        """Runs a program to its end, and returns what it prints."""
        try:
            return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        except subprocess.CalledProcessError as error:
            raise Failed(str(error))

    def picture(self, name):
        """Takes a picture of the screen."""
        file = str(self.pictures / f"{name}.png")
        self.run("import", "-window", "root", file)
        self.run("pngquant", "--force", "--skip-if-larger", "--output", file, "48", file)

    def pixels(self, x, y, width, height):
        """The colours of a part of the screen, as tuples of red, green and blue."""
        file = str(self.folder / "part.png")
        self.run("import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", file)
        colours = re.findall(r"#([0-9A-F]{6})", self.run("convert", file, "-depth", "8", "txt:"))
        return [tuple(bytes.fromhex(colour)) for colour in colours]

    def type(self, text, *keys):
        """Types a text, and then presses keys, in the window that has the focus."""
        if text:
            self.run("xdotool", "type", "--delay", "20", text)
        for key in keys:
            self.run("xdotool", "key", key)

    def click(self, x, y, times=1):
        self.run("xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "60", "1")

    def point(self, x, y):
        self.run("xdotool", "mousemove", str(x), str(y))

    def _wait_for_demo(self):
        log = self.folder / "demo.log"

        def invited():
            text = log.read_text(errors="replace")
            if "FAILED" in text:
                raise Failed(f"the demo says:\n{text}")
            return re.search(r"server +127\.0\.0\.1, port (\d+)", text)

        self.port = int(wait("the demo to say how to log in", invited, 120)[1])
        certificate = next(self.folder.glob("rig/*/prosody/prosody.crt"))
        with open(self.folder / "authorities", "a") as authorities:
            authorities.write(certificate.read_text())
        relay(5222, self.port)

    def _start_screen(self):
        number = self.folder / "display"
        with open(number, "wb") as file:
            self.start(
                "Xvfb", "Xvfb", "-displayfd", str(file.fileno()), "-screen", "0", "960x600x24", "-nolisten", "tcp",
                descriptors=[file.fileno()])
        self.environment["DISPLAY"] = ":" + wait("the screen", lambda: number.read_text().strip())
        os.environ["DISPLAY"] = self.environment["DISPLAY"]
        self.start("openbox", "openbox")


def relay(port, target):
    """Passes connections to the usual port of XMPP on to that of the demo. Dino knows no other."""
    listener = socket.create_server(("127.0.0.1", port))

    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def accept():
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", target))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
