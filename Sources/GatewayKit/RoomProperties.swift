/// The properties of a room that decide who can find it, enter it and speak in it.
package struct RoomProperties: OptionSet, Hashable, Sendable, Codable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Only occupants with a rank may speak.
    package static let moderated = RoomProperties(rawValue: 1)
    /// Only people who have been invited or are on a list may enter.
    package static let membersOnly = RoomProperties(rawValue: 2)
    /// Only people who give the password may enter.
    package static let passwordProtected = RoomProperties(rawValue: 4)
    /// The network does not list the room.
    package static let hidden = RoomProperties(rawValue: 8)
    /// Only occupants with a rank may change the topic.
    package static let topicLocked = RoomProperties(rawValue: 16)
    /// The room continues to exist when the last occupant has left.
    package static let persistent = RoomProperties(rawValue: 32)
}
