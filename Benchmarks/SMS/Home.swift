import Foundation
import ServerRig
import Synchronization

/// The XMPP server that the component connects to, and all its users. It sends the users' messages, and counts the
/// stanzas that they get.
final class Home: Sendable {
    struct Counts: Sendable {
        /// Number of delivery receipts (XEP-0184).
        var receipts = 0
        var errors = 0
        /// Number of messages from phones.
        var messages = 0
        var results = 0
        var lastError = ""
    }

    static let domain = "example.org"
    static let gateway = "sms.example.org"

    let port: Int
    private let listener: Loopback
    private let counts = Mutex(Counts())
    private let stream = Mutex<Loopback?>(nil)

    init() throws {
        port = try Port.free()
        listener = try Loopback.listen(port: port)
        listener.serve { [self] in serve($0) }
    }

    var now: Counts { counts.withLock { $0 } }
    var isConnected: Bool { stream.withLock { $0 != nil } }

    func send(_ text: String) { stream.withLock { _ = $0?.write(text) } }

    private func serve(_ connection: Loopback) {
        var cutter = StanzaCutter()
        connection.write(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "
                + "from='\(Self.gateway)' id='1'>")
        while true {
            let bytes = connection.read()
            guard !bytes.isEmpty else { return stream.withLock { $0 = nil } }
            for stanza in cutter.feed(bytes) { received(stanza, connection) }
        }
    }

    private func received(_ stanza: String, _ connection: Loopback) {
        if stanza.hasPrefix("<handshake") {
            connection.write("<handshake/>")
            stream.withLock { $0 = connection }
        } else if stanza.hasPrefix("<message") {
            counts.withLock { $0.count(message: stanza) }
        } else if stanza.hasPrefix("<iq") {
            switch StanzaCutter.attribute("type", of: stanza) {
            case "get", "set": answer(stanza, connection)
            case "result": counts.withLock { $0.results += 1 }
            default:
                counts.withLock {
                    $0.errors += 1
                    $0.lastError = stanza
                }
            }
        }
    }

    private func answer(_ stanza: String, _ connection: Loopback) {
        let names = ["from", "to", "id"].map { StanzaCutter.attribute($0, of: stanza) ?? "" }
        connection.write("<iq type='result' from='\(names[1])' to='\(names[0])' id='\(names[2])'/>")
    }
}

extension Home.Counts {
    fileprivate mutating func count(message: String) {
        if message.contains("<received") {
            receipts += 1
        } else if StanzaCutter.attribute("type", of: message) == "error" {
            errors += 1
            lastError = message
        } else {
            messages += 1
        }
    }
}

extension Home {
    /// The users. Each has one of the operator's numbers.
    static func user(_ index: Int) -> String { "user\(index)@\(domain)" }

    func register(_ count: Int) async throws {
        for index in 0..<count {
            send(
                "<iq type='set' id='r\(index)' from='\(Self.user(index))/x' to='\(Self.gateway)'>"
                    + "<query xmlns='jabber:iq:register'><phone>\(Numbers.ofPhones[index])</phone></query></iq>")
        }
        try await poll("\(count) registrations", failure: { now.lastError }) { now.results >= count ? () : nil }
    }

    /// Sends one message of a user to a phone, with a request for a receipt.
    func text(_ number: Int, users: Int) {
        send(
            "<message type='chat' id='m\(number)' from='\(Self.user(number % users))/x' "
                + "to='\(Self.phone(number / users))@\(Self.gateway)'>"
                + "<body>Message number \(number) of a good many, all of about this length.</body>"
                + "<request xmlns='urn:xmpp:receipts'/></message>")
    }

    /// One of 900 phones.
    static func phone(_ index: Int) -> String { "+1415555\(1000 + index % 900)" }
}
