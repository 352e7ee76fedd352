import Glibc
import Synchronization

/// One connection through a `FaultProxy`, on a thread of its own, which alone touches its two sockets.
final class FaultLink: Sendable {
    private enum Order: Sendable {
        case strike(Fault, FaultPoint.Way)
        case release
    }

    private let client: Int32
    private let server: Int32
    private let proxy: FaultProxy
    private let orders = Mutex<[Order]>([])
    private let wake: (read: FileDescriptor, write: FileDescriptor)

    init(client: Int32, server: Int32, of proxy: FaultProxy) throws {
        self.client = client
        self.server = server
        self.proxy = proxy
        wake = try FileDescriptor.pipe()
        for handle in [client, server, wake.read.number] {
            _ = fcntl(handle, F_SETFL, fcntl(handle, F_GETFL) | O_NONBLOCK)
        }
    }

    func order(_ fault: Fault, _ way: FaultPoint.Way) { post(.strike(fault, way)) }

    func release() { post(.release) }

    private func post(_ order: Order) {
        orders.withLock { $0.append(order) }
        try? wake.write.write(".")
    }

    /// Passes bytes until both sides are done or the connection is broken.
    func run() {
        var lanes = [
            FaultLane(.outward, from: client, to: server), FaultLane(.inward, from: server, to: client),
        ]
        var turn = FaultLane.Turn.goOn
        while turn == .goOn, !lanes.allSatisfy(\.isDone) {
            let now = ContinuousClock.now
            turn = carryOutOrders(&lanes, now: now)
            for index in lanes.indices where turn == .goOn { turn = lanes[index].advance(proxy, now: now) }
            if turn == .goOn && !wait(&lanes, now: now) { turn = .broken }
        }
        end(turn)
    }

    private func carryOutOrders(_ lanes: inout [FaultLane], now: ContinuousClock.Instant) -> FaultLane.Turn {
        for order in orders.withLock({ orders in
            defer { orders = [] }
            return orders
        }) {
            for index in lanes.indices {
                switch order {
                case .release: lanes[index].release()
                case .strike(let fault, let way) where way == lanes[index].way:
                    let turn = lanes[index].apply(fault, now: now)
                    if turn != .goOn { return turn }
                case .strike: break
                }
            }
        }
        return .goOn
    }

    /// Sleeps until bytes can be passed, and reads the available bytes. Returns false if a side has broken off.
    private func wait(_ lanes: inout [FaultLane], now: ContinuousClock.Instant) -> Bool {
        var handles = [client, server].map { pollfd(fd: $0, events: 0, revents: 0) }
        handles.append(pollfd(fd: wake.read.number, events: Int16(POLLIN), revents: 0))
        for (index, lane) in lanes.enumerated() {
            if lane.wantsToRead(proxy) { handles[index].events |= Int16(POLLIN) }
            if lane.wantsToWrite(proxy, now: now) { handles[1 - index].events |= Int16(POLLOUT) }
        }
        // Leave out a side without awaited events. If it has ended, poll(2) would report its end every time.
        for index in lanes.indices where handles[index].events == 0 { handles[index].fd = -1 }
        let pause = lanes.compactMap(\.due).min().map { max(1, Int32((($0 - now).seconds * 1000).rounded(.up))) }
        // Wakes every 20 ms even without an event, because a stall of the whole proxy may have ended.
        guard Glibc.poll(&handles, 3, min(pause ?? 20, 20)) >= 0 || errno == EINTR else { return false }
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = buffer.withUnsafeMutableBytes { read(wake.read.number, $0.baseAddress, $0.count) }
        for index in lanes.indices where handles[index].revents & ~Int16(POLLOUT) != 0 {
            guard lanes[index].wantsToRead(proxy) else { continue }
            guard lanes[index].read(proxy) else { return false }
        }
        return true
    }

    private func end(_ turn: FaultLane.Turn) {
        if turn == .broken && proxy.isGentle {
            Self.hearOut(client)
            return Self.reset(server)
        }
        for handle in [client, server] {
            if turn == .cut || turn == .broken { Self.reset(handle) } else { close(handle) }
        }
    }

    /// Reads the client's request for a short while, and then closes without a reset.
    static func hearOut(_ handle: Int32) {
        _ = fcntl(handle, F_SETFL, fcntl(handle, F_GETFL) & ~O_NONBLOCK)
        var limit = timeval(tv_sec: 0, tv_usec: 300_000)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var chunk = [UInt8](repeating: 0, count: 4096)
        // A request comes in one piece; after it the client waits for the answer.
        _ = chunk.withUnsafeMutableBytes { read(handle, $0.baseAddress, $0.count) }
        shutdown(handle, Int32(SHUT_WR))
        while chunk.withUnsafeMutableBytes({ read(handle, $0.baseAddress, $0.count) }) > 0 {}
        close(handle)
    }

    /// Closes with a reset.
    static func reset(_ handle: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(handle, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(handle)
    }

    static func setNoDelay(_ handle: Int32) {
        var on: Int32 = 1
        setsockopt(handle, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
