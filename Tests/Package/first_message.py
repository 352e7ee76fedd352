#!/usr/bin/env python3
"""Logs in as a user of the XMPP server on this machine, writes to the echo person, and waits for the answer.

  first_message.py JID PASSWORD ADDRESS
"""

import asyncio
import logging
import sys

import slixmpp


class Alice(slixmpp.ClientXMPP):
    def __init__(self, jid, password, address):
        super().__init__(jid, password)
        self.person = address
        self.code = 1
        self.add_event_handler("session_start", self.begin)
        self.add_event_handler("message", self.hear)
        self.add_event_handler("failed_all_auth", lambda _: self.disconnect())

    async def begin(self, _):
        self.send_presence()
        self.send_message(mto=self.person, mbody="ahoy", mtype="chat")

    def hear(self, message):
        print(f"{message['from']}: {message['type']}: {message['body']}")
        self.code = 0 if message["body"] == "ahoy" and message["type"] == "chat" else 1
        self.disconnect()


async def main():
    alice = Alice(*sys.argv[1:4])
    alice.connect(("127.0.0.1", 5222), disable_starttls=True)
    await asyncio.wait_for(alice.disconnected, 20)
    return alice.code


# The caller shows this only after a failure.
logging.basicConfig(level=logging.DEBUG)
sys.exit(asyncio.get_event_loop().run_until_complete(main()))
