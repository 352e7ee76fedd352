import ServerRig
import Testing

extension Rooms {
    /// Asks the room for changes of occupants, and returns the answer.
    private func change(_ items: String, in meeting: Meeting) async throws -> XMLNode {
        try await meeting.alice.query(
            "set", to: meeting.room, "<query xmlns='http://jabber.org/protocol/muc#admin'>\(items)</query>")
    }

    /// A meeting in which alice is an operator, and ben is there as well.
    private func meetingOfOperators(on network: Plan.Network) async throws -> (Meeting, ben: IRCUser) {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let ben = try await meeting.deployment.ircUser("ben", on: network)
        try await ben.join(meeting.channel)
        try await meeting.alice.expectOccupant(ben.nick, in: meeting.room)
        try meeting.anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try await meeting.alice.expect("her rank") {
            $0.occupant == meeting.nick && $0.item?["role"] == "moderator"
        }
        return (meeting, ben)
    }

    @Test("an operator on XMPP gives and takes ranks, which both sides see", arguments: Plan.Network.allCases)
    func ranks(network: Plan.Network) async throws {
        let (meeting, ben) = try await meetingOfOperators(on: network)
        for (affiliation, mode) in [("member", "+v"), ("admin", "+o"), ("none", "-o")] {
            let item = "<item nick='\(ben.nick)' affiliation='\(affiliation)'/>"
            #expect(try await change(item, in: meeting).type == "result")
            try await ben.expect("the mode \(mode)") {
                $0.command == "MODE" && $0.source == meeting.nick && $0.parameters.contains(ben.nick)
                    && $0[1].first == mode.first && $0[1].contains(mode.suffix(1))
            }
            try await meeting.alice.expect("the affiliation \(affiliation)") {
                $0.occupant == ben.nick && $0.item?["affiliation"] == affiliation
            }
        }
        try await meeting.end()
    }

    @Test("in a moderated channel an operator on XMPP gives and takes the voice", arguments: Plan.Network.allCases)
    func voice(network: Plan.Network) async throws {
        let (meeting, ben) = try await meetingOfOperators(on: network)
        try meeting.anna.send("MODE \(meeting.channel) +m")
        try await meeting.alice.expect("ben to be silent") {
            $0.occupant == ben.nick && $0.item?["role"] == "visitor"
        }
        #expect(try await change("<item nick='\(ben.nick)' role='participant'/>", in: meeting).type == "result")
        try await ben.expect("the voice") { $0.command == "MODE" && $0[1] == "+v" && $0[2] == ben.nick }
        try ben.say("thank you", to: meeting.channel)
        try await meeting.alice.expectSaid("thank you", by: ben.nick, in: meeting.room)
        #expect(try await change("<item nick='\(ben.nick)' role='visitor'/>", in: meeting).type == "result")
        try await ben.expect("the end of the voice") { $0.command == "MODE" && $0[1] == "-v" && $0[2] == ben.nick }
        try await meeting.end()
    }

    @Test(
        "outside of a moderated channel nobody can be silenced on a network without quiets, and the answer says so",
        arguments: Plan.Network.allCases)
    func noQuiets(network: Plan.Network) async throws {
        let (meeting, ben) = try await meetingOfOperators(on: network)
        let answer = try await change("<item nick='\(ben.nick)' role='visitor'/>", in: meeting)
        #expect(answer.error == "cancel/not-allowed" && answer.errorText?.contains("moderated") == true)
        try ben.say("I still can", to: meeting.channel)
        try await meeting.alice.expectSaid("I still can", by: ben.nick, in: meeting.room)
        try await meeting.end()
    }

    @Test(
        "the list of members holds the voiced people and the masks that may always enter",
        arguments: Plan.Network.allCases)
    func members(network: Plan.Network) async throws {
        let (meeting, ben) = try await meetingOfOperators(on: network)
        try meeting.anna.send("MODE \(meeting.channel) +vI \(ben.nick) friend!*@*")
        try await meeting.alice.expect("ben's voice") {
            $0.occupant == ben.nick && $0.item?["affiliation"] == "member"
        }
        let members = "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member'/></query>"
        let list = try await meeting.alice.query("get", to: meeting.room, members)
        let items = list.child("query")?.all("item") ?? []
        #expect(items.contains { $0["nick"] == ben.nick })
        #expect(items.contains { $0["jid"] == meeting.deployment.address("friend!*\\40*", on: network) })
        try await meeting.end()
    }
}
