import DequeModule
import GatewayKit
import GatewayTesting
import NIOCore
import Testing

@testable import IRCAdapter

/// Sends well-formed lines in random order, mixed with requests and pauses. The seed decides the order.
struct RandomTrafficTests {
    @Test("Requests have one outcome, rooms are consistent, queues are bounded", arguments: 1...300)
    func traffic(seed: Int) throws {
        var traffic = RandomTraffic(seed: UInt64(seed))
        for _ in 0..<400 where !traffic.isOver { traffic.step() }
        traffic.end()
        #expect(traffic.violations == [])
        #expect(traffic.outcomes.open == [])
        // A run that ends before its first line would prove nothing.
        #expect(traffic.lines > 0)
    }
}

private struct RandomTraffic {
    private static let nicks = [
        "me", "ME", "me_", "anna", "Anna", "bob", "[x]", "{x}", "zed", "irc.example.org", "", "\u{1}",
    ]
    private static let rooms = ["#c", "#C", "#d", "#[e]", "#{e}", "&f", "@#c", "me", "#,", "#c,#d"]
    private static let words = [
        "hello", "a.net b.net", "", "\u{1}ACTION waves\u{1}", "\u{1}VERSION\u{1}", "\u{3}4red", "a b", "+o", "fence-1",
    ]
    private static let modes = ["+o", "-o+v", "+k", "-k", "+ooo", "+b-b", "+l", "+", "ov"]
    private static let capabilities = [
        "echo-message", "batch", "labeled-response", "server-time", "message-tags", "unknown", "away-notify",
        "account-notify", "extended-join",
    ]
    private static let network = NetworkID("net")

    private var luck: SeededGenerator
    private var client: IRCClient
    private var now = NIODeadline.uptimeNanoseconds(0) + .hours(1)
    private(set) var outcomes = OutcomeCounter()
    private var order = RoomOrder()
    private(set) var violations: [String] = []
    private(set) var isOver = false
    private(set) var lines = 0
    private var requests = 0
    private var lastFence = ""
    private var waiting: [Request] = []

