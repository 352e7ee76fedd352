import Basics
import Crypto
import DequeModule
import GatewayKit
import GatewayTesting
import NIOCore

@testable import IRCAdapter

/// Input: a conversation with an IRC server, by lines. `>` begins a request (`>say`, `>do`, `>react`, `>join`, `>part`,
/// `>nick`, `>topic`, `>kick`, with their arguments). `+` lets seconds pass. `=` makes a turn in which the socket takes
/// nothing. `-` ends the connection. Every other line comes from the server. A first line `?` has flags: `f` for flood
/// control, `l` for a user with an account and commands, `o` if the login is optional, `r` to get the wanted nick back,
/// `s` if the server may demand TLS.
///
/// Rules: Every request has exactly one outcome. The events of each room are consistent. Every written line is one
/// line. The count of members is correct. Waiting for the client's deadlines comes to an end.
extension FuzzTarget {
    static let ircClient = FuzzTarget(name: "irc-client") { bytes in
        var lines = FuzzInput(bytes: bytes).lines
        let flags = lines.first?.first == UInt8(ascii: "?") ? lines.removeFirst() : []
        var conversation = Conversation(flags: Set(String(decoding: flags, as: UTF8.self)))
        for line in lines.prefix(400) where !conversation.isOver { conversation.take(line) }
        conversation.finish()
    }
}

private struct Conversation {
    private static let network = NetworkID("net")
    private static let commands = (try? LoginField.lines(of: "MODE me +x\nPRIVMSG Q :AUTH me hush")) ?? []
    private static let key = P256.Signing.PrivateKey()
    private var client: IRCClient
    private var now = NIODeadline.uptimeNanoseconds(0) + .hours(1)
    private var outcomes = OutcomeCounter()
    private var rooms = RoomOrder()
    private var requests = 0
    private var early: [Request] = []
    private(set) var isOver = false

