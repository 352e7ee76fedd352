"""profanity in tmux: each step is what a person types, and the words that the pane must show then."""
from world import Failed, World, wait

PHONE = "+15551234567@sms.localhost"


class Terminal:
    """profanity in a tmux that an xterm shows, for the pictures."""

    def __init__(self, world):
        self.world = world
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "118", "-y", "36", "profanity")
        self.tmux("set", "status", "off")
        world.start(
            "xterm", "xterm", "-fullscreen", "-fa", "Monospace", "-fs", "10", "-bg", "black", "-fg", "grey90", "-e",
            "tmux", "-S", str(world.folder / "tmux"), "attach")

    def tmux(self, *command):
        return self.world.run("tmux", "-S", str(self.world.folder / "tmux"), *command)

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def see(self, *texts):
        """Waits until the pane shows all texts."""
        try:
            wait(f"{texts}", lambda: all(text in self.text() for text in texts))
        except Failed as failure:
            raise Failed(f"{failure}; the pane shows:\n{self.tmux('capture-pane', '-p')}")

    def ask(self, line, *texts):
        """Types a line again and again until the pane shows all texts. profanity shows the error of a form only in an
        answer, and does not say when the form has come."""
        def look():
            self.type(line)
            return all(text in self.text() for text in texts)

        wait(f"{texts} after {line}", look)

    def text(self):
        """The text of the pane, with its lines joined, because profanity breaks them anywhere."""
        return " ".join(self.tmux("capture-pane", "-p").split())


def play(world):
    with world.step("logs in"):
        terminal = Terminal(world)
        terminal.see("Type '/help'")
        terminal.type(f"/connect {world.jid} server 127.0.0.1 port {world.port} tls trust")
        terminal.see("password")
        terminal.type(world.password)
        terminal.see("logged in successfully")
    with world.step("finds the gateway"):
        terminal.type("/disco items")
        terminal.see("irc.localhost", "sms.localhost")
        terminal.type("/cmd list sms.localhost")
        terminal.see("Ad hoc commands", "register")
        world.picture("profanity-commands")
    with world.step("is refused with a wrong number, and registers with a right one"):
        terminal.type("/cmd exec register sms.localhost")
        terminal.see("Form title", "[field1]")
        terminal.type("/field1 5550101")
        terminal.see("5550101")
        terminal.type("/form submit")
        terminal.ask("/form help field1", "Description", "'5550101'")
        terminal.type("/field1 +12025550101")
        terminal.see("+12025550101")
        world.picture("profanity-register")
        terminal.type("/form submit")
        terminal.see("register completed", "You are registered")
    with world.step("sees the gateway online, with its name"):
        terminal.see("SMS gateway (sms) is online")
    with world.step("adds a contact by number, and sees it online"):
        terminal.type(f"/roster add {PHONE}")
        terminal.see(f"Roster item added: {PHONE}")
        terminal.type(f"/sub request {PHONE}")
        terminal.see("(sms) is online", "Can be reached by SMS")
        world.picture("profanity-contact")
    with world.step("chats with the phone"):
        terminal.type(f"/msg {PHONE} Hello from profanity")
        terminal.see("me: Hello from profanity", "Thank you for your 20 characters.")
    with world.step("sees a failure in words"):
        terminal.type("/msg +123@sms.localhost Are you there?")
        terminal.see("Error from +123@sms.localhost", "'+123'")
        world.picture("profanity-failure")
    with world.step("joins a room, and talks there"):
        terminal.type("/join #harbour%village@irc.localhost")
        terminal.see("You have joined the room as guest", "High water at 14:05", "Welcome, guest!")
        terminal.type("Ahoy from profanity")
        terminal.see("guest: Ahoy from profanity", "guest: I hear you.")
        world.picture("profanity-room")


if __name__ == "__main__":
    with World() as world:
        play(world)
