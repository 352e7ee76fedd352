import CEpoll
import Glibc

/// Waits for sockets that are ready. Each socket is named by the token with which it was added.
final class Poller {
    private let handle = epoll_create1(0)
    private var events = [epoll_event](repeating: epoll_event(), count: 1024)

    deinit { close(handle) }

    func add(_ descriptor: Int32, token: Int) {
        control(EPOLL_CTL_ADD, descriptor, token, EPOLLIN.rawValue)
    }

    /// Asks for events while the socket can be written. They repeat until this is called with false (level-triggered).
    func setWantsToWrite(_ wants: Bool, _ descriptor: Int32, token: Int) {
        control(EPOLL_CTL_MOD, descriptor, token, EPOLLIN.rawValue | (wants ? EPOLLOUT.rawValue : 0))
    }

    func remove(_ descriptor: Int32) { _ = epoll_ctl(handle, EPOLL_CTL_DEL, descriptor, nil) }

    private func control(_ operation: Int32, _ descriptor: Int32, _ token: Int, _ mask: UInt32) {
        var event = epoll_event(events: mask, data: epoll_data(u64: UInt64(token)))
        _ = epoll_ctl(handle, operation, descriptor, &event)
    }

    /// Waits at most `milliseconds`, and calls `handle` for each socket that is ready.
    func wait(milliseconds: Int32, _ handle: (_ token: Int, _ isReadable: Bool, _ isWritable: Bool) throws -> Void)
        rethrows
    {
        let count = epoll_wait(self.handle, &events, Int32(events.count), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let mask = events[index].events
            // Reading the socket will show a hang-up or an error.
            let isReadable = mask & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            try handle(Int(events[index].data.u64), isReadable, mask & EPOLLOUT.rawValue != 0)
        }
    }
}