    init(flags: Set<Character>) {
        let credentials = Credentials(
            account: "me", password: Secret("hush"), identity: try? ClientIdentity.make(Self.key),
            isRequired: !flags.contains("o"))
        let login = ConnectionRegistration.Login(
            nick: WantedNick(name: "me", isChosen: true), user: .star, realName: "Me", password: nil,
            acceptsOtherNick: flags.contains("r"), nickLength: 30,
            obeysSTS: flags.contains("s"),
            account: flags.contains("l")
                ? AccountLogin(credentials, service: AccountService(), nonce: "nonce") : nil)
        client = IRCClient(
            Surroundings(
                Self.network, title: "net", channelTypes: "#&",
                flood: flags.contains("f") ? FloodLimit() : FloodLimit(perSecond: 0), version: "Martlet",
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }),
            IRCClient.Settings(
                commands: flags.contains("l") ? Self.commands : [], regainsNick: flags.contains("r"),
                rejoin: [IRCClient.Rejoin(room: RoomAddress(network: Self.network, name: "#back"), key: nil)]),
            login, now: now)
        turn()
    }

    mutating func take(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch line.first {
        case UInt8(ascii: ">"): if let action = Self.action(text) { perform(action) }
        case UInt8(ascii: "+"): pass(.seconds(Int64(UInt16(text) ?? 1)))
        case UInt8(ascii: "="): turn(canWrite: false)
        case UInt8(ascii: "-"): end()
        default:
            line.withUnsafeBytes { bytes in
                if let message = try? IRCMessage(bytes: bytes) { client.received(message, now: now) }
            }
            turn()
        }
    }

    /// Breaks the connection, if it has not ended before, and checks that no request is left open.
    mutating func finish() {
        end()
        require(outcomes.open.isEmpty, "requests without outcome: \(outcomes.open)")
    }

    private mutating func end() {
        guard !isOver else { return }
        isOver = true
        _ = client.ended(Failure(.remoteDown, "over"), now: now)
        for effect in client.takeEffects() { apply(effect) }
        for request in early { note(.outcome(request.id, .failed(Failure(.remoteDown, "over")))) }
        early = []
    }

    private mutating func perform(_ action: Request.Action) {
        requests += 1
        let request = Request(id: RequestID("r\(requests)"), action: action)
        outcomes.performed(request)
        if client.isReady {
            client.perform(request, now: now)
        } else if case .changeNick(let nick) = action, !client.registration.isWelcomed, !client.hasEnded {
            client.changeEarly(nick: nick, request: request.id)
        } else {
            early.append(request)
        }
        turn()
    }

    private mutating func pass(_ time: TimeAmount) {
        let until = now + time
        var wakes = 0
        while !isOver, case let wake = client.nextWake(now: now), wake <= until {
            wakes += 1
            require(wakes < 20_000, "woken \(wakes) times in \(time)")
            now = max(wake, now + .nanoseconds(1))
            client.tick(now: now)
            turn()
        }
        now = until
    }

    private mutating func turn(canWrite: Bool = true) {
        client.endTurn(now: now, canWrite: canWrite)
        var hangsUp = false
        var effects = client.takeEffects()
        while let effect = effects.popFirst() {
            apply(effect)
            if case .hangUp = effect { hangsUp = true }
            if case .ready = effect {
                for request in early { client.perform(request, now: now) }
                early = []
                effects += client.takeEffects()
            }
        }
        let members = client.channels.values.reduce(0) { $0 + $1.members.count }
        require(client.memberCount == members, "\(client.memberCount) members counted, \(members) there")
        if hangsUp { end() }
    }

    private mutating func apply(_ effect: IRCClient.Effect) {
        switch effect {
        case .write(let line): line.requireSafe()
        case .emit(let event): note(event)
        case .ready, .hangUp: break
        }
    }

    private mutating func note(_ event: Event) {
        requireNothing(outcomes.received(event))
        // When a room cannot be entered again, it is reported as left, although its entry was not reported before.
        if case .room(let room, .left(_)) = event, !rooms.isInside(room) { return }
        requireNothing(rooms.received(event))
    }

    /// Reads a request: `say #room text`, `do #room text`, `react #room one two`, `join #room key`, `part #room
    /// reason`, `nick name`, `topic #room text` or `kick #room nick reason`. `\n`, `\r` and `\0` in a text mean LF, CR
    /// and NUL.
    private static func action(_ text: String) -> Request.Action? {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(unescaped)
        let name = words.count > 1 ? words[1] : ""
        let rest = words.count > 2 ? words[2] : ""
        let room = RoomAddress(network: network, name: name)
        switch words[0] {
        case "say": return .send(.text(Text(rest)), to: address(name))
        case "do": return .send(.text(Text(rest, form: .action)), to: address(name))
        case "join": return .join(room, password: rest.isEmpty ? nil : Secret(rest))
        case "react":
            return .send(
                .reaction(MessageID("m1"), rest.split(separator: " ").map(String.init)), to: address(name))
        case "part": return .leave(room, reason: rest.isEmpty ? nil : rest)
        case "nick": return .changeNick(name)
        case "topic": return .room(room, .topic(rest))
        case "kick":
            let (nick, reason) = (rest.prefix { $0 != " " }, rest.drop { $0 != " " })
            return .room(room, .kick(nick: String(nick), reason: reason.isEmpty ? nil : String(reason.dropFirst())))
        default: return nil
        }
    }

    private static func address(_ name: String) -> Address {
        guard let first = name.utf8.first else { return .network(network) }
        return "#&".utf8.contains(first)
            ? .room(RoomAddress(network: network, name: name)) : .peer(PeerAddress(network: network, name: name))
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = String(text)
        for (written, meant) in [("\\n", "\n"), ("\\r", "\r"), ("\\0", "\0")] {
            result = result.replacing(written, with: meant)
        }
        return result
    }
}
