import Logging
import NIOCore
import Synchronization

/// Tells the operator of refused callers, without letting them fill the log: within a minute the first refusal of an
/// address, and of at most ten addresses; how many more there were is told at the end of the minute.
package final class RefusalLog: Sendable {
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let pace = Mutex(RefusalPace())

    /// - Parameter eventLoop: for the timer.
    package init(logger: Logger, eventLoop: any EventLoop) {
        self.logger = logger
        self.eventLoop = eventLoop
    }

    /// Writes the record, with the address under `from`, if it is its turn. From any thread.
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
            message, metadata: ["more": "\(untold)", "why": "not told one by one in the last minute"])
    }
}

/// Which refusals are told one by one.
struct RefusalPace {
    static let window = TimeAmount.minutes(1)
    static let mostTold = 10

    private var told: Set<String> = []
    private var untold = 0
    private var isOpen = false

    /// `isFirst` opens a window, which the caller ends after `window`.
    mutating func turn(of address: String) -> (isTold: Bool, isFirst: Bool) {
        let isFirst = !isOpen
        isOpen = true
        let isTold = told.count < Self.mostTold && told.insert(address).inserted
        if !isTold { untold += 1 }
        return (isTold, isFirst)
    }

    /// How many were not told.
    mutating func endWindow() -> Int {
        defer { self = RefusalPace() }
        return untold
    }
}
