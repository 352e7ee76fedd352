import ServerRig
import Synchronization

/// The messages that were sent, and the observations of each.
final class Journal: Sendable {
    struct Entry: Sendable {
        let point: KillPoint
        /// For an outbound message: how often the phone network has received it. Unused for an inbound one.
        var arrivals = 0
        /// For an inbound message: the ids of the stanzas that delivered it.
        var stanzas: [String] = []
        /// For an outbound message: the receipts and errors that its sender was sent.
        var receipts = 0
        var errors: [String] = []

        var isUnknown: Bool { errors.contains { $0.contains("may or may not have arrived") } }
        /// Whether the message was refused, by Martlet, or by the XMPP server while Martlet was away.
        var isRefused: Bool { !errors.isEmpty && !isUnknown }
        var isAnswered: Bool { receipts > 0 || !errors.isEmpty }
    }

    private let entries = Mutex<[Entry]>([])
    private let onRecord = Mutex<Set<Int>>([])

    /// Adds new messages and returns their numbers.
    func add(_ count: Int, at point: KillPoint) -> Range<Int> {
        entries.withLock { entries in
            entries += Array(repeating: Entry(point: point), count: count)
            return (entries.count - count)..<entries.count
        }
    }

    /// Notes the messages that are in the registry. From then on they must not be lost.
    func keep(_ rows: [RegistryView.Outbound]) {
        let numbers = rows.compactMap { Self.number(of: $0.originID) }
        onRecord.withLock { $0.formUnion(numbers) }
    }

    var kept: Set<Int> { onRecord.withLock { $0 } }

    var all: [Entry] { entries.withLock { $0 } }

    static func text(of number: Int) -> String { "message \(number)" }
    static func id(of number: Int) -> String { "m-\(number)" }

    static func number(of word: String) -> Int? {
        word.split(whereSeparator: { $0 == " " || $0 == "-" }).last.flatMap { Int($0) }
    }

    /// Notes that a phone has received an SMS.
    func phoneHas(_ message: PhoneNetwork.Message) {
        update(Self.number(of: message.text)) { $0.arrivals += 1 }
    }

    /// Notes that a user has received a stanza.
    func userHas(_ stanza: XMLNode) {
        guard stanza.name == "message" else { return }
        if let receipted = stanza.child("received", "urn:xmpp:receipts")?["id"] {
            update(Self.number(of: receipted)) { $0.receipts += 1 }
        } else if stanza.type == "error" {
            update(Self.number(of: stanza.id)) { $0.errors.append(stanza.errorText ?? stanza.error ?? "") }
        } else if let body = stanza.body {
            update(Self.number(of: body)) { $0.stanzas.append(stanza.id) }
        }
    }

    private func update(_ number: Int?, _ change: (inout Entry) -> Void) {
        entries.withLock { entries in
            if let number, entries.indices.contains(number) { change(&entries[number]) }
        }
    }
}
