/// What somebody on the network has said or done.
package struct InboundMessage: Sendable, Equatable, Codable {
    package enum Origin: Sendable, Equatable, Codable {
        case peer(PeerAddress)
        /// From an occupant of a room, by nick; nil if the room or the network itself speaks.
        case room(RoomAddress, nick: String?)

        package var address: Address {
            switch self {
            case .peer(let peer): .peer(peer)
            case .room(let room, nick: _): .room(room)
            }
        }
    }

    package let origin: Origin
    /// The sender's name as people see it (a nick with its capitals, a number).
    package let displayName: String?
    package let content: Content
    /// The network's name for it, if it has one. Later contents refer to it (`Content.reaction` …), and a repeat is
    /// recognised by it. Required of a stored address.
    package let id: MessageID?
    /// When it was said, if that is not now.
    package let sentAt: Timestamp?

    package init(
        from origin: Origin, displayName: String? = nil, _ content: Content, id: MessageID? = nil,
        sentAt: Timestamp? = nil
    ) {
        self.origin = origin
        self.displayName = displayName
        self.content = content
        self.id = id
        self.sentAt = sentAt
    }

    package init(
        from origin: Origin, displayName: String? = nil, text: String, form: Text.Form = .plain, id: MessageID? = nil,
        sentAt: Timestamp? = nil
    ) {
        self.init(
            from: origin, displayName: displayName, .text(Text(text, form: form)), id: id, sentAt: sentAt)
    }
}
