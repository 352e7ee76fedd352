import Basics
import GatewayKit

/// Texts in another encoding than UTF-8, which cannot hold every character.
extension IRCSession {
    /// Whether lines may be written in another encoding than UTF-8.
    private var mayEncode: Bool { network.outgoingEncoding != nil || !encodings.isEmpty }

    /// The encoding to write a line in; nil for UTF-8.
    func encoding(of line: OutboundLine) -> TextEncoding? { mayEncode ? encoding(of: encodings.outgoing(line)) : nil }

    private func encoding(of choice: ChannelEncodings.Outgoing?) -> TextEncoding? {
        guard client?.support.isUTF8Only != true else { return nil }
        return switch choice {
        case .utf8: nil
        case .other(let encoding): encoding
        case nil: network.outgoingEncoding
        }
    }

    /// Refuses a request with a text that the encoding of its channel or network cannot hold. Otherwise others would read
    /// question marks, and the user would not know. Returns whether it was refused.
    func refusedAsUnwritable(_ request: Request) -> Bool {
        guard mayEncode, let (text, room) = request.action.writtenText, !text.isPlainASCII,
            let encoding = encoding(of: room.flatMap(encodings.outgoing(to:)))
        else { return false }
        let missing = encoding.missing(in: text)
        guard !missing.isEmpty else { return false }
        let shown = missing.prefix(10).map(String.init).joined(separator: " ")
        let place = room?.name ?? network.id.rawValue
        let words = "\(place) takes texts in \(encoding.name), which cannot hold: \(shown). Nothing was sent."
        fail(request, Failure(.notAcceptable, words))
        return true
    }
}

extension Request.Action {
    /// The text of the user that is written to the network and that others read, and its channel. Nil if there is none.
    /// The reasons of a departure and of an absence are left out: nobody waits for their outcome.
    fileprivate var writtenText: (text: String, room: RoomAddress?)? {
        let room = address?.room
        return switch self {
        case .send(.text(let text), to: _): (text.body, room)
        case .send(.file(let file), to: _): (file.asText.body, room)
        case .room(_, .topic(let text)): (text, room)
        case .room(_, .kick(nick: _, reason: let reason?)): (reason, room)
        case .changeNick(let nick): (nick, nil)
        case .ask(.raw(let text)), .ask(.command(let text, at: _)): (text, room)
        default: nil
        }
    }
}

extension Address {
    /// The room, if the address is one.
    fileprivate var room: RoomAddress? { if case .room(let room) = self { room } else { nil } }
}
