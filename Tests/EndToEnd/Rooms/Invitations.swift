import ServerRig
import Testing

extension Rooms {
    @Test("an invitation from a room reaches the person on IRC", arguments: Plan.Network.allCases)
    func inviteToIRC(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: network)
        let peer = meeting.deployment.address(ben.nick, on: network)
        // InspIRCd lets only operators invite.
        try meeting.anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try await meeting.anna.expect("the rank") { $0.command == "MODE" && $0[1] == "+o" }

        try meeting.alice.send(
            "<message to='\(meeting.room.xmlEscaped)' id='inv'><x xmlns='http://jabber.org/protocol/muc#user'>"
                + "<invite to='\(peer.xmlEscaped)'><reason>Tea</reason></invite></x></message>")
        try await ben.expect("the invitation") {
            $0.command == "INVITE" && $0.source == meeting.nick && $0.last == meeting.channel
        }
        try await meeting.alice.expect("the word that ben is invited") {
            $0.name == "message" && $0.from == meeting.room && $0.body == "\(ben.nick) has been invited."
        }
        ben.disconnect()
        try await meeting.end()
    }

    @Test("an invitation of somebody who is there already comes back as an error with its id")
    func inviteOccupant() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        try meeting.alice.send(
            "<message to='\(meeting.room.xmlEscaped)' id='inv2'><x xmlns='http://jabber.org/protocol/muc#user'>"
                + "<invite to='\((meeting.room + "/" + meeting.anna.nick).xmlEscaped)'/></x></message>")
        let refusal = try await meeting.alice.expectError("message", id: "inv2", from: meeting.room)
        #expect(refusal.error == "cancel/conflict")
        try await meeting.end()
    }

    @Test("an INVITE from IRC is an invitation of the room, which can be accepted", arguments: Plan.Network.allCases)
    func inviteFromIRC(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let channel = meeting.deployment.unique("#closed")
        let room = meeting.deployment.address(channel, on: network)
        try await meeting.anna.join(channel)
        try meeting.anna.send("MODE \(channel) +i")
        try meeting.anna.send("INVITE \(meeting.nick) \(channel)")

        let invitation = try await meeting.alice.expect("an invitation from \(room)") {
            $0.name == "message" && $0.from == room
                && $0.child("x", "http://jabber.org/protocol/muc#user")?.child("invite") != nil
        }
        let invite = invitation.child("x", "http://jabber.org/protocol/muc#user")?.child("invite")
        #expect(invite?["from"] == room.replacing(channel, with: meeting.anna.nick))
        #expect(invitation.type == "normal" || invitation.type.isEmpty)
        try await meeting.alice.join(room, as: meeting.nick)
        try await meeting.end()
    }

    @Test("an invitation for a person on XMPP comes from the room")
    func inviteOnXMPP() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let bea = try await meeting.deployment.user("bea")

        try meeting.alice.send(
            "<message to='\(meeting.room.xmlEscaped)' id='inv3'><x xmlns='http://jabber.org/protocol/muc#user'>"
                + "<invite to='\(bea.account.jid)'/></x></message>")
        let invitation = try await bea.expect("an invitation") { $0.name == "message" && $0.from == meeting.room }
        let invite = invitation.child("x", "http://jabber.org/protocol/muc#user")?.child("invite")
        #expect(invite?["from"] == meeting.alice.jid)
        try await meeting.end()
    }
}
