import Foundation
import NIOCore

/// The resolver's thread. It alone uses the queue and the queries, and calls back on this thread.
final class ResolverLoop {
    private let inbox: LookUpInbox
    private let settings: DNSQuery.Settings
    private var queue: LookUpQueue
    private var queries: [LookUpQueue.Query: DNSQuery] = [:]
    private var jobs: [UInt64: LookUpInbox.Job] = [:]
    /// The end of a pipe that becomes readable when there is something in the inbox; nil if there is no pipe.
    private var wakeUp: CInt?

    private init(_ inbox: LookUpInbox, _ settings: DNSQuery.Settings) {
        self.inbox = inbox
        self.settings = settings
        queue = LookUpQueue(settings.limits)
    }

    /// Starts the thread. It ends after `inbox` was closed.
    static func detach(_ inbox: LookUpInbox, _ settings: DNSQuery.Settings) {
        let thread = Thread { ResolverLoop(inbox, settings).run() }
        thread.name = "resolver"
        thread.start()
    }

    private func run() {
        Self.blockBrokenPipeSignal()
        while true {
            wakeUp = wakeUp ?? inbox.open()
            let (commands, isClosing) = inbox.drain()
            for command in commands { take(command) }
            if isClosing { break }
            startNext()
            // Names that are answered at once, from `/etc/hosts`, make room for others, so there is no need to wait.
            if !finishEnded() { wait() }
        }
        queries = [:]
        for job in jobs.values { job.answer(.failure(.lookUpFailed(host: job.name, .cancelled))) }
        jobs = [:]
        for ended in inbox.closed() { ended() }
    }

    /// c-ares may write to a connection that a name server has closed. On this thread that must give an error code and
    /// not a signal.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func take(_ command: LookUpInbox.Command) {
        switch command {
        case .add(let job):
            if queue.add(job.id, LookUpQueue.Query(job.name, for: job.requester), for: job.requester) {
                jobs[job.id] = job
            } else {
                job.answer(.failure(.lookUpFailed(host: job.name, .tooMany)))
            }
        case .cancel(let id):
            if let query = queue.cancel(id) { queries[query] = nil }
            guard let job = jobs.removeValue(forKey: id) else { return }
            job.answer(.failure(.lookUpFailed(host: job.name, .cancelled)))
        }
    }

    private func startNext() {
        while let query = queue.next() { queries[query] = DNSQuery(query, settings, now: .now()) }
    }

    /// Answers all queries that have ended. True if there was one, so that its place can be filled.
    private func finishEnded() -> Bool {
        let ended = queries.compactMap { query, state in state.outcome.map { (query, $0) } }
        for (query, outcome) in ended {
            queries[query] = nil
            for id in queue.ended(query, isTemporary: outcome.isTemporaryFailure) {
                jobs.removeValue(forKey: id)?.answer(outcome)
            }
        }
        return !ended.isEmpty
    }

    /// Waits for an answer of a name server, for the end of a name server's time, or for the inbox.
    private func wait() {
        let now = NIODeadline.now()
        var files: [pollfd] = []
        var owners: [DNSQuery?] = []
        if let wakeUp {
            files.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
            owners.append(nil)
        }
        // Without a pipe (the process has reached its limit of open files) the inbox is polled every 20 ms.
        var time = wakeUp == nil ? TimeAmount.milliseconds(20) : .minutes(1)
        for query in queries.values {
            time = min(time, query.timeUntilTimer(now: now))
            for (socket, events) in query.sockets {
                files.append(pollfd(fd: socket, events: events, revents: 0))
                owners.append(query)
            }
        }
        // One millisecond more than needed, so that the thread never wakes before a timer is due.
        let milliseconds = CInt(clamping: time.nanoseconds / 1_000_000 + 1)
        if poll(&files, nfds_t(files.count), milliseconds) > 0 {
            for (file, owner) in zip(files, owners) where file.revents != 0 { owner?.process(file.fd, file.revents) }
        }
        let later = NIODeadline.now()
        for query in queries.values { query.processTimers(now: later) }
    }
}

extension Result<[SocketAddress], DialError> {
    fileprivate var isTemporaryFailure: Bool {
        if case .failure(.lookUpFailed) = self { true } else { false }
    }
}
