import ServerRig
import Testing

extension Rooms {
    @Test("an operator configures a channel by form, and nobody else may", arguments: Plan.Network.allCases)
    func configuration(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        let ask = "<query xmlns='http://jabber.org/protocol/muc#owner'/>"
        #expect(try await alice.query("get", to: room, ask).error == "auth/forbidden")
        try anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try await alice.expect("her rank") { $0.occupant == meeting.nick && $0.item?["role"] == "moderator" }

        let form = try await alice.query("get", to: room, ask).child("query")?.child("x", "jabber:x:data")
        let fields = Set(form?.all("field").compactMap { $0["var"] } ?? [])
        #expect(
            fields.isSuperset(of: [
                "FORM_TYPE", "muc#roomconfig_moderatedroom", "muc#roomconfig_membersonly", "muc#roomconfig_publicroom",
                "muc#roomconfig_passwordprotectedroom", "muc#roomconfig_roomsecret", "muc#roomconfig_maxusers",
                "muc#roomconfig_changesubject",
            ]))

        let answer = try await alice.query(
            "set", to: room,
            """
            <query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>\
            <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>\
            <field var='muc#roomconfig_moderatedroom'><value>1</value></field>\
            <field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field>\
            <field var='muc#roomconfig_roomsecret'><value>sesame</value></field>\
            <field var='muc#roomconfig_maxusers'><value>12</value></field></x></query>
            """)
        #expect(answer.type == "result")
        let modes = try await anna.expect("the new modes") { $0.command == "MODE" && $0.source == meeting.nick }
        #expect(Set(modes.parameters.dropFirst(2)) == ["12", "sesame"])
        #expect(try await features(of: room, for: alice).isSuperset(of: ["muc_moderated", "muc_passwordprotected"]))
        let destroy = "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>"
        #expect(try await alice.query("set", to: room, destroy).error == "cancel/not-allowed")
        try await meeting.end()
    }

    @Test("a user chooses the character set of a channel, and its texts go out in it", arguments: Plan.Network.allCases)
    func characterSet(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let command = "<command xmlns='http://jabber.org/protocol/commands' node='configure'"
        let form = try await meeting.alice.query("set", to: meeting.room, command + "/>").child("command")
        let session = try #require(form?["sessionid"])
        let answer = try await meeting.alice.query(
            "set", to: meeting.room,
            """
            \(command) sessionid='\(session)'><x xmlns='jabber:x:data' type='submit'>\
            <field var='encoding_in'><value>iso-8859-15</value></field>\
            <field var='encoding_out'><value>iso-8859-15</value></field></x></command>
            """)
        #expect(answer.child("command")?["status"] == "completed")
        // The text of IRC in this test is UTF-8. The other encoding shows as bytes that it replaces.
        try meeting.alice.say("na\u{EF}ve", in: meeting.room)
        try await meeting.anna.expectMessage("na\u{FFFD}ve", from: meeting.nick, to: meeting.channel)
        try await meeting.end()
    }
}
