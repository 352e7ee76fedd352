import ServerRig
import Synchronization

/// What was sent, and who has seen how much of it.
final class Journal: Sendable {
    struct Entry: Sendable {
        let point: KillPoint
        /// Out: how often the phone network has it. In: nothing.
        var arrivals = 0
        /// In: ids of the stanzas that brought it.
        var stanzas: [String] = []
        /// Out: what the sender was told.
        var receipts = 0
        var errors: [String] = []

        var isUnknown: Bool { errors.contains { $0.contains("may or may not have arrived") } }
        /// Said by the server in Martlet's absence, or by Martlet.
        var isRefused: Bool { !errors.isEmpty && !isUnknown }
        var isAnswered: Bool { receipts > 0 || !errors.isEmpty }
    }

    private let entries = Mutex<[Entry]>([])
    private let onRecord = Mutex<Set<Int>>([])

    /// Enters new messages and returns their numbers.
    func add(_ count: Int, at point: KillPoint) -> Range<Int> {
        entries.withLock { entries in
            entries += Array(repeating: Entry(point: point), count: count)
            return (entries.count - count)..<entries.count
        }
    }

    /// What the registry has shown at any time: from then on the message must not be lost.
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

    /// A phone has an SMS.
    func phoneHas(_ message: PhoneNetwork.Message) {
        update(Self.number(of: message.text)) { $0.arrivals += 1 }
    }

    /// A user has a stanza.
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
