import Basics
import GatewayKit
import GatewayTesting
import NIOCore
import NIOEmbedded
import Networking
import Testing

@testable import IRCAdapter

struct IRCSessionTests {
    private let room = SessionRig.room

    @Test("The first request that needs a connection dials; requests wait for it and are performed in order")
    func lazy() throws {
        let rig = SessionRig()
        #expect(rig.dials.isEmpty)
        let join = rig.perform(.join(room, password: nil))
        let message = rig.perform(.send(.text(Text("hi")), to: .peer(SessionRig.anna)))
        #expect(rig.dials.map(\.endpoint) == [Endpoint(host: "one.example", port: 6697)])
        #expect(rig.state == "connecting")
        try rig.accept()
        #expect(try rig.lines() == ["CAP LS 302", "NICK :me", "USER me 0 * :me"])
        try rig.send("CAP * LS :", ":s 001 me :Hi", ":s 422 me :No MOTD")
        #expect(rig.state == "online as me")
        #expect(try rig.lines() == ["CAP END", "JOIN #c", "PRIVMSG anna :hi"])
        try rig.enter()
        rig.loop.advanceTime(by: .seconds(1))
        #expect(try rig.lines() == ["MODE #c", "PING :fence-1"])
        try rig.send("PONG s :fence-1")
        #expect(rig.outcomes(join) == [.outcome(join, .accepted(as: nil))])
        #expect(rig.outcomes(message) == [.outcome(message, .accepted(as: nil))])
    }

    @Test("A request that needs an entered room fails without a dial")
    func outside() {
        let rig = SessionRig()
        for action: Request.Action in [
            .send(.text(Text("x")), to: .room(room)), .room(room, .topic("x")), .leave(room, reason: nil),
            .room(room, .kick(nick: "x", reason: nil)),
        ] {
            #expect(rig.failure(rig.perform(action)) == .notInRoom)
        }
        let network = Address.network(SessionRig.network)
        #expect(rig.failure(rig.perform(.send(.text(Text("x")), to: network))) == .unsupported)
        #expect(rig.dials.isEmpty)
    }

    @Test("A chosen nick that is taken fails the join and ends the session")
    func nickTaken() throws {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("CAP * LS :", ":s 433 * me :In use")
        #expect(rig.failure(join) == .conflict)
        #expect(rig.state == "offline: conflict")
        let nick = rig.perform(.changeNick("you"))
        #expect(rig.outcomes(nick) == [.outcome(nick, .accepted(as: nil))])
        rig.perform(.join(room, password: nil))
        try rig.accept()
        #expect(try rig.lines().contains("NICK :you"))
    }

    @Test("A suggested nick that is taken is replaced")
    func nickReplaced() throws {
        let rig = SessionRig(account: [:])
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("CAP * LS :", ":s 433 * fallback :In use")
        #expect(try rig.lines().suffix(2) == ["CAP END", "NICK :fallback_"])
        try rig.send(":s 001 fallback_ :Hi", ":s 422 fallback_ :x")
        #expect(rig.state == "online as fallback_")
        #expect(rig.outcomes(join).isEmpty)
    }

    @Test("A nick chosen during the login is used at once")
    func earlyNick() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.accept()
        let nick = rig.perform(.changeNick("you"))
        #expect(try rig.lines().last == "NICK :you")
        #expect(rig.outcomes(nick).isEmpty)
        try rig.send("CAP * LS :", ":s 001 you :Hi")
        let late = rig.perform(.changeNick("they"))
        try rig.send(":s 422 you :x")
        #expect(rig.outcomes(nick) == [.outcome(nick, .accepted(as: nil))])
        #expect(try rig.lines().last == "NICK :they")
        try rig.send(":you!u@h NICK :they")
        #expect(rig.outcomes(late) == [.outcome(late, .accepted(as: nil))])
    }

    @Test("The account's names and passwords are used")
    func login() throws {
        let rig = SessionRig(account: ["nick": "me", "username": "user", "realname": "My Name", "pass": "p w"])
        rig.perform(.join(room, password: nil))
        try rig.accept()
        #expect(try rig.lines() == ["CAP LS 302", "PASS :p w", "NICK :me", "USER user 0 * :My Name"])
    }

    @Test("Every server is tried before the requests fail")
    func addresses() throws {
        let rig = SessionRig(addresses: ["one.example:6697", "two.example:6697"])
        let join = rig.perform(.join(room, password: nil))
        rig.refuse()
        #expect(rig.dials.first?.endpoint.host == "two.example")
        #expect(rig.outcomes(join).isEmpty)
        rig.refuse()
        #expect(rig.failure(join) == .remoteDown)
        #expect(rig.state == "offline: remoteDown")
        #expect(rig.dials.isEmpty)
        rig.loop.advanceTime(by: .hours(1))
        #expect(rig.dials.isEmpty)
    }

    @Test(
        "Each dial error has its kind of failure",
        arguments: [
            (DialError.notResolvable(host: "x", reason: "y"), Failure.Kind.remoteNotFound),
            (.lookUpFailed(host: "x", .timedOut), .remoteDown),
            (.lookUpFailed(host: "x", .serverFailed(reason: "y")), .remoteDown),
            (.lookUpFailed(host: "x", .tooMany), .rateLimited),
            (.timedOut(Endpoint(host: "x", port: 1), during: .resolving), .remoteDown),
            (.addressNotAllowed(Endpoint(host: "x", port: 1), address: "127.0.0.1", scope: .loopback), .forbidden),
            (.badSettings(reason: "x"), .internal),
            (
                .certificateNotTrusted(
                    Endpoint(host: "x", port: 1), CertificateProblem(subject: "x", kind: .selfSigned)), .remoteDown
            ),
        ])
    func dialErrors(_ error: DialError, _ kind: Failure.Kind) {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        rig.refuse(error)
        #expect(rig.failure(join) == kind)
        #expect(rig.state == "offline: \(kind)")
    }

    @Test("A failed login is reported with the server's text")
    func notLetIn() throws {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("ERROR :Closing Link: you are not welcome (K-Lined)")
        #expect(rig.failure(join) == .forbidden)
        #expect(rig.state == "offline: forbidden")
        #expect(rig.channel?.isActive == false)
    }

    @Test("Lines that arrive in pieces are read, and senseless lines do no harm")
    func pieces() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.events = []
        let text = "\r\n\u{0}\u{1}garbage\r\n:anna!a@h PRIVMSG #c :hé\r\n"
        for byte in text.utf8 { try rig.channel?.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(rig.events.count == 1)
        let message = try #require(rig.events.messages.first)
        #expect(message.text == "hé")
    }

    @Test("A request that the core makes while it handles an event is performed")
    func reentrant() throws {
        let rig = SessionRig()
        let other = RoomAddress(network: SessionRig.network, name: "#d")
        var nested: [RequestID] = []
        rig.reaction = { event in
            guard case .room(SessionRig.room, .joined(_)) = event else { return }
            nested = [rig.request(.join(other, password: nil)), rig.request(.changeNick("me"))]
        }
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        #expect(try rig.lines().suffix(2) == ["JOIN #d", "MODE #c"])
        try rig.enter("#d")
        for id in nested { #expect(rig.outcomes(id) == [.outcome(id, .accepted(as: nil))]) }
        rig.reaction = nil
    }
}
