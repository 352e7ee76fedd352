import Logging
import Synchronization

/// Sends HTTP requests over one libcurl multi handle, which a thread of its own drives.
///
/// It speaks HTTP/1.1 over `http` and `https` only. It checks certificates against the system's roots, follows no
/// redirects, and takes no proxy, cookie or password from the environment. It writes every request to the network **at
/// most once**: if a kept connection breaks, libcurl may not try again, because the server may have carried out the
/// request already.
///
/// Share one client per process. A caller on an event loop hops back to the loop in its callback.
package final class HTTPClient: Sendable {
    private let inbox: CurlInbox
    private let isStarted = Atomic(false)
    private let start: @Sendable () -> Void

    /// - Parameter userAgent: the `User-Agent` of requests that set none.
    package init(limits: HTTPClientLimits = HTTPClientLimits(), userAgent: String = "martlet", logger: Logger) {
        let inbox = CurlInbox(limit: limits.transfersInFlight + limits.waitingRequests)
        self.inbox = inbox
        start = { CurlLoop.detach(inbox: inbox, limits: limits, userAgent: userAgent, logger: logger) }
    }

    deinit { inbox.close(nil) }

    /// Sends a request as soon as a transfer is free.
    ///
    /// - Parameter done: called exactly once, on the client's thread, where it must not block. If the request is
    ///   refused at once (defective, `overloaded`, `shutDown`), `done` is called inside this function.
    /// - Returns: the id for `cancel(_:)`.
    @discardableResult
    package func send(
        _ request: HTTPRequest, _ done: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
    ) -> HTTPTransferID {
        if let defect = request.defect {
            done(.failure(.notSent(.invalidRequest(defect))))
            return HTTPTransferID(rawValue: 0)
        }
        let id = inbox.add(request, done)
        startOnce()
        return id
    }

    /// Ends a request early: its callback gets `.cancelled`, as not sent or with unknown outcome. Has no effect if the
    /// request has ended already.
    package func cancel(_ id: HTTPTransferID) { inbox.cancel(id) }

    /// Fails all open requests, refuses new ones, and ends the thread. Does not wait for the end.
    ///
    /// - Parameter ended: called once on the client's thread after the last callback; called at once if the thread has
    ///   ended already.
    package func shutdown(_ ended: (@Sendable () -> Void)? = nil) {
        inbox.close(ended)
        if !isStarted.exchange(true, ordering: .relaxed) { CurlLoop.refuseAll(inbox) }
    }

    /// Starts the thread with the first request: a client that sends nothing has no thread and does not load libcurl.
    private func startOnce() {
        if !isStarted.exchange(true, ordering: .relaxed) { start() }
    }
}

/// Names one request of one `HTTPClient`; never used twice.
package struct HTTPTransferID: Hashable, Sendable {
    let rawValue: UInt64
}
