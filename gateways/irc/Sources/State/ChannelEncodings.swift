import Basics
import GatewayKit

/// The encodings that a user has chosen for single channels. They take precedence over those of the network.
struct ChannelEncodings: Sendable {
    /// The encoding of the lines that we write to a channel.
    enum Outgoing: Sendable, Equatable {
        case utf8
        case other(TextEncoding)
    }

    private struct Choice {
        let incoming: TextEncoding?
        let outgoing: Outgoing?
    }

    /// By the channels' names with A–Z in lower case.
    private var choices: [String: Choice] = [:]

    init(_ settings: [RoomAddress: [String: String]]) {
        for (room, values) in settings { set(values, for: room) }
    }

    var isEmpty: Bool { choices.isEmpty }

    /// Replaces the choice for a channel.
    mutating func set(_ settings: [String: String], for room: RoomAddress) {
        let incoming = settings[RoomField.incoming.rawValue].flatMap { TextEncoding($0) }
        let outgoing = settings[RoomField.outgoing.rawValue].flatMap(RoomField.outgoing)
        guard incoming != nil || outgoing != nil else {
            choices[room.name] = nil
            return
        }
        choices[room.name] = Choice(incoming: incoming, outgoing: outgoing)
    }

    /// The encoding that was chosen for the channel of a line from the server; nil if there is none. The channel is the
    /// first parameter that is the name of one with a choice.
    ///
    /// - Parameter line: without its tags, in any encoding that contains ASCII.
    func incoming(_ line: UnsafeRawBufferPointer) -> TextEncoding? {
        guard !choices.isEmpty else { return nil }
        for (index, word) in line.split(separator: UInt8(ascii: " "), maxSplits: 8).enumerated() {
            if word.first == UInt8(ascii: ":"), index > 0 { return nil }
            if let choice = choices[IRCRules.canonical(String(decoding: word, as: UTF8.self))] {
                return choice.incoming
            }
        }
        return nil
    }

    /// The encoding that was chosen for the channel of a line that we write; nil if there is none.
    func outgoing(_ line: OutboundLine) -> Outgoing? {
        guard !choices.isEmpty, let target = line.target else { return nil }
        return choices[IRCRules.canonical(target)]?.outgoing
    }

    /// The encoding that was chosen for the lines that we write to a channel; nil if there is none.
    func outgoing(to room: RoomAddress) -> Outgoing? { choices[room.name]?.outgoing }
}

/// A field of a user's own settings for a channel. The names are those that users of other gateways know.
enum RoomField: String, CaseIterable, Sendable {
    case incoming = "encoding_in"
    case outgoing = "encoding_out"

    var formField: FormField { FormField(rawValue, label: label) }

    private var label: String {
        switch self {
        case .incoming: "Character set of texts that are not UTF-8, such as iso-8859-15; empty for the network's"
        case .outgoing: "Character set of the texts that you write, such as utf-8; empty for the network's"
        }
    }

    /// Checks the value. Returns it as it is kept.
    func check(_ text: String) throws(Failure) -> String {
        guard self == .incoming ? TextEncoding(text) != nil : Self.outgoing(text) != nil else {
            throw Failure(
                .notAcceptable, "'\(text)' is not a known character set that contains ASCII, such as iso-8859-15.")
        }
        return text.lowercased()
    }

    fileprivate static func outgoing(_ text: String) -> ChannelEncodings.Outgoing? {
        if ["utf-8", "utf8"].contains(text.lowercased()) { return .utf8 }
        return TextEncoding(text).map { .other($0) }
    }
}
