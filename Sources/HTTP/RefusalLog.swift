import Logging
import NIOCore
import Synchronization

/// Reports refused callers to the operator without letting them fill the log. Within a minute it reports the first
/// refusal of each address, for at most ten addresses. At the end of the minute it reports the number of the other
/// refusals.
package final class RefusalLog: Sendable {
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let pace = Mutex(RefusalPace())

    /// - Parameter eventLoop: runs the timer of the minute.
    package init(logger: Logger, eventLoop: any EventLoop) {
        self.logger = logger
        self.eventLoop = eventLoop
    }

    /// Writes a record about a refused caller, with the address under `from`, if the pace allows one. Call it from any
    /// thread.
    package func refused(_ message: Logger.Message, from address: String, metadata: Logger.Metadata) {
        let turn = pace.withLock { $0.turn(of: address) }
        if turn.isFirst {
            eventLoop.scheduleTask(in: RefusalPace.window) { [self] in endWindow(message) }
        }
        guard turn.isTold else { return }
        logger.warning(message, metadata: metadata.merging(["from": "\(address)"]) { $1 })
    }

    private func endWindow(_ message: Logger.Message) {
        let untold = pace.withLock { $0.endWindow() }
        guard untold > 0 else { return }
        logger.warning(
            message, metadata: ["more": "\(untold)", "why": "other refusals in the last minute, only counted"])
    }
}

/// Decides which refusals are reported one by one.
struct RefusalPace {
    static let window = TimeAmount.minutes(1)
    static let mostTold = 10

    private var told: Set<String> = []
    private var untold = 0
    private var isOpen = false

    /// Whether to report a refusal of that address. If `isFirst` is true a window has begun, and the caller ends it
    /// after `window`.
    mutating func turn(of address: String) -> (isTold: Bool, isFirst: Bool) {
        let isFirst = !isOpen
        isOpen = true
        let isTold = told.count < Self.mostTold && told.insert(address).inserted
        if !isTold { untold += 1 }
        return (isTold, isFirst)
    }

    /// Ends the window, and returns how many refusals were not reported in it.
    mutating func endWindow() -> Int {
        defer { self = RefusalPace() }
        return untold
    }
}
