import Basics
import DequeModule
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Plays the server of one connection against an `IRCClient`, line by line and without a socket.
struct ClientScript {
    static let network = NetworkID("net")
    static let room = RoomAddress(network: network, name: "#c")
    static let anna = PeerAddress(network: network, name: "anna")

    /// The proof that the server of the script gives (`Outbox.Proof`). The raw value lists its capabilities.
    enum Kind: String, CaseIterable, Sendable {
        case labels = "batch echo-message labeled-response message-tags multi-prefix server-time"
        case taggedEchoes = "echo-message message-tags"
        case echoes = "echo-message"
        case taggedFences = "message-tags"
        case fences = "multi-prefix"
    }

    var client: IRCClient
    var now = NIODeadline.uptimeNanoseconds(0) + .hours(1)
    private(set) var written: [String] = []
    private(set) var events: [Event] = []
    private(set) var end: LinkEnd?
    private var requests = 0

    init(
        nick: WantedNick = WantedNick(name: "me", isChosen: true), flood: FloodLimit = FloodLimit(perSecond: 0),
        rejoin: [IRCClient.Rejoin] = [], credentials: Credentials? = nil,
        service: AccountService? = AccountService(), password: Secret? = nil, obeysSTS: Bool = false,
        commands: [OutboundLine] = [], regainsNick: Bool = false,
        commons: Surroundings.Commons = Surroundings.Commons()
    ) {
        let login = ConnectionRegistration.Login(
            nick: nick, user: .star, realName: "Me", password: password,
            acceptsOtherNick: !nick.isChosen || regainsNick, nickLength: 30, obeysSTS: obeysSTS,
            account: credentials.map { AccountLogin($0, service: service, nonce: "nonce") })
        client = IRCClient(
            Surroundings(
                ClientScript.network, title: "net", channelTypes: "#&", flood: flood, version: "Martlet test",
                commons: commons, clock: { Timestamp(secondsSince1970: 1_700_000_000) }),
            IRCClient.Settings(commands: commands, regainsNick: regainsNick, rejoin: rejoin), login, now: now)
        turn()
    }

    /// Makes a script whose connection is ready and in no channel.
    ///
    /// - Parameter capabilities: capabilities beyond those of `kind`.
    static func ready(
        _ kind: Kind, knowing capabilities: String = "", flood: FloodLimit = FloodLimit(perSecond: 0),
        support: String = "PREFIX=(qaohv)~&@%+", commons: Surroundings.Commons = Surroundings.Commons()
    ) throws -> ClientScript {
        var script = ClientScript(flood: flood, commons: commons)
        let all = capabilities.isEmpty ? kind.rawValue : "\(kind.rawValue) \(capabilities)"
        try script.receive(
            "CAP * LS :\(all)", "CAP * ACK :\(all)", ":s 001 me :Hi",
            ":s 005 me \(support) CHANMODES=beI,k,l,imnst :are supported", ":s 376 me :End")
        script.forget()
        return script
    }

    /// Makes a script that is ready and in `#c`, with anna and the operator bob.
    static func inRoom(
        _ kind: Kind, knowing capabilities: String = "", flood: FloodLimit = FloodLimit(perSecond: 0)
    ) throws -> ClientScript {
        var script = try ready(kind, knowing: capabilities, flood: flood)
        _ = script.perform(.join(room, password: nil))
        let label = kind == .labels ? "@label=1 " : ""
        try script.receive(
            ":me!u@h JOIN #c", ":s 353 me = #c :me anna @bob", "\(label):s 366 me #c :End")
        script.forget()
        return script
    }

    mutating func receive(_ lines: String...) throws {
        for line in lines { client.received(try IRCMessage(line), now: now) }
        turn()
    }

    /// Performs a request and ends the turn. Returns the request's id.
    mutating func perform(_ action: Request.Action) -> RequestID {
        requests += 1
        let id = RequestID("r\(requests)")
        client.perform(Request(id: id, action: action), now: now)
        turn()
        return id
    }

    mutating func say(_ text: String, to address: Address = .room(room), form: Text.Form = .plain)
        -> RequestID
    {
        perform(.send(.text(Text(text, form: form)), to: address))
    }

    /// Lets time pass, and calls `tick` at each time that the client asks for.
    mutating func pass(_ time: TimeAmount) {
        let until = now + time
        while end == nil, case let wake = client.nextWake(now: now), wake <= until {
            now = max(wake, now + .nanoseconds(1))
            client.tick(now: now)
            turn()
        }
        now = until
    }

    mutating func turn(canWrite: Bool = true) {
        client.endTurn(now: now, canWrite: canWrite)
        for effect in client.takeEffects() {
            switch effect {
            case .write(let line): written.append(line.text)
            case .emit(let event): events.append(event)
            case .ready: break
            case .hangUp(let end): self.end = end
            }
        }
    }

    mutating func forget() {
        written = []
        events = []
    }

    mutating func takeWritten() -> [String] {
        defer { written = [] }
        return written
    }

    mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    /// The outcomes of a request so far.
    func outcomes(_ id: RequestID) -> [Event] {
        events.filter {
            switch $0 {
            case .outcome(id, .accepted(as: _)), .outcome(id, .failed(_)), .outcome(id, .delivered): true
            default: false
            }
        }
    }

    /// Performs a request. Returns the kind of its failure, nil if it did not fail at once.
    mutating func refusal(of action: Request.Action) -> Failure.Kind? {
        let id = perform(action)
        return failure(id)
    }

    mutating func refusal(ofSaying text: String) -> Failure.Kind? {
        let id = say(text)
        return failure(id)
    }

    func failure(_ id: RequestID) -> Failure.Kind? {
        for case .outcome(id, .failed(let failure)) in events { return failure.kind }
        return nil
    }
}
