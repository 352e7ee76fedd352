/// Status codes in room presence (XEP-0045 §15.6.2).
enum RoomStatus: Int {
    /// The presence is about its recipient.
    case selfPresence = 110
    /// The properties of the room have changed.
    case configurationChanged = 104
    /// The recipient's entry has created the room.
    case roomCreated = 201
    /// The recipient has another nick than the one it asked for.
    case nickModified = 210
    /// The occupant was banned.
    case banned = 301
    /// The occupant changes the nick.
    case nickChanged = 303
    /// The occupant was kicked.
    case kicked = 307
    /// The recipient is out of the room, because the gateway shuts down.
    case shutdown = 332
    /// The recipient is out of the room, because of a technical problem. It may enter the room again.
    case technicalProblem = 333
}
