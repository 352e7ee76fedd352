"""Dino: each step works the windows through the accessibility bus, and reads their labels and Dino's database."""
import sqlite3
from contextlib import closing

from window import Client
from world import World, wait

PHONE = "+1 555 123 4567"
GATEWAY = "sms.localhost"
MAIN = "DinoUiMainWindow"
# Marks of messages in Dino's database.
RECEIVED, FAILED = 1, 8


class Dino(Client):
    def __init__(self, world):
        super().__init__(world, "dino-im")
        self.file = world.home / ".local/share/dino/dino.db"

    def nodes(self, role, window=None, showing=False):
        """GTK 4 does not say which nodes show."""
        return super().nodes(role, window, showing=False)

    def start(self):
        """Starts Dino once for its files, puts the account there, and starts it again."""
        first = self.world.start("dino", "dino-im")
        self.find("push button", "Set up account")
        self.world.end(first)
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute(
                "INSERT INTO account (bare_jid, resourcepart, password, alias, enabled) VALUES (?, 'dino', ?, '', 1)",
                [self.world.jid, self.world.password])
        self.world.start("dino", "dino-im")
        self.see("You have no open chats")
        frame = self.find("frame", MAIN)
        actions = [frame.get_action_name(index) for index in range(frame.get_n_actions())]
        frame.do_action(actions.index("window.toggle-maximized"))

    def query(self, text, *values):
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute(text, values)]

    def open(self, keys, title):
        """Opens a dialogue by its keys."""
        def look():
            if not self.nodes("dialog", title):
                self.world.type("", keys)
            return self.nodes("dialog", title)

        wait(f"the dialogue {title}", look, 20)

    def choose(self, address, title, button):
        """Types an address in a dialogue with a list of addresses, and takes the one that is the same."""
        self.find("text", window=title).set_text_contents(address)

        def look():
            rows = self.nodes("list item", title)
            labels = [[_.get_name() for _ in self.below(row, "label")] for row in rows]
            return next((index + 1 for index, names in enumerate(labels) if address in names), None)

        index = wait(f"{address} in the list", look) - 1
        self.find("list", window=title).select_child(index)
        self.press("push button", button, title)

    def start_chat(self, address):
        self.open("ctrl+t", "Start Conversation")
        self.choose(address, "Start Conversation", "Start")

    def add_contact(self, address):
        self.open("ctrl+t", "Start Conversation")
        self.nodes("push button", "Start Conversation")[0].do_action(0)
        self.nodes("text", "Add Contact") or self.find("text", window="Add Contact")
        self.find("text", window="Add Contact").set_text_contents(address)
        self.press("push button", "Add", "Add Contact")
        self.press("push button", "Cancel", "Start Conversation")

    def accept(self):
        """Presses Accept in the bar of a contact's request. Dino shows the bar twice."""
        self.press("push button", "Accept", MAIN)

    def say(self, text):
        """Types a message into the chat. The field is at the bottom of the window, which fills the screen."""
        before = self.count(text)
        self.world.click(500, 562)
        self.find("text", "GtkTextView", MAIN).set_text_contents(text)
        self.world.type("", "Return")
        wait(f"Dino to send '{text}'", lambda: self.count(text) > before)

    def mark(self, text):
        return self.query("SELECT marked FROM message WHERE body = ?", text)[-1]

    def place(self, address):
        """The place of a conversation in the list, from 0."""
        def look():
            titles = [[label.get_name() for label in self.below(row, "label")] for row in self.nodes("list item", MAIN)]
            return next((place + 1 for place, words in enumerate(titles) if address in words), None)

        return wait(f"the conversation {address}", look) - 1

    def show(self, address):
        """Opens a conversation of the list."""
        self.world.click(150, 81 + 59 * self.place(address))

    def is_coloured(self, address):
        """Whether the picture of a conversation has a colour, which is how Dino shows that somebody is online."""
        pixels = self.world.pixels(22, 72 + 59 * self.place(address), 20, 20)
        return any(max(pixel) - min(pixel) > 60 for pixel in pixels)

    def give_nick(self, nick):
        """Fills in the last field of the dialogue that joins a room, and joins."""

        def look():
            if self.nodes("dialog", "Join Channel"):
                self.world.click(510, 192)
                self.world.type("", "ctrl+a")
                self.world.type(nick)
                self.press("push button", "Join", "Join Channel")
            return not self.nodes("dialog", "Join Channel")

        wait("the dialogue to close", look)

    def count(self, text):
        return self.query("SELECT COUNT(*) FROM message WHERE body = ? AND direction = 1", text)[0]


def play(world):
    dino = Dino(world)
    with world.step("logs in"):
        dino.start()
    with world.step("finds the gateway, as a contact"):
        dino.add_contact(GATEWAY)
        dino.accept()
        dino.say("help")
        dino.see("register")
        world.picture("dino-help")
    with world.step("is refused with a wrong number, and registers with a right one, by chat"):
        dino.say("register")
        dino.see("Phone number to send from")
        dino.say("5550101")
        dino.see("'5550101'")
        dino.say("+12025550101")
        dino.see("You are registered")
        world.picture("dino-register")

    with world.step("adds a contact by number, and sees it online"):
        dino.say("add")
        dino.see("phone number")
        dino.say("+15551234567")
        dino.see("is in your contact list now.")
        dino.start_chat("+15551234567@sms.localhost")
        wait("a coloured picture", lambda: dino.is_coloured(PHONE))
    with world.step("chats with the phone, and sees that the text has arrived"):
        dino.say("Hello from Dino")
        dino.see("Thank you for your 15 characters.")
        wait("the mark of the receipt", lambda: dino.mark("Hello from Dino") == RECEIVED)
        world.picture("dino-chat")
    with world.step("sees a failure"):
        dino.start_chat("nobody%village@irc.localhost")
        dino.say("Are you there?")
        dino.see("delivery failed")
        wait("the mark of the error", lambda: dino.mark("Are you there?") == FAILED)
        world.picture("dino-failure")
    with world.step("joins a room, and talks there"):
        dino.open("ctrl+g", "Join Channel")
        dino.choose("#harbour%village@irc.localhost", "Join Channel", "Next")
        dino.give_nick("dana")
        dino.see("Welcome, dana!")
        dino.say("Ahoy from Dino")
        dino.see("dana: I hear you.")
        world.picture("dino-room")


if __name__ == "__main__":
    with World() as world:
        play(world)
