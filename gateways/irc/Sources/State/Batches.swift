import NIOCore

/// The open batches of messages (IRCv3 batch). They tell which request of ours a message answers, and whether the
/// message is history.
struct Batches: Sendable {
    private struct Batch {
        let type: String
        let label: Int?
        let isHistory: Bool
        /// The two servers of a netsplit; nil for other batches.
        let servers: String?
        let opened: NIODeadline

        var isNetjoin: Bool { type == "netjoin" }
    }

    /// The number of open batches that are kept. No honest server needs more.
    private static let limit = 64
    /// How long a batch may stay open while others wait for its place.
    static let timeout = TimeAmount.seconds(60)
    /// The number of bytes of the name, and of the other words, that are kept of a batch.
    private static let mostBytes = 200

    private var open: [String: Batch] = [:]

    /// The label of the request that the message's batch answers. Nil if there is no batch, or no label.
    func label(ofBatchOf message: IRCMessage) -> Int? {
        open.isEmpty ? nil : message.tags[.batch].flatMap { open[$0]?.label }
    }

    /// Whether the message belongs to a batch of history, such as `chathistory`.
    func isHistory(_ message: IRCMessage) -> Bool {
        open.isEmpty ? false : message.tags[.batch].flatMap { open[$0]?.isHistory } ?? false
    }

    /// The two servers, if the message belongs to the batch of a netsplit (IRCv3 netsplit).
    func netsplit(of message: IRCMessage) -> String? {
        open.isEmpty ? nil : message.tags[.batch].flatMap { open[$0]?.servers }
    }

    /// Whether the message belongs to a batch of people who come back after a netsplit (IRCv3 netjoin).
    func isNetjoin(_ message: IRCMessage) -> Bool {
        open.isEmpty ? false : message.tags[.batch].flatMap { open[$0]?.isNetjoin } ?? false
    }

    /// Handles a BATCH line. If the line ends a labelled answer, returns its label.
    mutating func received(_ message: IRCMessage, now: NIODeadline) -> Int? {
        guard let reference = message.parameters.first, let sign = reference.utf8.first else { return nil }
        let name = String(reference.dropFirst())
        if sign == UInt8(ascii: "-") {
            let batch = open.removeValue(forKey: name)
            return batch?.type == "labeled-response" ? batch?.label : nil
        }
        guard sign == UInt8(ascii: "+"), name.utf8.count <= Batches.mostBytes, makeRoom(now: now) else { return nil }
        let type = message.parameters.dropFirst().first ?? ""
        let servers = message.parameters.dropFirst(2).prefix(2).joined(separator: " ")
        open[name] = Batch(
            type: type.clipped(toBytes: Batches.mostBytes), label: message.label ?? label(ofBatchOf: message),
            isHistory: isHistory(message) || Batches.historyTypes.contains(type),
            servers: type == "netsplit" ? servers.clipped(toBytes: Batches.mostBytes) : nil, opened: now)
        return nil
    }

    /// Forgets batches that have been open for too long, if there is no place for another one. Returns false if there
    /// is still none.
    private mutating func makeRoom(now: NIODeadline) -> Bool {
        if open.count >= Batches.limit { open = open.filter { now < $0.value.opened + Batches.timeout } }
        return open.count < Batches.limit
    }

    private static let historyTypes: Set<String> = ["chathistory", "draft/chathistory", "znc.in/playback"]
}
