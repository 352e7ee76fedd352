import GatewayKit

/// A request that lines were made for, until it has its outcome. An object, because its lines share it; only the
/// `Outbox` it belongs to changes it.
final class OpenRequest {
    /// Nil for what we wanted ourselves, such as entering a room again.
    let id: RequestID?
    let kind: RequestKind
    let target: FoldedName
    /// For a kick, who: an error may name either.
    let person: FoldedName?
    /// Nobody is shown that the network has it, so the proof may come a little later, for many lines at once.
    let isPatient: Bool
    /// Lines that are waiting or in flight; 0 when it has its outcome.
    var unsettled: Int
    var wasWritten = false
    /// Lines that the network has taken.
    var confirmed = 0
    var messageID: MessageID?

    init(
        _ id: RequestID?, _ kind: RequestKind, target: FoldedName, person: FoldedName?, isPatient: Bool, lines: Int
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.person = person
        self.isPatient = isPatient
        unsettled = lines
    }
}
