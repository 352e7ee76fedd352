/// Which messages belong together (IRCv3 batch), as far as we need it: whose answer they are, and whether they are
/// history.
struct Batches: Sendable {
    private struct Batch {
        let type: String
        let label: Int?
        let isHistory: Bool
    }

    /// More open ones than this are not remembered: no server needs them.
    private static let limit = 64

    private var open: [String: Batch] = [:]

    /// The label of the request that the batch of a message answers.
    func label(ofBatchOf message: IRCMessage) -> Int? {
        open.isEmpty ? nil : message.tags[.batch].flatMap { open[$0]?.label }
    }

    func isHistory(_ message: IRCMessage) -> Bool {
        open.isEmpty ? false : message.tags[.batch].flatMap { open[$0]?.isHistory } ?? false
    }

    /// Takes a BATCH line. Returns the label whose answer is complete with it.
    mutating func received(_ message: IRCMessage) -> Int? {
        guard let reference = message.parameters.first, let sign = reference.utf8.first else { return nil }
        let name = String(reference.dropFirst())
        if sign == UInt8(ascii: "-") {
            let batch = open.removeValue(forKey: name)
            return batch?.type == "labeled-response" ? batch?.label : nil
        }
        guard sign == UInt8(ascii: "+"), open.count < Batches.limit else { return nil }
        let type = message.parameters.dropFirst().first ?? ""
        open[name] = Batch(
            type: type, label: message.label ?? label(ofBatchOf: message),
            isHistory: isHistory(message) || Batches.historyTypes.contains(type))
        return nil
    }

    private static let historyTypes: Set<String> = ["chathistory", "draft/chathistory", "znc.in/playback"]
}
