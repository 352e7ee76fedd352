import NIOCore

/// Whether the lines that were written since the last fence want another: at once, or when enough of them share it.
struct FenceDemand: Sendable {
    /// How long patient lines wait for others to share their fence, and how many do at most.
    static let sharing = TimeAmount.seconds(1)
    static let limit = 16

    private var isUrgent = false
    private var patient = 0
    /// When the first of the patient lines was written.
    private(set) var oldestPatient: NIODeadline?

    /// A line of that request has been written that is proved so. Echoes and labelled answers come by themselves, but of a topic and
    /// a goodbye there is no echo to wait for.
    mutating func add(_ request: OpenRequest, _ proof: Outbox.Proof, now: NIODeadline) {
        guard !request.kind.needsEvent else { return }
        switch proof {
        case .label: break
        case .echo where request.kind.isEchoed: break
        case .fence where request.isPatient:
            patient += 1
            if oldestPatient == nil { oldestPatient = now }
        case .echo, .fence: isUrgent = true
        }
    }

    func isDue(now: NIODeadline) -> Bool {
        isUrgent || patient >= Self.limit || oldestPatient.map { now >= $0 + Self.sharing } ?? false
    }
}
