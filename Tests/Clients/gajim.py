"""Gajim: each step works the windows through the accessibility bus, and reads their labels there."""
import json
import sqlite3
from contextlib import closing

from window import Atspi, Client, middle
from world import World, wait

PHONE = "+15551234567@sms.localhost"
NAME = "+1 555 123 4567"


class Gajim(Client):
    def __init__(self, world):
        super().__init__(world, "org.gajim.Gajim")
        self.record = world.home / ".local/share/gajim/logs.db"

    def start(self):
        """Starts Gajim once for its files, puts the account there, and starts it again."""
        first = self.world.start("gajim", "gajim")
        self.find("frame", "Add Account")
        self.world.end(first)
        account = {
            "name": "guest", "account_label": "guest", "hostname": "localhost", "password": self.world.password,
            "savepass": True, "autoconnect": True, "active": True}
        with closing(sqlite3.connect(self.world.home / ".config/gajim/settings.sqlite")) as settings, settings:
            settings.execute(
                "INSERT INTO account_settings VALUES ('guest', ?)",
                [json.dumps({"account": account, "contact": {}, "group_chat": {}})])
            [app] = settings.execute("SELECT settings FROM settings WHERE name = 'app'").fetchone()
            settings.execute(
                "UPDATE settings SET settings = ? WHERE name = 'app'",
                [json.dumps({**json.loads(app), "use_keyring": False, "positive_184_ack": True})])
        self.world.start("gajim", "gajim")
        self.find("menu", "Accounts")
        self.number = self.world.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^Gajim$").split()[0]
        self.world.run("xdotool", "windowsize", "--sync", self.number, "958", "578")

    def menu(self, item):
        """Takes an item of a menu, once it is enabled: most are so only while the account is online."""
        wait(f"the menu item {item}", lambda: self.is_enabled("menu item", item, showing=False))
        self.press("menu item", item, showing=False)

    def enter(self, text, window, *keys):
        """Types into the first field of a window."""
        self.focus(window=window)
        self.world.type("", "ctrl+a")
        self.world.type(text, *keys)

    def start_chat(self, address):
        self.menu("Start / Join Chat…")
        self.enter(address, "Start / Join Chat")
        self.see("Start New Chat", "Start / Join Chat")
        self.world.type("", "Return")

    def say(self, text):
        """Types a message into the chat: the only text of the main window that has no name."""
        self.focus("", "Gajim")
        self.world.type(text, "Return")

    def show(self):
        """Brings the main window to the front."""
        self.world.run("xdotool", "windowactivate", "--sync", self.number)

    def see_online(self, name):
        """Waits for a name in the contact list with the green mark of somebody who is online."""
        def look():
            _, y = middle(self.find("table cell", name, "Gajim"))
            pixels = self.world.pixels(80, y - 20, 45, 40)
            return any(green > red + 40 and green > blue + 80 for red, green, blue in pixels)

        wait(f"{name} to be online", look)

    def see_failure(self, text, reason):
        """Waits for the error of a message in Gajim's record, points at the triangle beside it, and waits for the black
        tooltip with the reason."""
        def look():
            with closing(sqlite3.connect(f"file:{self.record}?mode=ro", uri=True)) as record:
                rows = record.execute("SELECT error FROM logs WHERE message = ?", [text]).fetchall()
            return any(reason in (error or "") for [error] in rows)

        wait(f"an error with '{reason}'", look)
        boxes = [
            label.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
            for label in self.nodes("label", "Gajim") if label.get_name() == text]
        box = max(boxes, key=lambda each: each.x)  # The other is in the list of chats.

        self.world.point(box.x + 104, box.y - 10)
        wait("the tooltip", lambda: (0, 0, 0) in self.world.pixels(box.x + 60, box.y + 25, 40, 6))


def play(world):
    gajim = Gajim(world)
    with world.step("logs in"):
        gajim.start()
    with world.step("finds the gateways"):
        gajim.menu("Discover Services…")
        gajim.find("table cell", "IRC gateway\nirc.localhost")
        gateway = gajim.find("table cell", "SMS gateway\nsms.localhost")
        world.picture("gajim-services")
        gajim.click(gateway)
    with world.step("is refused with a wrong number, and registers with a right one"):
        wait("the button Register", lambda: gajim.is_enabled("push button", "Register"))
        gajim.press("push button", "Register")
        gajim.see("SMS registration", "Register")
        gajim.enter("5550101", "Register")
        gajim.press("push button", "Register", "Register")
        gajim.see("'5550101'", "Registration failed")
        gajim.press("push button", "Back")
        gajim.see("SMS registration", "Register")
        gajim.enter("+12025550101", "Register")
        world.picture("gajim-register")
        gajim.press("push button", "Register", "Register")
        gajim.see("Registration successful")
        gajim.press("push button", "Close", "Registration successful")
        gajim.show()
    with world.step("adds a contact by number, and sees it online"):
        gajim.menu("Add Contact…")
        gajim.enter(PHONE, "Add Contact")
        gajim.press("push button", "Next")
        gajim.press("push button", "Add Contact")
        gajim.see_online(NAME)
    with world.step("sees the gateway online, with its name"):
        gajim.see_online("SMS gateway")
        world.picture("gajim-contacts")
    with world.step("chats with the phone"):
        gajim.click(gajim.find("table cell", NAME, "Gajim"), times=2)
        gajim.say("Hello from Gajim")
        gajim.see("Thank you for your 16 characters.", "Gajim")
        world.picture("gajim-chat")
    with world.step("sees a failure in words"):
        gajim.start_chat("nobody%village@irc.localhost")
        gajim.see("nobody%village", "Gajim")
        gajim.say("Are you there?")
        gajim.see_failure("Are you there?", "nobody")
        world.picture("gajim-failure")
    with world.step("joins a room, and talks there"):
        gajim.start_chat("#harbour%village@irc.localhost")
        gajim.see("#harbour", "Start / Join Chat")
        world.picture("gajim-join")
        gajim.press("push button", "Join", "Start / Join Chat")
        gajim.see("Welcome, guest!", "Gajim")
        gajim.say("Ahoy from Gajim")
        gajim.see("guest: I hear you.", "Gajim")
        world.picture("gajim-room")
    with world.step("types a command, and sees the answer of the room"):
        gajim.say("//mode")
        gajim.see("Modes of #harbour", "Gajim")
        world.picture("gajim-answer")


if __name__ == "__main__":
    with World() as world:
        play(world)
