import Basics
import NIOCore

/// The subnets from which a verified call has come lately. When the memory is full, the subnet whose last verified
/// call is the oldest is forgotten.
struct CallerMemory {
    private let capacity: Int
    private let span: TimeAmount
    private var verified: [IPAddress: NIODeadline] = [:]

    init(capacity: Int, span: Duration) {
        self.capacity = capacity
        self.span = TimeAmount(span)
    }

    /// Remembers a subnet. True if it was not in the memory.
    mutating func remember(_ subnet: IPAddress, now: NIODeadline) -> Bool {
        let isNew = !knows(subnet, now: now)
        verified[subnet] = now
        if verified.count > capacity, let oldest = verified.min(by: { $0.value < $1.value }) {
            verified[oldest.key] = nil
        }
        return isNew
    }

    func knows(_ subnet: IPAddress, now: NIODeadline) -> Bool { verified[subnet].map { now - $0 < span } ?? false }
}
