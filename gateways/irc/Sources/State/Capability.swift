/// The IRCv3 capabilities that we can use.
enum Capability: String, CaseIterable, Sendable {
    case batch
    case echoMessage = "echo-message"
    case labeledResponse = "labeled-response"
    case messageTags = "message-tags"
    case multiPrefix = "multi-prefix"
    case serverTime = "server-time"
}

/// Capability negotiation (IRCv3, version 302), at the start and for as long as the connection lives.
///
/// All that we want is asked for in one line; if the server refuses, each is asked for alone, so that a name it does
/// not like costs only itself.
struct CapabilityNegotiation: Sendable {
    private(set) var enabled: Set<Capability> = [] {
        didSet {
            let hasLabels = enabled.isSuperset(of: [.echoMessage, .labeledResponse, .batch])
            proof = hasLabels ? .label : enabled.contains(.echoMessage) ? .echo : .fence
        }
    }
    /// How the network will show that it took a line.
    private(set) var proof = Outbox.Proof.fence
    /// The server's list has been read and every request is answered, or there is nothing to wait for.
    private(set) var isSettled = false
    /// The offers of the server with their values, also of capabilities that we do not use.
    private(set) var offers = CapabilityOffers()
    private var asked: Set<Capability> = []
    /// A common request was refused.
    private var oneByOne = false

    /// `CAP LS 302`, the first line of a connection.
    func start() -> OutboundLine { OutboundLine(.cap, .ls, .version302) }

    /// Takes a CAP line's parameters: our nick or `*`, the sub-command, perhaps `*` for "more follows", the names.
    mutating func received(_ parameters: [String]) -> [OutboundLine] {
        guard parameters.count >= 2 else { return [] }
        let names = parameters.count > 2 ? parameters[parameters.count - 1] : ""
        switch parameters[1].uppercased() {
        case "LS":
            offers.add(names)
            let isLast = parameters.count < 4
            return isLast ? ask(offers.known.subtracting(enabled)) : []
        case "NEW":
            offers.add(names)
            return ask(known(in: names).subtracting(enabled))
        case "DEL":
            offers.remove(names)
            enabled.subtract(known(in: names))
        case "ACK": acknowledged(names)
        case "NAK": return refused(known(in: names))
        default: break
        }
        return []
    }

    /// The server does not know CAP.
    mutating func unsupported() { isSettled = true }

    private mutating func ask(_ wanted: Set<Capability>) -> [OutboundLine] {
        asked.formUnion(wanted)
        isSettled = asked.isEmpty
        if wanted.isEmpty { return [] }
        return oneByOne ? requests(wanted) : [request(wanted)]
    }

    private mutating func acknowledged(_ names: String) {
        for name in names.split(separator: " ") {
            if name.first == "-" {
                enabled.subtract(known(in: String(name.dropFirst())))
            } else {
                enabled.formUnion(known(in: String(name)))
            }
        }
        asked.subtract(enabled)
        isSettled = asked.isEmpty
    }

    private mutating func refused(_ names: Set<Capability>) -> [OutboundLine] {
        if !oneByOne, asked.count > 1 {
            oneByOne = true
            return requests(asked)
        }
        asked = names.isEmpty ? [] : asked.subtracting(names)
        isSettled = asked.isEmpty
        return []
    }

    private func requests(_ capabilities: Set<Capability>) -> [OutboundLine] {
        capabilities.sorted { $0.rawValue < $1.rawValue }.map { request([$0]) }
    }

    private func request(_ capabilities: Set<Capability>) -> OutboundLine {
        let names = capabilities.map(\.rawValue).sorted().joined(separator: " ")
        return OutboundLine(.cap, .req, trailing: Trailing(names))
    }

    /// Names may carry `=value` and modifiers; unknown ones are none of ours.
    private func known(in names: String) -> Set<Capability> {
        Set(names.split(separator: " ").compactMap { Capability(rawValue: String($0.prefix { $0 != "=" })) })
    }
}
