import Glibc

/// The XMPP server that a gateway sees. It takes the component stream (XEP-0114) with any secret, sends stanzas for
/// the gateway's own domain back to the gateway as a server does, and answers the gateway's queries to users.
final class XMPPEnd {
    /// The gateway's domain; its users are on `localhost`.
    static let domain = "irc.localhost"

    let listener: Listener
    private(set) var wire: Wire?
    private(set) var isOpen = false
    /// Called for stanzas that are neither routed nor answered here: messages and presences. Errors are only counted.
    var onStanza: (Stanza) -> Void = { _ in }
    /// Called for the answers to queries of users, results and errors.
    var onAnswer: (Stanza) -> Void = { _ in }
    /// Presences received since the start, errors included.
    private(set) var presences = 0
    /// Whether received bytes are acknowledged without delay. A gateway that leaves Nagle's algorithm on then need not
    /// wait 40 ms for us (tcp(7), TCP_QUICKACK).
    var acknowledgesAtOnce = false
    private(set) var errors = 0
    private(set) var firstError = ""
    private(set) var received = 0
    private let input = Bytes()
    private var scanner = StanzaScanner()
    private var hasHeader = false

    init() throws { listener = try Listener(host: "127.0.0.1", port: 0) }

    func accepted(_ descriptor: Int32, token: Int, poller: Poller) {
        wire = Wire(descriptor, token: token, poller: poller)
        isOpen = false
        hasHeader = false
        scanner = StanzaScanner()
        input.consume(input.count)
    }

    /// Reads once and handles the complete stanzas. Returns whether there were any bytes.
    func read() -> Bool {
        guard let wire else { return false }
        let got = input.fill(from: wire.descriptor, room: 1 << 18)
        if got == 0 { wire.shut() }
        guard got > 0 else { return false }
        received += got
        if acknowledgesAtOnce { wire.acknowledge() }
        if !hasHeader { readHeader(wire) }
        if hasHeader {
            let used = scanner.scan(input.readable) { handle($0, wire) }
            input.consume(used)
        }
        return true
    }

    private func readHeader(_ wire: Wire) {
        let bytes = input.readable
        guard let start = bytes.find("<stream:stream"), let end = bytes.find(">", from: start) else { return }
        input.consume(end + 1)
        hasHeader = true
        wire.output.append(
            """
            <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
            xmlns='jabber:component:accept' from='\(Self.domain)' id='bench'>
            """)
    }

    private func handle(_ stanza: Stanza, _ wire: Wire) {
        switch stanza.kind {
        case .message, .presence:
            if stanza.isError {
                if errors == 0 { firstError = stanza.bytes.text }
                errors += 1
            }
            if stanza.kind == .presence { presences += 1 }
            onStanza(stanza)
        case .iq: answer(stanza, wire)
        case .handshake:
            wire.output.append("<handshake/>")
            isOpen = true
        case .other: break
        }
    }

    private func answer(_ stanza: Stanza, _ wire: Wire) {
        let to = stanza.attribute(" to=")
        if to.hasSuffix(Self.domain) {
            wire.output.append(stanza.bytes)
            return
        }
        let type = stanza.attribute(" type=")
        guard type == "get" || type == "set" else { return onAnswer(stanza) }
        let ends = "from='\(to)' to='\(stanza.attribute(" from="))' id='\(stanza.attribute(" id="))'"
        if stanza.bytes.find("http://jabber.org/protocol/disco#info") != nil {
            wire.output.append(
                "<iq type='result' \(ends)><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
        } else if stanza.bytes.find("urn:xmpp:ping") != nil {
            wire.output.append("<iq type='result' \(ends)/>")
        } else {
            wire.output.append(
                """
                <iq type='error' \(ends)><error type='cancel'><service-unavailable \
                xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
                """)
        }
    }

    func resetErrors() {
        errors = 0
        firstError = ""
    }
}
