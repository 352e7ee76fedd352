"""The copy of the tree in which mutants are built and tested."""
import json, os, re, shutil, signal, subprocess, time

from batch import SWITCH, VARIABLE

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COPY = os.environ.get("MARTLET_MUTANTS_BUILD") or os.path.join(ROOT, ".build-mutants")
BUNDLE = f"{COPY}/.build/debug/martletPackageTests.xctest"
SWITCH_FILE = "MutantSwitch.swift"
MEMORY = 4 << 30  # bytes of a test process; a mutant that wants more is stopped
ISSUE = b"recorded an issue"


def read(path, mode="rb"):
    with open(path, mode) as file:
        return file.read()


def write(path, text):
    with open(path, "w", newline="") as file:
        file.write(text)


# --- The tree ------------------------------------------------------------------------------------------------------


def bring_up_to_date():
    """Makes the copy equal to the tree, without touching files that are equal."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    names = {name for name in listed.stdout.split("\0") + ["Package.resolved"] if os.path.isfile(f"{ROOT}/{name}")}
    for folder, folders, files in os.walk(COPY):
        folders[:] = [name for name in folders if name not in (".build", ".git")]
        for path in (os.path.join(folder, name) for name in files):
            if os.path.relpath(path, COPY) not in names:
                os.remove(path)
    for name in names:
        source, target = f"{ROOT}/{name}", f"{COPY}/{name}"
        if not os.path.exists(target) or read(source) != read(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(source, target)


def narrow(tests):
    """Leaves in the copy's manifest what the tests need, and lets warnings pass. Returns the package's targets."""
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], cwd=COPY, check=True, stdout=subprocess.PIPE).stdout)
    targets = {target["name"]: target for target in package["targets"]}
    kept, open_names = set(), list(tests)
    while open_names:
        name = open_names.pop()
        if name in targets and name not in kept:
            kept.add(name)
            used = targets[name]["dependencies"] + targets[name].get("pluginUsages", [])
            open_names += [next(iter(item.values()))[0] for item in used]
    manifest = read(f"{COPY}/Package.swift", "r").replace(".treatAllWarnings(as: .error)", ".treatAllWarnings(as: .warning)")
    list_of_kept = ", ".join(f'"{name}"' for name in sorted(kept))
    write(f"{COPY}/Package.swift", manifest + f"""
package.products = []
package.targets.removeAll {{ ![{list_of_kept}].contains($0.name) }}
""")
    return targets


def add_switch(folder):
    """Adds the function that the texts of a batch call to the module in a folder."""
    write(os.path.join(folder, SWITCH_FILE), SWITCH)


# --- Processes -------------------------------------------------------------------------------------------------------


class Process:
    """A command with a log and a deadline, which is stopped early when it has written `ends_early`."""

    def __init__(self, command, name, seconds, ends_early=None, **options):
        self.path = f"{COPY}/.build/mutants-{name}.log"
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "wb") as output:
            self.process = subprocess.Popen(
                command, cwd=COPY, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                process_group=0, **options)
        self.start = time.monotonic()
        self.end, self.ends_early, self.seen = self.start + seconds, ends_early, 0

    def has_ended(self):
        if self.process.poll() is not None:
            return True
        if time.monotonic() < self.end and not self.has_written_the_end():
            return False
        self.stop()
        return True

    def has_written_the_end(self):
        if not self.ends_early:
            return False
        with open(self.path, "rb") as log:
            log.seek(max(0, self.seen - len(self.ends_early)))
            news = log.read()
            self.seen = log.tell()
        return self.ends_early in news

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait(self):
        """Whether the command succeeded, and its log."""
        try:
            while not self.has_ended():
                time.sleep(0.05)
        finally:
            self.stop()
        return self.succeeded(), self.log()

    def succeeded(self):
        return self.process.returncode == 0

    def log(self):
        return read(self.path).decode(errors="replace")


def build(*arguments):
    """Whether the build succeeded, and its log."""
    return Process(["swift", "build", *(arguments or ["--build-tests"])], "build", 1800).wait()


def start_tests(number, seconds, ends_early=ISSUE, log=None):
    """Runs the tests with a mutant of the batch; 0 is the code as it is."""
    limited = ["sh", "-c", f"ulimit -d {MEMORY >> 10}; ulimit -c 0; exec \"$@\"", "sh"]
    # The trace of a crash takes longer than most tests.
    environment = os.environ | {VARIABLE: str(number), "SWIFT_BACKTRACE": "enable=no"}
    return Process([*limited, BUNDLE, "--testing-library", "swift-testing"], log or f"tests-{number}", seconds,
                   ends_early, env=environment)


def together(starters, at_once, ended):
    """Calls the starters of processes, some at once, and `ended` with the key and process of each that has ended."""
    waiting, running = list(starters.items()), {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                key, start = waiting.pop(0)
                running[key] = start()
            for key in [key for key, process in running.items() if process.has_ended()]:
                ended(key, running.pop(key))
            time.sleep(0.05)
    finally:
        for process in running.values():
            process.stop()


def reason(log):
    """The first thing in a test's log that went wrong."""
    found = re.search(r"✘ Test \"?(.+?)\"? recorded an issue|(Fatal error: .*)|(\w+ signal code \d+)", log)
    return next((part for part in found.groups() if part), "") if found else "took too long"


def errors(log):
    """The path and line of each error in the log of a build."""
    return {(path, int(line)) for path, line in re.findall(r"^(/[^\n:]+\.swift):(\d+):\d+: error:", log, re.M)}
