import NIOCore

/// Decides when a fence is due for the lines that were written since the last one. Urgent lines need it at once;
/// patient lines wait until several can share one.
struct FenceDemand: Sendable {
    /// How long a patient line waits for other lines to share its fence.
    static let sharing = TimeAmount.seconds(1)
    /// The number of patient lines that make a fence due.
    static let limit = 16

    private var isUrgent = false
    private var patient = 0
    /// When the first of the patient lines was written.
    private(set) var oldestPatient: NIODeadline?

    /// Counts a written line of a request. `proof` says how the network proves lines now. Lines with a label or an echo
    /// need no fence. TOPIC and PART have no echo, so without labels they do need one.
    mutating func add(_ request: OpenRequest, _ proof: Outbox.Proof, now: NIODeadline) {
        guard !request.kind.needsEvent else { return }
        switch proof {
        case .label: break
        case .echo where request.kind.isEchoed: break
        case .fence where request.canShareFence:
            patient += 1
            if oldestPatient == nil { oldestPatient = now }
        case .echo, .fence: isUrgent = true
        }
    }

    /// Demands a fence at once.
    mutating func urge() { isUrgent = true }

    /// Whether a fence must be written now.
    func isDue(now: NIODeadline) -> Bool {
        isUrgent || patient >= Self.limit || oldestPatient.map { now >= $0 + Self.sharing } ?? false
    }
}
