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
/// One line asks for all wanted capabilities. If the server refuses it, each capability is asked for in a line of its
/// own, so that one refused name does not cost the others.
struct CapabilityNegotiation: Sendable {
    private(set) var enabled: Set<Capability> = [] {
        didSet {
            let hasLabels = enabled.isSuperset(of: [.echoMessage, .labeledResponse, .batch])
            proof = hasLabels ? .label : enabled.contains(.echoMessage) ? .echo : .fence
        }
    }
    /// The proof that the network gives for a line that it has taken.
    private(set) var proof = Outbox.Proof.fence
    /// Whether the server's list has been read and every request is answered. True also if the server does not know
    /// CAP.
    private(set) var isSettled = false
    /// The offers of the server with their values, also of capabilities that we do not use.
    private(set) var offers = CapabilityOffers()
    private var asked: Set<Capability> = []
    /// Whether the server has refused a request for several capabilities.
    private var oneByOne = false

    /// `CAP LS 302`, the first line of a connection.
    func start() -> OutboundLine { OutboundLine(.cap, .ls, .version302) }

    /// Handles the parameters of a CAP line: our nick or `*`, the sub-command, `*` if more lines follow, and the names.
    /// Returns the lines to send.
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

    /// Ends the negotiation with a server that does not know CAP.
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
        return OutboundLine(.cap, .req, trailing: TrailingParameter(names))
    }

    /// The names in a list that we can use. Names may have a `=value`, which is ignored here.
    private func known(in names: String) -> Set<Capability> {
        Set(names.split(separator: " ").compactMap { Capability(rawValue: String($0.prefix { $0 != "=" })) })
    }
}
