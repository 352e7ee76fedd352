/// A message from the network to an account.
package struct InboundMessage: Sendable, Equatable, Codable {
    /// The sender, and the conversation to which the message belongs.
    package enum Origin: Sendable, Equatable, Codable {
        case peer(PeerAddress)
        /// The occupant of a room with this nick. Nil if the room or the network itself sent the message.
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
    /// The network's id of the message; nil if it has none. Later contents name the message by it (as
    /// `Content.reaction` does), and the core recognises a repeat by it. A message of a stored address
    /// (`Delivery.stored`) must have one.
    package var id: MessageID?
    /// The time at which the sender sent the message; nil if that is now.
    package let sentAt: Timestamp?
    /// Whether the account itself has sent the message, by another program that shares its connection or its nick. The
    /// origin is then the conversation: the room with the account's nick, or the person who receives the message.
    package var isOwn: Bool { mark == .own }
    /// Whether the sender of a message for a stored address allows further messages; nil if the message does not say
    /// that. A message of the account itself has no consent, and ignores a new value.
    package var consent: Consent? {
        get {
            switch mark {
            case .withdrawn: .withdrawn
            case .given: .given
            case .own, .plain: nil
            }
        }
        set {
            guard mark != .own else { return }
            mark = newValue.map { $0 == .withdrawn ? .withdrawn : .given } ?? .plain
        }
    }

    /// `isOwn` and `consent` in one byte, so that events stay small: they are moved on the message path.
    private var mark: Mark

    private enum Mark: Sendable, Codable { case plain, own, withdrawn, given }

    package init(
        from origin: Origin, displayName: String? = nil, _ content: Content, id: MessageID? = nil,
        sentAt: Timestamp? = nil, isOwn: Bool = false
    ) {
        mark = isOwn ? .own : .plain
        self.origin = origin
        self.displayName = displayName
        self.content = content
        self.id = id
        self.sentAt = sentAt
    }

    /// A message whose content is a text.
    package init(
        from origin: Origin, displayName: String? = nil, text: String, form: Text.Form = .plain, id: MessageID? = nil,
        sentAt: Timestamp? = nil
    ) {
        self.init(
            from: origin, displayName: displayName, .text(Text(text, form: form)), id: id, sentAt: sentAt)
    }
}
