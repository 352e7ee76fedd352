"""XMPP users for the rig: commands come in as JSON lines, and everything the users receive goes out as JSON lines.

in:  {"do": "connect", "user": KEY, "jid": FULL JID, "password": P, "port": N}
     {"do": "send", "user": KEY, "xml": STANZA}
     {"do": "disconnect", "user": KEY}     {"do": "break", "user": KEY}   (closes the socket only)
out: {"user": KEY, "event": "online", "jid": FULL JID}      {"user": KEY, "event": "offline", "reason": R}
     {"user": KEY, "event": "stanza", "stanza": {"name", "namespace", "attributes", "text", "children"}}
"""
import asyncio
import json
import logging
import sys
import xml.etree.ElementTree as ElementTree

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
users = {}


def report(user, event, **more):
    sys.stdout.write(json.dumps({"user": user, "event": event, **more}) + "\n")
    sys.stdout.flush()


def split(name):
    namespace, found, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    return (namespace, local) if found else ("", name)


def attribute(name):
    namespace, local = split(name)
    return "xml:" + local if namespace == "http://www.w3.org/XML/1998/namespace" else local


def tree(element):
    namespace, name = split(element.tag)
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    return {
        "name": name, "namespace": namespace, "text": text,
        "attributes": {attribute(key): value for key, value in element.attrib.items()},
        "children": [tree(child) for child in element],
    }


class User(slixmpp.ClientXMPP):
    def __init__(self, key, jid, password):
        super().__init__(jid, password, plugin_config={"feature_mechanisms": {"unencrypted_plain": True}})
        self.key = key
        self.ended = False
        self.auto_authorize = None
        self.auto_subscribe = False
        self.whitespace_keepalive = False
        self.add_filter("in", self.received)
        self.add_event_handler("session_start", lambda _: report(key, "online", jid=self.boundjid.full))
        self.add_event_handler("failed_all_auth", lambda _: self.end("login refused"))
        self.add_event_handler("connection_failed", lambda reason: self.end(str(reason)))
        self.add_event_handler("disconnected", lambda reason: self.end(str(reason)))

    def received(self, stanza):
        if split(stanza.xml.tag)[1] in ("message", "presence", "iq"):
            report(self.key, "stanza", stanza=tree(stanza.xml))
        return stanza

    def announce(self, features):
        """Answers each question for our features with these."""
        namespace = "{http://jabber.org/protocol/disco#info}"

        def answer(iq):
            asked = iq.xml.find(namespace + "query")
            if iq["type"] != "get" or asked is None:
                return
            query = ElementTree.Element(namespace + "query", asked.attrib)
            for feature in features:
                ElementTree.SubElement(query, namespace + "feature", {"var": feature})
            reply = iq.reply()
            reply.append(query)
            reply.send()

        matcher = MatchXPath("{jabber:client}iq/" + namespace + "query")
        self.register_handler(Callback("features", matcher, answer))

    def end(self, reason):
        if self.ended:
            return
        self.ended = True
        if users.get(self.key) is self:
            del users[self.key]
        self.abort()
        report(self.key, "offline", reason=reason)


def carry_out(command):
    key = command["user"]
    if command["do"] == "connect":
        user = users[key] = User(key, command["jid"], command["password"])
        user.connect(("127.0.0.1", command["port"]), disable_starttls=True)
        return
    user = users.get(key)
    if user is None:
        report(key, "offline", reason="not connected")
    elif command["do"] == "send":
        user.send_raw(command["xml"])
    elif command["do"] == "announce":
        user.announce(command["features"].split())
    elif command["do"] == "disconnect":
        user.disconnect()
    elif command["do"] == "break":
        user.abort()


async def main():
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=16 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    report("", "ready")
    while line := await commands.readline():
        carry_out(json.loads(line))


asyncio.get_event_loop_policy().get_event_loop().run_until_complete(main())
