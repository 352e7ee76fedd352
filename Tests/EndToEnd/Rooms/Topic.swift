import ServerRig
import Testing

extension Rooms {
    @Test("the topic is shown at the entry, with its author", arguments: Plan.Network.allCases)
    func topicAtJoin(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#topic")
        let anna = try await deployment.ircUser("anna", on: network)
        try await anna.join(channel)
        try await anna.ask("TOPIC \(channel) :Tides & times <today>", answer: "TOPIC")
        let alice = try await deployment.user("alice")
        let room = deployment.address(channel, on: network)

        let entry = try await alice.join(room, as: alice.account.name)

        #expect(entry.subject?.child("subject")?.text == "Tides & times <today>")
        #expect(entry.subject?.from == room + "/" + anna.nick)
    }

    @Test("a topic set on either side is shown on both", arguments: Plan.Network.allCases)
    func topicBothWays(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)

        // One of the two servers creates channels in which only operators may set the topic.
        try anna.send("MODE \(meeting.channel) -t")
        try anna.send("TOPIC \(meeting.channel) :high water")
        let shown = try await alice.expect("the topic") { $0.child("subject")?.text == "high water" }
        #expect(shown.from == room + "/" + anna.nick)
        #expect(shown.body == nil)

        let id = alice.newID()
        try alice.send(
            "<message type='groupchat' to='\(room)' id='\(id)'><subject>low water</subject></message>")
        let set = try await anna.expect("the topic") { $0.command == "TOPIC" && $0.source == meeting.nick }
        #expect(set.last == "low water")
        let own = try await alice.expect("her topic") { $0.child("subject")?.text == "low water" }
        #expect(own.from == room + "/" + meeting.nick)
        try await meeting.end()
    }

    @Test("a topic that only operators may set is refused with the message's id")
    func topicRefused() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try await meeting.anna.ask("MODE \(meeting.channel) +t", answer: "MODE")

        let id = meeting.alice.newID()
        try meeting.alice.send(
            "<message type='groupchat' to='\(meeting.room)' id='\(id)'><subject>mine</subject></message>")

        let refusal = try await meeting.alice.expectError("message", id: id, from: meeting.room)
        #expect(refusal.error == "auth/forbidden")
        try await meeting.end()
    }
}
