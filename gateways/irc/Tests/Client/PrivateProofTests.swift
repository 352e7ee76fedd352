import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Private messages to people or services whose messages the network does not echo, although it offers `echo-message`.
struct PrivateProofTests {
    private func peer(_ name: String) -> Address { .peer(PeerAddress(network: ClientScript.network, name: name)) }

    @Test(
        "A private message without an echo counts as taken when the network has read on without a refusal",
        arguments: ["nickserv", "chanserv", "anna"], [ClientScript.Kind.echoes, .taggedEchoes, .labels])
    func accepted(nick: String, kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.say("help", to: peer(nick))
        try script.receive(":\(nick)!s@services NOTICE me :Here is help")
        #expect(script.outcomes(id).isEmpty)
        script.pass(.seconds(16))
        #expect(script.written.last == "PING :fence-1")
        try script.receive("PONG :fence-1")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A refusal still fails it, and a message in a channel still needs its echo")
    func refused() throws {
        var script = try ClientScript.inRoom(.echoes)
        let refused = script.say("help", to: peer("nobody"))
        let unheard = script.say("hello")
        try script.receive(":s 401 me nobody :No such nick")
        script.pass(.seconds(16))
        try script.receive("PONG :fence-1")
        #expect(script.outcomes(refused).count == 1 && script.failure(refused) == .notFound)
        #expect(script.failure(unheard) == .unknownOutcome)
    }
}
