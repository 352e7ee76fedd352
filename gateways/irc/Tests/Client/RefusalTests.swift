import Basics
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct RefusalTests {
    /// A request, the error reply to it, and the kind of failure that follows.
    struct Sample: Sendable, CustomTestStringConvertible {
        let ask: @Sendable (inout ClientScript) -> RequestID
        let reply: String
        let kind: Failure.Kind
        var testDescription: String { "\(reply) → \(kind)" }

        init(_ ask: @escaping @Sendable (inout ClientScript) -> RequestID, _ reply: String, _ kind: Failure.Kind) {
            self.ask = ask
            self.reply = reply
            self.kind = kind
        }
    }

    private static let other = RoomAddress(network: ClientScript.network, name: "#x")

    private static func join(_ script: inout ClientScript) -> RequestID {
        script.perform(.join(other, password: Secret("key")))
    }

    private static func message(_ script: inout ClientScript) -> RequestID { script.say("hello") }

    private static func privately(_ script: inout ClientScript) -> RequestID {
        script.say("hello", to: .peer(ClientScript.anna))
    }

    private static func topic(_ script: inout ClientScript) -> RequestID {
        script.perform(.room(ClientScript.room, .topic("new")))
    }

    private static func kick(_ script: inout ClientScript) -> RequestID {
        script.perform(.room(ClientScript.room, .kick(nick: "anna", reason: "why")))
    }

    private static func nick(_ script: inout ClientScript) -> RequestID { script.perform(.changeNick("you")) }

    static let samples: [Sample] = [
        Sample(join, "403 me #X :No such channel", .notFound),
        Sample(join, "405 me #x :Too many channels", .rateLimited),
        Sample(join, "407 me #x :Too many", .rateLimited),
        Sample(join, "437 me #x :Unavailable", .unreachable),
        Sample(join, "470 me #x ##x :Forwarding", .forbidden),
        Sample(join, "471 me #x :Full", .roomFull),
        Sample(join, "471 me #x :Cannot join channel (+l) -- Channel is full, try later", .roomFull),
        Sample(join, "471 me #x :Cannot join channel (+R) -- Registered users only", .registrationRequired),
        Sample(join, "471 me #x :Cannot join channel (+z) -- SSL connections only", .forbidden),
        Sample(join, "471 me #x :Cannot join channel (+O) -- IRC opers only", .forbidden),
        Sample(join, "480 me #x :Cannot join channel (+S) - TLS required", .forbidden),
        Sample(join, "480 me #x :Cannot join channel (+j) - throttle exceeded, try again later", .tooFast),
        Sample(join, "474 me #x :Cannot join channel (+b is set)", .forbidden),
        Sample(join, "473 me #x :Invite only", .registrationRequired),
        Sample(join, "474 me #x :Banned", .forbidden),
        Sample(join, "475 me #x :Bad key", .notAuthorized),
        Sample(join, "476 me #x :Bad mask", .malformedAddress),
        Sample(join, "477 me #x :Register first", .registrationRequired),
        Sample(join, "479 me #x :Bad name", .malformedAddress),
        Sample(join, "480 me #x :Throttled", .tooFast),
        Sample(join, "489 me #x :Secure only", .forbidden),
        Sample(join, "461 me JOIN :Not enough parameters", .internal),
        Sample(join, "263 me JOIN :Try again", .rateLimited),
        Sample(message, "404 me #c :Cannot send", .forbidden),
        Sample(message, "442 me #c :Not on channel", .notInRoom),
        Sample(message, "403 me #c :No such channel", .notFound),
        Sample(message, "411 me :No recipient", .malformedAddress),
        Sample(message, "412 me :No text", .notAcceptable),
        Sample(message, "417 me :Too long", .tooLong),
        Sample(message, "FAIL PRIVMSG ACCOUNT_REQUIRED #c :Log in", .registrationRequired),
        Sample(message, "FAIL PRIVMSG WHATEVER :No", .forbidden),
        Sample(privately, "401 me ANNA :No such nick", .notFound),
        Sample(privately, "407 me anna :Duplicate", .notFound),
        Sample(privately, "413 me anna :No top level", .malformedAddress),
        Sample(privately, "439 me anna :Too fast", .rateLimited),
        Sample(privately, "477 me anna :Register first", .registrationRequired),
        Sample(privately, "486 me anna :Register first", .registrationRequired),
        Sample(privately, "531 me anna :Not permitted", .forbidden),
        Sample(privately, "490 me :anna takes no swearing", .policy),
        Sample(privately, "493 me :No shared channel", .forbidden),
        Sample(privately, "494 me anna :Not while +g", .forbidden),
        Sample(privately, "415 me anna :Bad mask", .malformedAddress),
        Sample(message, "492 me #c :No CTCP", .forbidden),
        Sample(nick, "437 me #c :Banned there", .forbidden),
        Sample(join, "490 me #x :Secure only", .forbidden),
        Sample(privately, "716 me anna :+g", .forbidden),
        Sample(topic, "482 me #c :Not operator", .forbidden),
        Sample(topic, "442 me #c :Not on channel", .notInRoom),
        Sample(kick, "482 me #C :Not operator", .forbidden),
        Sample(kick, "441 me Anna #c :Not there", .notFound),
        Sample(kick, "401 me anna :No such nick", .notFound),
        Sample(kick, "481 me :No privileges", .forbidden),
        Sample(nick, "431 me :No nick", .malformedAddress),
        Sample(nick, "432 me you :Erroneous", .malformedAddress),
        Sample(nick, "433 me you :In use", .conflict),
        Sample(nick, "436 me you :Collision", .conflict),
        Sample(nick, "437 me you :Held", .conflict),
        Sample(nick, "438 me you :Too fast", .tooFast),
        Sample(nick, "447 me :Not now", .forbidden),
    ]

    @Test("Each refusal fails its request once, with a text for the user", arguments: samples)
    func refuses(_ sample: Sample) throws {
        for kind in ClientScript.Kind.allCases {
            var script = try ClientScript.inRoom(kind)
            let id = sample.ask(&script)
            try script.receive(":s \(sample.reply)", ":s \(sample.reply)")
            #expect(script.failure(id) == sample.kind)
            #expect(script.outcomes(id).count == 1)
            for case .outcome(_, .failed(let failure)) in script.events {
                #expect(failure.text.hasSuffix(String(sample.reply.split(separator: ":").last ?? "?")))
                #expect(failure.retry == .never)
            }
        }
    }

    @Test("A refusal with a label always fails the request with that label", arguments: samples)
    func labelled(_ sample: Sample) throws {
        var script = try ClientScript.inRoom(.labels)
        let id = sample.ask(&script)
        try script.receive("@label=2 :s \(sample.reply)")
        #expect(script.outcomes(id).count == 1)
        if !sample.reply.hasPrefix("FAIL") { #expect(script.failure(id) == sample.kind) }
    }

    @Test("A refusal that belongs to no request is shown to the user")
    func unmatched() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 404 me #c :Cannot send", ":s 499 me :\u{2}What\u{2}", "FAIL * X :Something")
        #expect(
            script.events == [
                .state(.notice("#c: Cannot send")), .state(.notice("What")), .state(.notice("X: Something")),
            ])
    }

    @Test("A reply that fits requests of several kinds refuses the oldest one", arguments: [true, false])
    func oldest(_ isTopicFirst: Bool) throws {
        var script = try ClientScript.inRoom(.fences)
        let asks = [RefusalTests.topic, RefusalTests.message]
        let ids = (isTopicFirst ? asks : asks.reversed()).map { $0(&script) }
        try script.receive(":s 442 me #c :Not on channel")
        #expect(script.failure(ids[0]) == .notInRoom)
        #expect(script.outcomes(ids[1]).isEmpty)
    }

    @Test("A reply that names a newer request refuses that one, not an older one")
    func named() throws {
        var script = try ClientScript.inRoom(.fences)
        let message = script.say("hello", to: .peer(ClientScript.anna))
        let kick = RefusalTests.kick(&script)
        try script.receive(":s 492 me #c :Not allowed")
        #expect(script.failure(kick) == .forbidden)
        #expect(script.outcomes(message).isEmpty)
        try script.receive(":s 492 me #elsewhere :Not allowed")
        #expect(script.failure(message) == .forbidden)
    }

    @Test("A reply that forwards to the same channel names no other one")
    func forwardedToItself() throws {
        for (channel, elsewhere) in [("#X", nil), ("##x", RoomAddress(network: ClientScript.network, name: "##x"))] {
            var script = try ClientScript.inRoom(.fences)
            _ = Self.join(&script)
            try script.receive(":s 470 me #x \(channel) :Forwarding")
            #expect(script.events.failures.map(\.elsewhere) == [elsewhere.map { .room($0) }])
        }
    }

    @Test("One refusal of two messages to one person leaves both unknown, and as many refusals as messages fail all")
    func unsure() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = [Self.privately(&script), Self.privately(&script)]
        try script.receive(":s 401 me anna :No such nick")
        #expect(script.events.isEmpty)
        let written = script.takeWritten()
        let fence = try #require(written.last)
        let later = Self.privately(&script)
        try script.receive(":s PONG s :\(fence.dropFirst(6))")
        #expect(ids.map { script.failure($0) } == [.unknownOutcome, .unknownOutcome])
        #expect(script.outcomes(later).isEmpty)
        script.pass(.seconds(1))
        try script.receive(":s PONG s :fence-2")
        #expect(script.outcomes(later) == [.outcome(later, .accepted(as: nil))])

        var other = try ClientScript.inRoom(.fences)
        let both = [Self.privately(&other), Self.privately(&other)]
        try other.receive(":s 401 me anna :No such nick", ":s 401 me anna :No such nick")
        try other.receive(":s PONG s :fence-1")
        #expect(both.map { other.failure($0) } == [.notFound, .notFound])
    }

    @Test("A refusal before the answer to a fence means a message that the fence covers")
    func behindTheFence() throws {
        var script = try ClientScript.inRoom(.fences)
        let first = Self.privately(&script)
        script.pass(.seconds(1))
        #expect(script.takeWritten().last == "PING :fence-1")
        let second = Self.privately(&script)
        try script.receive(":s 401 me anna :No such nick", ":s PONG s :fence-1")
        #expect(script.failure(first) == .notFound)
        #expect(script.outcomes(second).isEmpty)
    }

    @Test("After a refused join the channel is forgotten, and a new join sends JOIN again")
    func joinAgain() throws {
        var script = try ClientScript.ready(.fences)
        let first = RefusalTests.join(&script)
        try script.receive(":s 475 me #x :Bad key")
        #expect(script.failure(first) == .notAuthorized)
        let second = script.perform(.join(RefusalTests.other, password: Secret("better")))
        #expect(script.takeWritten() == ["JOIN #x key", "JOIN #x better"])
        try script.receive(":me!u@h JOIN #x", ":s 353 me = #x :me", ":s 366 me #x :End")
        #expect(script.outcomes(second) == [.outcome(second, .accepted(as: nil))])
    }

    @Test("Every numeric of the table has a text, and refuses at least one kind of request")
    func table() {
        for (number, meanings) in Refusal.byNumeric {
            #expect((200...999).contains(number))
            for meaning in meanings {
                #expect(!meaning.kinds.isEmpty)
                #expect(!meaning.failure(for: ["me", "#c", "words"]).text.contains("%"))
            }
        }
    }
}
