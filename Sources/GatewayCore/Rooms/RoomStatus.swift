/// Status codes in room presence (XEP-0045 §15.6.2).
enum RoomStatus: Int {
    /// This presence is about yourself.
    case selfPresence = 110
    /// The service has given you another nick than you wanted.
    case nickModified = 210
    /// The occupant goes by another nick from now on.
    case nickChanged = 303
    case kicked = 307
    /// You are out because the service is going away.
    case shutdown = 332
}
