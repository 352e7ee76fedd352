"""Reads and works the windows of a client through the accessibility bus (AT-SPI)."""
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib

from world import Failed, wait

warnings.simplefilter("ignore", DeprecationWarning)
# GTK 4 has no cache for the bus, about which its library complains on standard error.
GLib.log_set_handler("dbind", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)


class Client:
    """The windows of one program."""

    def __init__(self, world, application):
        self.world, self.application = world, application

    def nodes(self, role, window=None, showing=True):
        """All nodes of a role, in all windows or in those with a title. GTK 4 does not say which of them show."""
        try:
            return [
                node for frame in _children(self._root()) if window is None or frame.get_name() == window
                for node in (frame, *_below(frame))
                if node.get_role_name() == role and (not showing or _is(node, "SHOWING"))
            ]
        except GLib.Error:  # A window has just gone.
            return []

    def find(self, role, name=None, window=None, showing=True):
        """Waits for the first node of a role and with a name, and returns it."""
        return wait(f"the {role} '{name or ''}' to show", lambda: next(
            (node for node in self.nodes(role, window, showing) if name is None or _name(node) == name), None))

    def words(self, window=None, showing=True):
        """The texts of all labels."""
        return [_name(label) for label in self.nodes("label", window, showing)]

    def see(self, text, window=None, showing=True):
        """Waits for a label that contains a text, and returns the whole label."""
        try:
            return wait(f"'{text}' to show", lambda: next(
                (words for words in self.words(window, showing) if text in words), None))
        except Failed as failure:
            raise Failed(f"{failure}; there was: {self.words(window, showing)}")

    def below(self, node, role):
        """All nodes of a role below a node."""
        return [each for each in _below(node) if each.get_role_name() == role]

    def press(self, role, name=None, window=None, showing=True):
        """Does the first action of a node: presses a button, opens a menu item."""
        self.find(role, name, window, showing).do_action(0)

    def click(self, node, times=1):
        self.world.click(*middle(node), times)

    def focus(self, name=None, window=None):
        """Clicks a text until it has the focus: windows move their parts while they open."""
        def look():
            node = self.find("text", name, window)
            self.click(node)
            return _is(node, "FOCUSED")

        wait("the focus", look)

    def is_enabled(self, role, name, showing=True):
        return _is(self.find(role, name, showing=showing), "SENSITIVE")

    def _root(self):
        def look():
            desktop = Atspi.get_desktop(0)
            return next((a for a in _children(desktop) if a.get_name() == self.application), None)

        return wait(f"{self.application} on the accessibility bus", look)


def _name(node):
    return node.get_name() or ""


def _is(node, state):
    return node.get_state_set().contains(getattr(Atspi.StateType, state))


def middle(node):
    """The place on the screen at which to click a node."""
    box = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    return max(1, box.x + min(box.width, 300) // 2), max(1, box.y + box.height // 2)


def _children(node):
    try:
        found = [node.get_child_at_index(index) for index in range(node.get_child_count())]
    except GLib.Error:  # The node has just gone.
        return []
    return [child for child in found if child]


def _below(node):
    for child in _children(node):
        yield child
        yield from _below(child)
