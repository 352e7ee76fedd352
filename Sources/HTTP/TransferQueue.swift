/// The requests that wait for a transfer, in order for each server. It limits the transfers to each server, so that a
/// slow server does not take them all.
struct TransferQueue {
    private struct Line {
        var ids: ArraySlice<UInt64> = []
        var active = 0
        /// Whether the server is in `turns`.
        var hasTurn = false
    }

    private let perServer: Int
    private var jobs: [UInt64: CurlJob] = [:]
    private var lines: [String: Line] = [:]
    /// Servers that may have a request to start. They take turns in this order.
    private var turns: ArraySlice<String> = []

    /// - Parameter perServer: the largest number of transfers to one server at one time.
    init(perServer: Int) { self.perServer = max(1, perServer) }

    mutating func add(_ job: CurlJob) {
        jobs[job.id] = job
        lines[job.server, default: Line()].ids.append(job.id)
        grantTurn(job.server)
    }

    /// Removes and returns the next request to start. Its transfer counts until `ended(_:)`.
    mutating func next() -> CurlJob? {
        while let server = turns.popFirst() {
            lines[server]?.hasTurn = false
            guard let job = popFirst(server) else { continue }
            lines[server]?.active += 1
            grantTurn(server)
            return job
        }
        return nil
    }

    /// Notes that the transfer of a request from `next()` is over.
    mutating func ended(_ job: CurlJob) {
        lines[job.server]?.active -= 1
        guard let line = lines[job.server] else { return }
        if line.active == 0, line.ids.isEmpty {
            lines[job.server] = nil
        } else {
            grantTurn(job.server)
        }
    }

    /// The number of servers with a request that waits or is being transferred.
    var servers: Int { lines.count }

    /// Removes and returns a waiting request; nil if no request of that id waits.
    mutating func remove(_ id: UInt64) -> CurlJob? { jobs.removeValue(forKey: id) }

    mutating func removeAll() -> [CurlJob] {
        defer { self = TransferQueue(perServer: perServer) }
        return jobs.values.sorted { $0.id < $1.id }
    }

    private mutating func popFirst(_ server: String) -> CurlJob? {
        while let id = lines[server]?.ids.popFirst() {
            if let job = jobs.removeValue(forKey: id) { return job }
        }
        if lines[server]?.active == 0 { lines[server] = nil }
        return nil
    }

    private mutating func grantTurn(_ server: String) {
        guard let line = lines[server], !line.hasTurn, !line.ids.isEmpty, line.active < perServer else { return }
        lines[server]?.hasTurn = true
        turns.append(server)
    }
}

extension CurlJob {
    /// The server of a request: scheme, host and port as the URL writes them.
    var server: String {
        let afterScheme = request.url.firstRange(of: "://")?.upperBound ?? request.url.startIndex
        return String(
            request.url[..<(request.url[afterScheme...].firstIndex { "/?#".contains($0) } ?? request.url.endIndex)])
    }
}
