import GatewayKit
import Settings
import XML
import XMPP

/// Input: the inputs of a gateway's core, one for each line. A line is a stanza of a user as XML (from anna if it has
/// no `from`), or a command that `CoreScript` lists. With `?phone` as the first line the gateway is one of a telephone
/// network.
///
/// Rules: Every IQ is answered exactly once. Every event that waits for the core is taken or refused. Every sent stanza
/// can be read again, comes from our domain, and has a receiver. Requests go only to open sessions. There is an end to
/// timers and effects.
extension FuzzTarget {
    static let core = FuzzTarget(name: "core") { bytes in
        var lines = FuzzInput(bytes: bytes).lines
        let isPhone = lines.first?.starts(with: "?phone".utf8) == true
        if isPhone { lines.removeFirst() }
        guard let domain = try? JID("gw.test"), let rules = isPhone ? phoneRules : chatRules else {
            return require(false, "no rules")
        }
        let script = CoreScript(CoreStage(rules, domain: domain), isPhone: isPhone)
        for line in lines.prefix(200) { script.take(String(decoding: line, as: UTF8.self)) }
        script.stage.finish()
    }
}

private final class CoreScript {
    let stage: CoreStage
    private let isPhone: Bool
    /// The index of the open session from which events come.
    private var chosen = 0

    init(_ stage: CoreStage, isPhone: Bool) {
        self.stage = stage
        self.isPhone = isPhone
    }

    func take(_ line: String) {
        guard !line.hasPrefix("<") else {
            if let element = try? Element(parsing: line, defaultNamespace: Stanza.namespace) { stage.receive(element) }
            return
        }
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        let number = words.count > 1 ? Int(UInt16(words[1]) ?? 0) : 0
        switch words[0] {
        case "break": stage.setLink(open: false)
        case "mend": stage.setLink(open: true)
        case "overflow": stage.overflow()
        case "full": stage.isRegistryBroken.toggle()
        case "pass": stage.pass(.seconds(number))
        case "alive": stage.answerQueries(isAlive: true)
        case "dead": stage.answerQueries(isAlive: false)
        case "session": chosen = number
        case "accept": stage.accept(number)
        case "fail": stage.fail(number, failure(words))
        case "delivered": stage.report(number, isDelivered: true)
        case "undelivered": stage.report(number, isDelivered: false)
        default: if let event = event(words) { emit(event) }
        }
    }

    private func emit(_ event: Event) {
        guard !stage.opened.isEmpty else { return }
        var isDurable = false
        if isPhone, case .message = event { isDurable = true }
        stage.emit(event, of: stage.opened[chosen % stage.opened.count], isDurable: isDurable)
    }

    private func failure(_ words: [String]) -> Failure {
        let kind = words.count > 2 ? Failure.Kind(rawValue: words[2]) : nil
        let retry: Failure.Retry = words.count > 3 ? .after(.seconds(Int(UInt8(words[3]) ?? 1))) : .never
        return Failure(kind ?? .forbidden, "no", retry: retry)
    }

    /// Makes an event from the words `WORD PLACE NAME REST`.
    private func event(_ words: [String]) -> Event? {
        let place = words.count > 1 ? words[1] : ""
        let name = words.count > 2 ? words[2] : ""
        let rest = words.count > 3 ? words[3] : ""
        let network = isPhone ? NetworkID("sms") : NetworkID("net")
        let room = RoomAddress(network: network, name: place)
        func occupant(_ nick: String) -> Occupant {
            let rank = Rank(rawValue: nick.utf8.count % 5) ?? .none
            return Occupant(nick: nick, rank: rank, address: PeerAddress(network: network, name: nick.lowercased()))
        }
        switch words[0] {
        case "online": return .state(.online(nick: place))
        case "connecting": return .state(.connecting(place))
        case "offline": return .state(.offline(Failure(.remoteDown, "down"), retrying: name == "retrying"))
        case "notice": return .state(.notice(rest))
        case "joined":
            let others = rest.split(separator: " ").map { occupant(String($0)) }
            return .room(
                room, .joined(JoinedRoom(nick: name, occupants: [occupant(name)] + others, topic: Topic(text: rest))))
        case "left": return .room(room, .left(departure(name, rest)))
        case "enters": return .room(room, .occupantJoined(occupant(name)))
        case "leaves": return .room(room, .occupantLeft(nick: name, departure(rest, name)))
        case "renamed": return .room(room, .occupantRenamed(from: name, to: occupant(rest)))
        case "ranked": return .room(room, .occupantChanged(occupant(name)))
        case "topic":
            return .room(room, .topicChanged(Topic(text: rest, author: name, setAt: Timestamp(secondsSince1970: -1))))
        case "says":
            let nick = name == "-" ? nil : name
            return .message(InboundMessage(from: .room(room, nick: nick), displayName: nick, text: rest))
        case "does":
            return .message(InboundMessage(from: .room(room, nick: name), text: rest, form: .action))
        case "writes":
            let peer = PeerAddress(network: network, name: place)
            return .message(
                InboundMessage(
                    from: .peer(peer), displayName: name, text: rest,
                    id: rest.utf8.count % 2 == 0 ? MessageID(rest) : nil))
        default: return nil
        }
    }

    private func departure(_ how: String, _ reason: String) -> Departure {
        switch how {
        case "quit": .quit(reason: reason)
        case "kicked": .kicked(by: reason, reason: nil)
        case "disconnected": .disconnected(reason: reason)
        default: .left(reason: reason.isEmpty ? nil : reason)
        }
    }
}
