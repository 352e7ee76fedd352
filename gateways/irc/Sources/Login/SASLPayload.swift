import Foundation

/// The messages of an exchange as lines `AUTHENTICATE`: base64 in pieces of 400 bytes. A message whose text ends with a
/// whole piece, or that is empty, ends with `+` (IRCv3 sasl-3.1, "The AUTHENTICATE Command").
struct SASLPayload: Sendable {
    static let pieceLength = 400
    /// The number of bytes of text of one message that are taken from a server.
    static let limit = 8_000

    /// The result of adding a piece.
    enum Part: Equatable, Sendable {
        /// The message is not complete.
        case more
        /// The message is complete.
        case message([UInt8])
        case malformed
    }

    private var text = ""

    /// Adds one piece.
    mutating func add(_ piece: String) -> Part {
        if piece != "+" { text += piece }
        guard text.utf8.count <= Self.limit, piece.utf8.count <= Self.pieceLength else { return .malformed }
        guard piece.utf8.count < Self.pieceLength else { return .more }
        defer { text = "" }
        guard let bytes = Data(base64Encoded: text) else { return .malformed }
        return .message(Array(bytes))
    }

    /// Makes the lines of a message of ours.
    static func lines(_ message: [UInt8]) -> [OutboundLine] {
        var rest = Data(message).base64EncodedString()[...]
        var lines: [OutboundLine] = []
        while rest.utf8.count >= pieceLength {
            lines.append(line(String(rest.prefix(pieceLength))))
            rest = rest.dropFirst(pieceLength)
        }
        return lines + [line(rest.isEmpty ? "+" : String(rest))]
    }

    /// Makes a line that is not part of a message: the name of a mechanism, or `*`, which aborts.
    static func line(_ word: String) -> OutboundLine {
        OutboundLine(.authenticate, trailing: TrailingParameter(word))
    }
}