    init(seed: UInt64) {
        luck = SeededGenerator(seed: seed)
        let login = ConnectionRegistration.Login(
            nick: WantedNick(name: "me", isChosen: seed.isMultiple(of: 2)), user: .star, realName: "Me", password: nil,
            acceptsOtherNick: !seed.isMultiple(of: 2), nickLength: 30)
        client = IRCClient(
            Surroundings(
                Self.network, title: "net", channelTypes: "#&",
                flood: seed.isMultiple(of: 3) ? FloodLimit() : FloodLimit(perSecond: 0), version: "Martlet",
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }), IRCClient.Settings(), login, now: now)
        // Every second run looks up channels by the index, which else only connections with many channels have.
        if seed.isMultiple(of: 2) { client.channelIndex = ChannelIndex(most: 0) }
        receive("CAP * LS :echo-message batch labeled-response message-tags")
        receive(
            "CAP * ACK :\(seed.isMultiple(of: 5) ? "echo-message batch labeled-response message-tags" : "echo-message message-tags")"
        )
        receive(":s 001 me :Hi")
        receive(":s 376 me :End")
    }

    mutating func step() {
        switch UInt8.random(in: 0..<20, using: &luck) {
        case 0..<5: perform(action())
        case 5: pass()
        case 6..<9: receive(answer())
        default: receive(line())
        }
    }

    mutating func end() {
        guard !isOver else { return }
        isOver = true
        _ = client.ended(Failure(.remoteDown, "over"), now: now)
        takeEffects()
        for request in waiting { note(.outcome(request.id, .failed(Failure(.remoteDown, "over")))) }
    }

    // MARK: - Inputs and their effects

    private mutating func receive(_ line: String) {
        lines += 1
        guard let message = try? IRCMessage(line) else { return }
        client.received(message, now: now)
        turn()
    }

    private mutating func perform(_ action: Request.Action) {
        requests += 1
        let request = Request(id: RequestID("r\(requests)"), action: action)
        outcomes.performed(request)
        if client.isReady { client.perform(request, now: now) } else { waiting.append(request) }
        turn()
    }

    private mutating func pass() {
        let until = now + .seconds(Int64.random(in: 1...70, using: &luck))
        var wakes = 0
        while !isOver, case let wake = client.nextWake(now: now), wake <= until {
            wakes += 1
            if wakes > 1000 { return violations.append("woken again and again") }
            now = max(wake, now + .nanoseconds(1))
            client.tick(now: now)
            turn()
        }
        now = until
    }

    private mutating func turn() {
        client.endTurn(now: now, canWrite: UInt8.random(in: 0..<10, using: &luck) > 0)
        takeEffects()
        let members = client.channels.values.reduce(0) { $0 + $1.members.count }
        if client.memberCount != members { violations.append("\(client.memberCount) counted, \(members) there") }
        for name in Set(client.channels.values.flatMap { $0.members.keys }) {
            let wanted = client.channels.values.filter { $0.members[name] != nil }.map(\.name).sorted()
            let found = client.channels(of: name).map(\.name).sorted()
            if found != wanted { violations.append("\(name.text) is in \(wanted), found in \(found)") }
        }
    }

    private mutating func takeEffects() {
        let effects = client.takeEffects()
        // Only the end of a connection may have many effects, because it fails all open requests.
        if !isOver, effects.count > 60 { violations.append("\(effects.count) effects at once") }
        var hangsUp = false
        for effect in effects {
            switch effect {
            case .write(let line): wrote(line.text)
            case .emit(let event): note(event)
            case .hangUp: hangsUp = true
            case .ready: break
            }
        }
        if hangsUp { end() }
    }

    private mutating func wrote(_ line: String) {
        if line.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) { violations.append("two lines: \(line)") }
        if line.hasPrefix("PING :fence") { lastFence = String(line.dropFirst(6)) }
    }

    private mutating func note(_ event: Event) {
        outcomes.received(event).map { violations.append($0) }
        if case .room(let room, .left(_)) = event, !order.isInside(room) { return }
        order.received(event).map { violations.append($0) }
    }

    // MARK: - Random lines and requests

    private mutating func one(of choices: [String]) -> String { choices.randomElement(using: &luck) ?? "" }

    /// A line with which a server could answer one of our commands.
    private mutating func answer() -> String {
        let (room, nick) = (one(of: ["#c", "#d", "&f", "#[e]"]), client.identity.nick)
        return switch UInt8.random(in: 0..<7, using: &luck) {
        case 0: ":\(nick)!u@h JOIN \(room)"
        case 1: ":s 353 \(nick) = \(room) :\(nick) @anna bob"
        case 2: ":s 366 \(nick) \(room) :End"
        case 3: "PONG s :\(lastFence)"
        case 4: ":\(nick)!u@h PART \(room)"
        case 5: "@+reply=1;+draft/react=a :\(nick)!u@h TAGMSG \(room)"
        default: ":\(nick)!u@h PRIVMSG \(room) :hello"
        }
    }

    private mutating func line() -> String {
        let source = ":\(one(of: Self.nicks))!u@h "
        let tags = one(of: [
            "", "", "", "@label=\(Int.random(in: 0..<9, using: &luck)) ", "@batch=a;msgid=1 ", "@time=x ",
            "@msgid=m;+reply=1;+draft/react=a ", "@+draft/reply=1;+draft/unreact=a ", "@batch=j ", "@bot;account=x ",
        ])
        let (room, nick, word) = (one(of: Self.rooms), one(of: Self.nicks), one(of: Self.words))
        switch UInt8.random(in: 0..<22, using: &luck) {
        case 0, 1: return tags + source + "JOIN \(room)"
        case 2: return tags + source + "PART \(room) :\(word)"
        case 3: return tags + source + "KICK \(room) \(nick) :\(word)"
        case 4: return tags + source + "QUIT :\(word)"
        case 5, 6: return tags + source + "NICK :\(nick)"
        case 7: return tags + source + "MODE \(room) \(one(of: Self.modes)) \(nick) \(one(of: Self.nicks))"
        case 8: return tags + source + "TOPIC \(room) :\(word)"
        case 9: return tags + source + one(of: ["PRIVMSG ", "NOTICE "]) + "\(room) :\(word)"
        case 10: return ":s 353 me = \(room) :\(nick) @\(one(of: Self.nicks)) +\(one(of: Self.nicks))"
        case 11: return ":s 366 me \(room) :End"
        case 12:
            return ":s \(Int.random(in: 300...760, using: &luck)) me \(one(of: [room, nick, "PRIVMSG", word])) :\(word)"
        case 13:
            return ":s 005 me "
                + one(of: [
                    "CASEMAPPING=ascii", "CASEMAPPING=rfc1459", "PREFIX=(ov)@+", "NICKLEN=4", "CLIENTTAGDENY=*",
                    "-CLIENTTAGDENY", "WHOX BOT=B",
                ])
                + " :x"
        case 14:
            return tags + "BATCH "
                + one(of: ["+a labeled-response", "-a", "+b chathistory", "-b", "+j netjoin a.net b.net", "-j"])
        case 15, 16: return tags + source + "TAGMSG \(room)"
        case 17: return source + "\(one(of: ["AWAY", "ACCOUNT"])) :\(one(of: ["x", "y", "*", ""]))"
        case 18: return ":s 354 me 152 \(room) \(nick) \(one(of: ["H", "G*", "HB@", ""])) \(one(of: ["0", "x"]))"
        case 19: return ":s 315 me \(room) :End"
        default: return "CAP * \(one(of: ["NEW", "DEL", "ACK", "NAK"])) :\(one(of: Self.capabilities))"
        }
    }

    private mutating func action() -> Request.Action {
        let room = RoomAddress(network: Self.network, name: one(of: ["#c", "#d", "#[e]", "#{e}", "&f", "bad name"]))
        switch UInt8.random(in: 0..<12, using: &luck) {
        case 0..<3: return .join(room, password: nil)
        case 3..<6: return .send(.text(Text(one(of: ["hello", "a\nb\nc", "", "\r\n"]))), to: .room(room))
        case 6: return .leave(room, reason: nil)
        case 7: return .changeNick(one(of: ["anna", "me", "ME", "other", "", "bad nick"]))
        case 8: return .room(room, .topic("topic"))
        case 9, 10:
            let wanted = one(of: ["a", "a b", "", "b c"]).split(separator: " ").map(String.init)
            return .send(.reaction(MessageID(one(of: ["1", "2"])), wanted), to: .room(room))
        default: return .room(room, .kick(nick: one(of: Self.nicks), reason: "x"))
        }
    }
}
