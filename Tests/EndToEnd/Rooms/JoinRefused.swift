import ServerRig
import Testing

extension Rooms {
    /// A reason for a channel to refuse an entry: the mode that causes it, and the error that reports it.
    struct Bar: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let mode: String
        let error: String
    }

    static let bars = [
        Bar(testDescription: "a key", mode: "+k sesame", error: "auth/not-authorized"),
        Bar(testDescription: "a ban", mode: "+b *!*@*", error: "auth/forbidden"),
        Bar(testDescription: "invitations only", mode: "+i", error: "auth/registration-required"),
        Bar(testDescription: "a limit", mode: "+l 1", error: "wait/service-unavailable"),
    ]

    @Test(
        "an entry that the channel refuses is an error with the reason and the id", arguments: Plan.Network.allCases,
        bars)
    func joinRefused(network: Plan.Network, bar: Bar) async throws {
        try await Self.expectRefusedEntry(on: network, mode: bar.mode, error: bar.error)
    }

    /// Checks that a channel with that mode lets nobody in, and that the refusal says so.
    static func expectRefusedEntry(on network: Plan.Network, mode: String, error: String) async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#closed")
        let anna = try await deployment.ircUser("anna", on: network)
        try await anna.join(channel)
        try await anna.ask("MODE \(channel) \(mode)", answer: "MODE")
        let alice = try await deployment.user("alice")
        let room = deployment.address(channel, on: network)

        try alice.askToJoin(room, as: alice.account.name, password: mode.hasPrefix("+k") ? "wrong" : nil, id: "join")

        let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
        #expect(refusal.error == error)
        #expect(refusal.child("x", "http://jabber.org/protocol/muc") != nil)
        #expect(refusal.errorText?.isEmpty == false)
        let id = try alice.say("hello?", in: room)
        #expect(try await alice.expectError("message", id: id, from: room).error == "modify/not-acceptable")
        anna.disconnect()
        try await alice.disconnect()
    }

    @Test("the right key opens a channel")
    func rightKey() async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#closed")
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        try await anna.join(channel)
        try await anna.ask("MODE \(channel) +k sesame", answer: "MODE")
        let alice = try await deployment.user("alice")

        let room = deployment.address(channel, on: .ngircd)
        let entry = try await alice.join(room, as: alice.account.name, password: "sesame")

        #expect(entry.occupants == [anna.nick])
    }
}
