import Basics
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Invitations to channels")
struct InvitationTests {
    private static let bob = PeerAddress(network: ClientScript.network, name: "carl")

    @Test("An invitation is accepted by 341", arguments: [":s 341 me carl #c", ":s 341 me #c Carl"])
    func accepted(reply: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.room(ClientScript.room, .invitation(Self.bob, reason: nil)))
        #expect(script.takeWritten() == ["INVITE carl #c"])
        #expect(script.outcomes(id).isEmpty)
        try script.receive(reply)
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "A refused invitation fails with its reason",
        arguments: [
            (":s 443 me carl #c :is already on channel", Failure.Kind.conflict),
            (":s 401 me carl :No such nick", .notFound), (":s 482 me #c :You're not an operator", .forbidden),
            (":s 442 me #c :You're not on that channel", .notInRoom),
        ])
    func refused(reply: String, kind: Failure.Kind) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.room(ClientScript.room, .invitation(Self.bob, reason: nil)))
        try script.receive(reply)
        #expect(script.failure(id) == kind)
    }

    @Test("A user who is not in the channel cannot invite to it")
    func outside() throws {
        var script = try ClientScript.ready(.fences)
        #expect(script.refusal(of: .room(ClientScript.room, .invitation(Self.bob, reason: nil))) == .notInRoom)
        #expect(script.written.isEmpty)
    }

    @Test("An INVITE is reported with the channel and the inviter, and causes no line")
    func incoming() throws {
        var script = try ClientScript.ready(.fences)
        try script.receive(":Anna!a@h INVITE me #Tea")
        let tea = RoomAddress(network: ClientScript.network, name: "#tea")
        let anna = PeerAddress(network: ClientScript.network, name: "anna")
        #expect(script.takeEvents() == [.room(tea, .invited(Invitation(by: anna)))])
        try script.receive(":irc.example INVITE me :#tea")
        #expect(script.takeEvents() == [.room(tea, .invited(Invitation(by: nil)))])
        #expect(script.written.isEmpty)
    }

    @Test("An invitation of another person to our channel is shown in it")
    func notify() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":Anna!a@h INVITE carl #c", ":Anna!a@h INVITE carl #other")
        #expect(
            script.events == [
                .message(
                    InboundMessage(
                        from: .room(ClientScript.room, nick: nil), text: "Anna has invited carl.", form: .notice))
            ])
    }

    @Test("A flood of invitations is cut off")
    func flood() throws {
        var script = try ClientScript.ready(.fences)
        for number in 0..<100 { try script.receive(":Anna!a@h INVITE me #c\(number)") }
        #expect(script.events.count == 10)
    }

    @Test("A flood of invitations does not hide one to a channel that has refused to let us in")
    func floodAndRefusal() throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":s 473 me #c :Cannot join channel (+i)")
        #expect(script.failure(id) == .registrationRequired)
        for number in 0..<100 { try script.receive(":Anna!a@h INVITE me #c\(number)") }
        _ = script.takeEvents()
        for _ in 0..<3 { try script.receive(":Bob!b@h INVITE me #c") }
        #expect(script.takeEvents().count == 1, "one invitation for each refusal")
    }

    @Test("An invitation to a channel that we cannot enter becomes a notice")
    func noAddress() throws {
        var script = try ClientScript.ready(.fences)
        try script.receive(":Anna!a@h INVITE me !weird")
        #expect(script.events.notices == ["Anna invites you to !weird, a channel that this gateway cannot enter."])
    }
}
