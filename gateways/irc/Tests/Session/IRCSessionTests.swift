import GatewayKit
import NIOCore
import NIOEmbedded
import Networking
import Testing

@testable import IRCAdapter

struct IRCSessionTests {
    private let room = SessionRig.room

    @Test("Nothing is dialled before it is needed; then requests wait and are performed in order")
    func lazy() throws {
        let rig = SessionRig()
        #expect(rig.dials.isEmpty)
        let join = rig.perform(.join(room, password: nil))
        let message = rig.perform(.send(OutboundMessage(to: .peer(SessionRig.anna), text: "hi")))
        #expect(rig.dials.map(\.endpoint) == [Endpoint(host: "one.example", port: 6697)])
        #expect(rig.state == "connecting")
        try rig.accept()
        #expect(try rig.lines() == ["CAP LS 302", "NICK :me", "USER me 0 * :me"])
        try rig.send("CAP * LS :", ":s 001 me :Hi", ":s 422 me :No MOTD")
        #expect(rig.state == "online as me")
        #expect(try rig.lines() == ["CAP END", "JOIN #c", "PRIVMSG anna :hi", "PING :fence-1"])
        try rig.enter()
        try rig.send("PONG s :fence-1")
        #expect(rig.outcomes(join) == [.accepted(join, as: nil)])
        #expect(rig.outcomes(message) == [.accepted(message, as: nil)])
    }

    @Test("What needs a room fails without a connection being made for it")
    func outside() {
        let rig = SessionRig()
        for action: Request.Action in [
            .send(OutboundMessage(to: .room(room), text: "x")), .setTopic(room, "x"), .leave(room, reason: nil),
            .kick(room, nick: "x", reason: nil),
        ] {
            #expect(rig.failure(rig.perform(action)) == .notInRoom)
        }
        let network = Address.network(SessionRig.network)
        #expect(rig.failure(rig.perform(.send(OutboundMessage(to: network, text: "x")))) == .unsupported)
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
        #expect(rig.outcomes(nick) == [.accepted(nick, as: nil)])
        rig.perform(.join(room, password: nil))
        try rig.accept()
        #expect(try rig.lines().contains("NICK :you"))
    }

