import CCurl
import Foundation
import Logging

/// The thread behind `HTTPClient`: it alone touches the multi handle, the easy handles and the transfers.
final class CurlLoop {
    private let multi: CurlMulti
    private let inbox: CurlInbox
    private let limits: HTTPClientLimits
    private let userAgent: String
    private let logger: Logger

    private var queue: TransferQueue
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var handles: [UInt64: UnsafeMutableRawPointer] = [:]
    private var pool: [UnsafeMutableRawPointer] = []

    private init(multi: CurlMulti, inbox: CurlInbox, limits: HTTPClientLimits, userAgent: String, logger: Logger) {
        self.multi = multi
        self.inbox = inbox
        self.limits = limits
        queue = TransferQueue(perServer: limits.transfersPerServer)
        self.userAgent = userAgent
        self.logger = logger
    }

    /// Starts the thread. It ends after `inbox` was closed.
    static func detach(inbox: CurlInbox, limits: HTTPClientLimits, userAgent: String, logger: Logger) {
        let thread = Thread {
            let problem = CurlMulti.libraryProblem
            guard problem == nil, let multi = CurlMulti() else {
                logger.critical(
                    "no HTTP request can be sent: libcurl cannot be used",
                    metadata: ["reason": "\(problem ?? "no memory")"])
                return refuseAll(inbox)
            }
            inbox.attach(multi)
            CurlLoop(multi: multi, inbox: inbox, limits: limits, userAgent: userAgent, logger: logger).run()
        }
        thread.name = "http-client"
        thread.start()
    }

    /// Fails all commands of an inbox that has no running loop.
    static func refuseAll(_ inbox: CurlInbox) {
        inbox.close(nil)
        for case .add(let job) in inbox.drain().commands { job.done(.failure(.notSent(.shutDown))) }
        inbox.closed().forEach { $0() }
    }

    private func run() {
        Self.blockBrokenPipeSignal()
        multi.keepConnections(min(limits.transfersInFlight, 2 * limits.transfersPerServer))
        while true {
            let (commands, isClosing) = inbox.drain()
            commands.forEach(take)
            if isClosing { break }
            startWaiting()
            multi.perform()
            if !finishDone() { multi.poll(milliseconds: active.isEmpty ? 60_000 : 1_000) }
        }
        failAll()
        pool.forEach { ccurl_easy_cleanup($0) }
        let ended = inbox.closed()
        multi.free()
        ended.forEach { $0() }
    }

    /// libcurl with OpenSSL may write to a closed connection. On this thread that must give an error code and not a
    /// signal.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func take(_ command: CurlInbox.Command) {
        switch command {
        case .add(let job): queue.add(job)
        case .cancel(let id):
            if let job = queue.remove(id) {
                answer(job, .failure(.notSent(.cancelled)))
            } else if let easy = handles[id] {
                end(easy, with: .cancelled)
            }
        }
    }

    /// Starts waiting requests while there are free transfers.
    private func startWaiting() {
        while active.count < limits.transfersInFlight, let job = queue.next() {
            if ContinuousClock.now - job.since > limits.totalTimeout {
                queue.ended(job)
                answer(job, .failure(.notSent(.overloaded)))
            } else {
                start(job)
            }
        }
    }

    private func start(_ job: CurlJob) {
        guard let easy = pool.popLast() ?? ccurl_easy_init() else {
            queue.ended(job)
            return answer(job, .failure(.notSent(.overloaded)))
        }
        let transfer = CurlTransfer(job, limits: limits)
        guard transfer.prepare(easy, userAgent: userAgent), multi.add(easy) else {
            recycle(easy)
            queue.ended(job)
            return answer(job, .failure(.notSent(.invalidRequest("libcurl refused an option"))))
        }
        active[easy] = transfer
        handles[job.id] = easy
    }

    /// Answers all transfers that have ended. True if there was one, so that the next request can be started.
    private func finishDone() -> Bool {
        var isProgress = false
        while let (easy, code) = multi.nextDone() {
            guard let transfer = remove(easy) else { continue }
            answer(transfer.job, transfer.result(code, easy))
            recycle(easy)
            isProgress = true
        }
        return isProgress
    }

    private func end(_ easy: UnsafeMutableRawPointer, with reason: HTTPFailureReason) {
        guard let transfer = remove(easy) else { return }
        answer(transfer.job, .failure(transfer.failure(reason)))
        recycle(easy)
    }

    private func failAll() {
        for easy in Array(active.keys) { end(easy, with: .shutDown) }
        for job in queue.removeAll() { answer(job, .failure(.notSent(.shutDown))) }
    }

    private func remove(_ easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        multi.remove(easy)
        guard let transfer = active.removeValue(forKey: easy) else { return nil }
        handles[transfer.job.id] = nil
        queue.ended(transfer.job)
        return transfer
    }

    /// Keeps the handle for the next transfer, without the options of this one, which hold secrets.
    private func recycle(_ easy: UnsafeMutableRawPointer) {
        ccurl_easy_reset(easy)
        pool.append(easy)
    }

    private func answer(_ job: CurlJob, _ result: Result<HTTPResponse, HTTPFailure>) {
        inbox.answered()
        logger.debug("http request ended", metadata: describe(job, result))
        job.done(result)
    }

    private func describe(_ job: CurlJob, _ result: Result<HTTPResponse, HTTPFailure>) -> Logger.Metadata {
        let outcome =
            switch result {
            case .success(let response): "\(response.status)"
            case .failure(let failure): "\(failure)"
            }
        return [
            "method": "\(job.request.method.rawValue)", "outcome": "\(outcome)",
            "took": "\(ContinuousClock.now - job.since)",
        ]
    }
}
