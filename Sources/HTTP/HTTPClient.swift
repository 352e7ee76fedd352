import Logging
import Synchronization

/// Sends HTTP requests over one libcurl multi handle that a thread of its own drives.
///
/// What it promises: HTTP/1.1 over `http` and `https` only; certificates are checked against the system's roots;
/// redirects are not followed; no proxy, cookie or password is taken from the environment. Every request is put on the
/// wire **at most once**: libcurl's own second try on a kept connection that broke is refused, because the server may
/// have carried out the first.
///
/// Share one per process. Callers on an event loop hop back to it in their callback.
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
    /// - Parameter done: called exactly once, on the client's thread, where it must not block; or inside this call when
    ///   the request is refused at once (defective, `overloaded`, `shutDown`).
    /// - Returns: what `cancel(_:)` takes.
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

    /// Ends a request early: its callback gets `.cancelled`, as not sent or with unknown outcome. Without effect when
    /// it has ended already.
    package func cancel(_ id: HTTPTransferID) { inbox.cancel(id) }

    /// Fails what is open, refuses what comes, and ends the thread. Does not wait for it.
    ///
    /// - Parameter ended: called once on the client's thread after the last callback; at once if it has ended before.
    package func shutdown(_ ended: (@Sendable () -> Void)? = nil) {
        inbox.close(ended)
        if !isStarted.exchange(true, ordering: .relaxed) { CurlLoop.refuseAll(inbox) }
    }

    /// Who sends nothing has no thread and no libcurl.
    private func startOnce() {
        if !isStarted.exchange(true, ordering: .relaxed) { start() }
    }
}

/// Names one request of one `HTTPClient`; never used twice.
package struct HTTPTransferID: Hashable, Sendable {
    let rawValue: UInt64
}
