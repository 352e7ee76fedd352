import ServerRig
import Testing

extension Rooms {
    @Test("presence to a room that a client is not in is answered by 110, 307 and 333")
    func notInRoom() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let phone = try await meeting.deployment.another("phone", of: meeting.alice)

        try phone.send("<presence to='\(meeting.room)/\(meeting.nick)' id='here'/>")

        let told = try await phone.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(Set(told.statusCodes) == ["110", "307", "333"])
        try await phone.disconnect()
        try await meeting.end()
    }

    @Test("a request to enter an address that is no room is an error with its id")
    func noRoom() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        for (number, address) in ["village@\(deployment.irc)", "bob%village@\(deployment.irc)", deployment.irc]
            .enumerated()
        {
            let payload = "<x xmlns='http://jabber.org/protocol/muc'/>"
            try alice.send("<presence to='\(address)/x' id='join\(number)'>\(payload)</presence>")
            let refusal = try await alice.expectError("presence", id: "join\(number)", from: address + "/x")
            #expect(refusal.error == "cancel/item-not-found")
        }
        try await alice.disconnect()
    }

    @Test(
        "a client whose stanzas bounce is told by 110 and 333 that it is out",
        arguments: ["item-not-found", "recipient-unavailable", "remote-server-timeout"])
    func bounced(condition: String) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let error = "<error type='cancel'><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

        try meeting.alice.send("<message type='error' to='\(meeting.room)' id='x'>\(error)</message>")

        let told = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(Set(told.statusCodes) == ["110", "333"])
        try await meeting.end()
    }
}
