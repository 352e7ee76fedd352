/// Capability negotiation (IRCv3, version 302), at the start and for as long as the connection lives.
///
/// As few lines as possible ask for all wanted capabilities. If the server refuses such a line, each capability is
/// asked for in a line of its own, because one refused name makes the server refuse the whole line.
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
    /// Whether the whole list of the server has come.
    private(set) var hasList = false
    /// The offers of the server with their values, also of capabilities that we do not use.
    private(set) var offers = CapabilityOffers()
    /// Requested capabilities without an answer.
    private var asked: Set<Capability> = []
    private let unwanted: Set<Capability>
    private let requestLimit: Int
    /// Whether each capability is requested in a line of its own, because the server has refused a line with several.
    private var oneByOne = false

    /// - Parameters:
    ///   - unwanted: capabilities that are not requested, although the server may offer them.
    ///   - requestLimit: the number of bytes of names in one request.
    init(without unwanted: Set<Capability> = [], requestLimit: Int = 400) {
        self.unwanted = unwanted
        self.requestLimit = requestLimit
    }

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
            hasList = hasList || isLast
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

    private mutating func ask(_ offered: Set<Capability>) -> [OutboundLine] {
        let wanted = offered.subtracting(unwanted)
        asked.formUnion(wanted)
        isSettled = asked.isEmpty
        return requests(wanted, limit: oneByOne ? 0 : requestLimit)
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
            return requests(asked, limit: 0)
        }
        asked = names.isEmpty ? [] : asked.subtracting(names)
        isSettled = asked.isEmpty
        return []
    }

    /// Makes lines that ask for the capabilities. Each one has at most `limit` bytes of names, and at least one name.
    private func requests(_ capabilities: Set<Capability>, limit: Int) -> [OutboundLine] {
        var lists: [String] = []
        for name in capabilities.map(\.rawValue).sorted() {
            if let last = lists.last, last.utf8.count + 1 + name.utf8.count <= limit {
                lists[lists.count - 1] += " " + name
            } else {
                lists.append(name)
            }
        }
        return lists.map { OutboundLine(.cap, .req, trailing: TrailingParameter($0)) }
    }

    /// The names in a list that we can use. Names may have a `=value`, which is ignored here.
    private func known(in names: String) -> Set<Capability> {
        Set(names.split(separator: " ").compactMap { Capability(rawValue: String($0.prefix { $0 != "=" })) })
    }
}
