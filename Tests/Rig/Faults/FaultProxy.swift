import Foundation
import Glibc
import Synchronization

/// Stands between two programs on loopback, passes bytes through, and does harm where a test wants it: to the XMPP
/// stream, to IRC connections, to requests to a provider and to a provider's calls.
package final class FaultProxy: Sendable {
    struct State: Sendable {
        var links: [Int: FaultLink] = [:]
        var lastLink = 0
        var rules: [FaultRule] = []
        var watchers: [(way: FaultPoint.Way, see: @Sendable ([UInt8]) -> Void)] = []
        var stalled: Set<FaultPoint.Way> = []
        var refuses = false
    }

    /// The port to connect to instead of the server's.
    package let port: Int
    let target: Int
    let state = Mutex(State())
    private let listener: FileDescriptor
    private let name: String
    private let logs: ServerLogs
    /// Whether a client of a server that has gone reads an end instead of a reset.
    let isGentle: Bool

    /// `target` is the port of the server, which need not run yet. `isGentle` is for clients that do not survive a
    /// reset while they write, such as Kannel's smsbox: if their server has gone, the proxy reads their request
    /// before it closes.
    package init(_ name: String, to target: Int, logs: ServerLogs, isGentle: Bool = false) throws {
        self.name = name
        self.isGentle = isGentle
        self.target = target
        self.logs = logs
        port = try Port.free()
        let listener = FileDescriptor(try LineSocket.listen(port: port))
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let handle = accept(listener.number, nil, nil)
                if handle == -1 && errno == EINTR { continue }
                guard handle >= 0, let self else { return }
                self.take(handle)
            }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }

    private func take(_ handle: Int32) {
        let refuses = state.withLock { $0.refuses }
        guard !refuses, let server = try? LineSocket.connect(port: target) else { return turnAway(handle) }
        FaultLink.setNoDelay(handle)
        let number = state.withLock { state in
            state.lastLink += 1
            return state.lastLink
        }
        guard let link = try? FaultLink(client: handle, server: server, of: self) else { return }
        state.withLock { $0.links[number] = link }
        Thread.detachNewThread {
            link.run()
            self.state.withLock { $0.links[number] = nil }
        }
    }
}

extension FaultProxy {
    private func turnAway(_ handle: Int32) {
        guard isGentle else { return FaultLink.reset(handle) }
        Thread.detachNewThread { FaultLink.hearOut(handle) }
    }

    /// Arms a fault, which strikes when its point is reached on any connection, after the point was passed `skip`
    /// times without harm.
    @discardableResult
    package func arm(_ fault: Fault, at point: FaultPoint, skip: Int = 0, times: Int = 1) -> FaultRule {
        let rule = FaultRule(fault, at: point, skip: skip, times: times, owner: "the proxy of \(name)", logs: logs)
        state.withLock { $0.rules.append(rule) }
        return rule
    }

    /// Strikes all open connections now.
    package func strike(_ fault: Fault, _ way: FaultPoint.Way = .outward) {
        for link in state.withLock({ Array($0.links.values) }) { link.order(fault, way) }
    }

    /// Stops reading in that direction, on all present and later connections, until `release`.
    package func stall(_ way: FaultPoint.Way) {
        state.withLock { _ = $0.stalled.insert(way) }
    }

    /// Ends every stall; the held bytes pass.
    package func release() {
        state.withLock { $0.stalled = [] }
        for link in state.withLock({ Array($0.links.values) }) { link.release() }
    }

    /// Whether new connections are reset at once.
    package func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    /// Removes all rules.
    package func disarm() {
        state.withLock { state in
            for rule in state.rules { rule.disarm() }
            state.rules = []
        }
    }

    /// Calls `see` with all bytes of that direction as they are read, on the connection's thread.
    package func watch(_ way: FaultPoint.Way, _ see: @escaping @Sendable ([UInt8]) -> Void) {
        state.withLock { $0.watchers.append((way, see)) }
    }

    /// How many connections are open.
    package var connections: Int { state.withLock { $0.links.count } }

    func isStalled(_ way: FaultPoint.Way) -> Bool { state.withLock { $0.stalled.contains(way) } }

    func rules(_ way: FaultPoint.Way) -> [FaultRule] {
        state.withLock { $0.rules.filter { $0.point.way == way } }
    }

    func seen(_ bytes: [UInt8], _ way: FaultPoint.Way) {
        for watcher in state.withLock({ $0.watchers }) where watcher.way == way { watcher.see(bytes) }
    }
}