    @Test("A nick that nobody chose is replaced")
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
        #expect(rig.outcomes(nick) == [.accepted(nick, as: nil)])
        #expect(try rig.lines().last == "NICK :they")
        try rig.send(":you!u@h NICK :they")
        #expect(rig.outcomes(late) == [.accepted(late, as: nil)])
    }

    @Test("The account's names and passwords are used")
    func login() throws {
        let rig = SessionRig(account: ["nick": "me", "username": "user", "name": "My Name", "password": "p w"])
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
        "Why no connection was possible is told in kind",
        arguments: [
            (DialError.notResolvable(host: "x", reason: "y"), Failure.Kind.remoteNotFound),
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

    @Test("A login that fails is told, with the server's words")
    func notLetIn() throws {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("ERROR :Closing Link: you are not welcome (K-Lined)")
        #expect(rig.failure(join) == .forbidden)
        #expect(rig.state == "offline: forbidden")
        #expect(rig.channel?.isActive == false)
    }

    @Test("After a break the rooms are told left, and entered again when the server is back")
    func comesBack() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: Secret("key")))
        try rig.welcome()
        try rig.enter()
        let message = rig.perform(.send(OutboundMessage(to: .room(room), text: "lost?")))
        rig.events = []
        rig.breakConnection()
        #expect(rig.failure(message) == .unknownOutcome)
        #expect(rig.events.contains(.left(room, .disconnected(reason: "The connection to net broke."))))
        #expect(rig.state == "offline: remoteDown, retrying")
        #expect(rig.failure(rig.perform(.send(OutboundMessage(to: .room(room), text: "x")))) == .remoteDown)

        rig.loop.advanceTime(by: .seconds(3))
        rig.refuse()
        #expect(rig.state == "offline: remoteDown, retrying")
        rig.loop.advanceTime(by: .seconds(5))
        rig.events = []
        try rig.accept()
        try rig.send("CAP * LS :", ":s 433 * me :In use", ":s 001 me_ :Hi", ":s 422 me_ :x")
        #expect(try rig.lines().suffix(3) == ["CAP END", "NICK :me_", "JOIN #c key"])
        try rig.send(":me_!u@h JOIN #c", ":s 366 me_ #c :End")
        let (entered, joined) = try #require(rig.events.entries.last)
        #expect(entered == room)
        #expect(joined.nick == "me_")
    }

    @Test("The pauses grow, and what is wanted meanwhile is tried at once")
    func pauses() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        for _ in 0..<6 {
            rig.loop.advanceTime(by: .minutes(5))
            rig.refuse()
        }
        rig.loop.advanceTime(by: .seconds(20))
        #expect(rig.dials.isEmpty)
        let message = rig.perform(.send(OutboundMessage(to: .peer(SessionRig.anna), text: "hi")))
        #expect(rig.dials.count == 1)
        rig.refuse()
        #expect(rig.failure(message) == .remoteDown)
        #expect(rig.state == "offline: remoteDown, retrying")
    }

    @Test("A server that wants us to stay away is left alone that long")
    func throttled() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        try rig.send("ERROR :Trying to reconnect too fast.")
        #expect(rig.failure(rig.perform(.send(OutboundMessage(to: .peer(SessionRig.anna), text: "hi")))) == .remoteDown)
        rig.loop.advanceTime(by: .seconds(119))
        #expect(rig.dials.isEmpty)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.dials.count == 1)
    }

    @Test("Leaving the last room that we wait for ends the waiting")
    func givesUp() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        let leave = rig.perform(.leave(room, reason: nil))
        #expect(rig.outcomes(leave) == [.accepted(leave, as: nil)])
        #expect(rig.state == "offline: remoteDown")
        rig.loop.advanceTime(by: .hours(1))
        #expect(rig.dials.isEmpty)
    }

    @Test("A join that is taken back while we connect fails; nothing is entered")
    func leaveWhileConnecting() throws {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        let leave = rig.perform(.leave(room, reason: nil))
        #expect(rig.failure(join) == .notInRoom)
        #expect(rig.outcomes(leave) == [.accepted(leave, as: nil)])
        try rig.welcome()
        #expect(try !rig.lines().contains("JOIN #c"))
    }

    @Test("Without rooms and conversations the session says goodbye and is over")
    func idle() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.perform(.leave(room, reason: nil))
        try rig.send(":me!u@h PART #c", "PONG s :fence-1")
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(31))
        #expect(try rig.lines() == ["QUIT :idle"])
        #expect(rig.state == "offline: remoteDown")
        #expect(rig.channel?.isActive == true)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.channel?.isActive == false)
    }

    @Test("A silent server is noticed by the clock alone")
    func silence() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(121))
        #expect(try rig.lines() == ["PING :alive"])
        rig.events = []
        rig.loop.advanceTime(by: .seconds(61))
        #expect(rig.events.first == .left(room, .disconnected(reason: "net does not answer any more.")))
        #expect(rig.dials.count == 1)
    }

    @Test("Closing fails what is open, says why, and waits for the server at most two seconds")
    func close() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        let message = rig.perform(.send(OutboundMessage(to: .room(room), text: "x")))
        _ = try rig.lines()
        var done = 0
        rig.close { done += 1 }
        #expect(rig.failure(message) == .unknownOutcome)
        #expect(try rig.lines() == ["QUIT :Gateway shutdown"])
        #expect(done == 0)
        #expect(rig.failure(rig.perform(.join(room, password: nil))) == .remoteDown)
        let count = rig.events.count
        try rig.send(":anna!a@h PRIVMSG #c :late")
        rig.loop.advanceTime(by: .seconds(2))
        #expect(done == 1)
        rig.perform(.join(room, password: nil))
        #expect(rig.events.count == count)
        #expect(rig.dials.isEmpty)
    }

    @Test("Closing is done as soon as the server closes")
    func promptClose() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        var done = 0
        rig.close { done += 1 }
        rig.breakConnection()
        #expect(done == 1)
        rig.loop.advanceTime(by: .seconds(5))
        #expect(done == 1)
    }

    @Test("Closing before, while and between connections is done at once")
    func closeWithoutConnection() throws {
        for stage in 0..<3 {
            let rig = SessionRig()
            var requests: [RequestID] = []
            if stage > 0 { requests.append(rig.perform(.join(room, password: nil))) }
            if stage == 2 {
                try rig.welcome()
                try rig.enter()
                rig.breakConnection()
            }
            var done = 0
            rig.close { done += 1 }
            #expect(done == 1)
            for id in requests { #expect(rig.outcomes(id).count == 1) }
            if stage == 1 {
                // The connection that comes too late is not used.
                try rig.accept()
                #expect(rig.channel?.isActive == false)
                #expect(try rig.lines().isEmpty)
            }
            rig.loop.advanceTime(by: .hours(1))
            #expect(rig.dials.isEmpty)
        }
    }

    @Test("Lines cut anywhere and lines without sense are no obstacle")
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

    @Test("A core that asks for more from within an event is served")
    func reentrant() throws {
        let rig = SessionRig()
        let other = RoomAddress(network: SessionRig.network, name: "#d")
        var nested: [RequestID] = []
        rig.reaction = { event in
            guard case .joined(SessionRig.room, _) = event else { return }
            nested = [rig.request(.join(other, password: nil)), rig.request(.changeNick("me"))]
        }
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        #expect(try rig.lines().last == "JOIN #d")
        try rig.enter("#d")
        for id in nested { #expect(rig.outcomes(id) == [.accepted(id, as: nil)]) }
        rig.reaction = nil
    }

    @Test("A core that joins again as soon as it hears of the break is served by the next attempt")
    func reentrantBreak() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        var again: RequestID?
        rig.reaction = { event in
            if case .left = event, again == nil { again = rig.request(.join(SessionRig.room, password: nil)) }
        }
        rig.breakConnection()
        try rig.welcome()
        try rig.enter()
        let id = try #require(again)
        #expect(rig.outcomes(id) == [.accepted(id, as: nil)])
        rig.reaction = nil
    }

    @Test("A core that closes from within an event hears of every request first, and of nothing after")
    func closeWithin() throws {
        let rig = SessionRig()
        var closed = false
        rig.reaction = { event in
            guard case .joined = event, !closed else { return }
            closed = true
            rig.closeNow()
        }
        let join = rig.perform(.join(room, password: nil))
        let message = rig.perform(.send(OutboundMessage(to: .peer(SessionRig.anna), text: "hi")))
        try rig.welcome()
        try rig.enter()
        #expect(closed)
        #expect(rig.outcomes(join).count == 1)
        #expect(rig.outcomes(message).count == 1)
        rig.reaction = nil
    }
}
