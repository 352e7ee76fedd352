/// Status codes in room presence (XEP-0045 §15.6.2).
enum RoomStatus: Int {
    /// The presence is about its recipient.
    case selfPresence = 110
    /// The recipient has another nick than the one it asked for.
    case nickModified = 210
    /// The occupant changes the nick.
    case nickChanged = 303
    /// The occupant was kicked.
    case kicked = 307
    /// The recipient is out of the room, because the service shuts down or the network's session has ended.
    case shutdown = 332
}
