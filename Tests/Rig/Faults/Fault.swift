import Synchronization

/// The harm that a `FaultProxy` does to a connection. A fault with a direction acts on the direction of its point.
package enum Fault: Sendable {
    /// Both sides see a reset (RST).
    case cut
    /// Both sides see an end (FIN).
    case close
    /// The receiver of this direction sees an end; the other direction goes on.
    case halfClose
    /// Nothing more is read in this direction until `FaultProxy.release`, so that the sender's buffers fill up.
    case stall
    /// The next bytes in this direction wait for that time, once.
    case delay(Duration)
    /// The next bytes in this direction are passed one at a time, with that pause between them.
    case drip(every: Duration)
    /// Calls the closure at exactly that point, before the next byte passes. The closure runs on the connection's
    /// thread, so it must not wait.
    case call(@Sendable () -> Void)
}

/// A fault that strikes when its point is reached, on any connection of a proxy.
package final class FaultRule: Sendable {
    let point: FaultPoint
    let fault: Fault
    private let strikes: Mailbox<String>
    private let state: Mutex<(skip: Int, left: Int)>

    init(_ fault: Fault, at point: FaultPoint, skip: Int, times: Int, owner: String, logs: ServerLogs) {
        self.fault = fault
        self.point = point
        state = Mutex((skip, times))
        strikes = Mailbox(owner: owner, logs: logs)
    }

    /// Whether the fault strikes at this occurrence of its point.
    func claim() -> Bool {
        state.withLock { state in
            if state.skip > 0 {
                state.skip -= 1
                return false
            }
            state.left -= 1
            return state.left >= 0
        }
    }

    func hasStruck() { strikes.receive("\(fault)") }

    /// Disables the fault: it does not strike any more.
    package func disarm() { state.withLock { $0.left = 0 } }

    /// Returns when the fault has struck once more.
    package func struck(within limit: Duration = .patience) async throws {
        _ = try await strikes.first("the fault \(fault) at \(point)", within: limit) { _ in true }
    }
}
