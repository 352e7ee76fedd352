import CAres
import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The look-up of one name by c-ares, on a channel of its own. Used on the resolver's thread only.
///
/// A channel for each name costs some file reads, and 80 KB as long as the query lasts. In return each query can be
/// cancelled alone (c-ares cancels all queries of a channel or none), uses a source port of its own, which is harder
/// to spoof, is isolated from other queries, and reads the present `/etc/resolv.conf`.
final class DNSQuery {
    /// The settings of a query.
    struct Settings: Sendable {
        var limits = LookUpLimits()
        /// A file to read instead of `/etc/resolv.conf`.
        var configurationPath: String?
        /// The port of the name servers.
        var port: UInt16 = 53
        /// The families to ask for; nil for those of which this machine has addresses.
        var families: AddressFamilies?

        /// How long the first name server has for the first try. The next try goes to the next server. When all
        /// servers have been asked, a try has twice the time. `LookUpLimits.time` limits the whole query.
        var firstTry = Duration.seconds(2)
        static let tries: CInt = 3
    }

    /// The results from c-ares, which keeps a pointer to this object until its channel is destroyed.
    private final class Report {
        var outcome: (status: CInt, addresses: [SocketAddress])?
        /// The events to poll for, by socket.
        var sockets: [CInt: Int16] = [:]
    }

    private let query: LookUpQueue.Query
    private let settings: Settings
    private let report = Report()
    private var channel: ares_channel?
    private let deadline: NIODeadline
    private var isOutOfTime = false
    private var hasRepeated = false

    /// Begins to look up the name.
    init(_ query: LookUpQueue.Query, _ settings: Settings, now: NIODeadline) {
        self.query = query
        self.settings = settings
        deadline = now + TimeAmount(settings.limits.time)
        start(flags: 0)
    }

    deinit { destroyChannel() }

    /// The sockets to poll, with the events to poll for.
    var sockets: [CInt: Int16] { report.sockets }

    /// The addresses, with port 0, or the reason why there are none; nil as long as the query is under way.
    var outcome: Result<[SocketAddress], DialError>? {
        if let (status, addresses) = report.outcome {
            guard status == ARES_SUCCESS else {
                return .failure(
                    DNSQuery.isFileLeft(after: status)
                        ? DialError(status, host: query.name) : .lookUpFailed(host: query.name, .tooManyOpenFiles))
            }
            return addresses.isEmpty
                ? .failure(.notResolvable(host: query.name, reason: "no address")) : .success(addresses)
        }
        return isOutOfTime ? .failure(.lookUpFailed(host: query.name, .timedOut)) : nil
    }

    /// Handles a socket that is ready.
    func process(_ socket: CInt, _ events: Int16) {
        // An event on another socket may have closed this one.
        guard report.outcome == nil, report.sockets[socket] != nil else { return }
        let failed = CInt(events) & (POLLERR | POLLHUP | POLLNVAL) != 0
        let isReadable = failed || CInt(events) & POLLIN != 0
        let isWritable = failed || CInt(events) & POLLOUT != 0
        ares_process_fd(channel, isReadable ? socket : -1, isWritable ? socket : -1)
        repeatForErrorStatus()
    }

    /// Repeats the query if the time of a name server is over, and gives up if the time of all name servers is over.
    func processTimers(now: NIODeadline) {
        guard report.outcome == nil else { return }
        if now >= deadline {
            isOutOfTime = true
        } else {
            ares_process_fd(channel, -1, -1)
            repeatForErrorStatus()
        }
    }

    /// How long until `processTimers` has to be called.
    func timeUntilTimer(now: NIODeadline) -> TimeAmount {
        let left = max(deadline - now, .zero)
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return left }
        return min(left, .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec)))
    }
}

extension DNSQuery {
    /// Sets c-ares up, once per process.
    private static let libraryStatus = ares_library_init(ARES_LIB_INIT_ALL)

    /// Repeats the query once, and accepts the first answer even if it is an error. When all name servers have failed,
    /// c-ares does not report their errors.
    private func repeatForErrorStatus() {
        guard report.outcome?.status == ARES_ECONNREFUSED, !hasRepeated else { return }
        hasRepeated = true
        destroyChannel()
        report.outcome = nil
        start(flags: ARES_FLAG_NOCHECKRESP)
    }

    private func destroyChannel() {
        // Destroying the channel calls back for every query that is still open.
        if let channel { ares_destroy(channel) }
        channel = nil
    }

    private func start(flags: CInt) {
        let status = makeChannel(flags: flags)
        guard let channel, status == ARES_SUCCESS else {
            report.outcome = (status, [])
            return
        }
        var hints = ares_addrinfo_hints()
        hints.ai_family = (settings.families ?? .ofThisMachine()).hint
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        let context = Unmanaged.passUnretained(report).toOpaque()
        ares_getaddrinfo(channel, query.name, nil, &hints, DNSQuery.report, context)
    }

    private func makeChannel(flags: CInt) -> CInt {
        guard DNSQuery.libraryStatus == ARES_SUCCESS else { return DNSQuery.libraryStatus }
        var options = ares_options()
        var mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
        options.flags = flags
        options.timeout = CInt(clamping: TimeAmount(settings.firstTry).nanoseconds / 1_000_000)
        options.tries = Settings.tries
        options.sock_state_cb = DNSQuery.socketChanged
        options.sock_state_cb_data = Unmanaged.passUnretained(report).toOpaque()
        mask |= ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT
        options.udp_port = settings.port
        options.tcp_port = settings.port
        // Sets an empty search list.
        if !query.usesSearchList { mask |= ARES_OPT_DOMAINS }
        guard let path = settings.configurationPath else { return ares_init_options(&channel, &options, mask) }
        var text = Array(path.utf8CString)
        return text.withUnsafeMutableBufferPointer { text in
            options.resolvconf_path = text.baseAddress
            return ares_init_options(&channel, &options, mask | ARES_OPT_RESOLVCONF)
        }
    }

    /// Whether this process can still open a file. If c-ares cannot open a socket or a file, it reports that it cannot
    /// reach a name server.
    private static func isFileLeft(after status: CInt) -> Bool {
        guard status == ARES_ECONNREFUSED || status == ARES_EFILE else { return true }
        let file = dup(STDERR_FILENO)
        guard file >= 0 else { return errno != EMFILE && errno != ENFILE }
        close(file)
        return true
    }

    private static let socketChanged: ares_sock_state_cb = { context, socket, isRead, isWritten in
        guard let context else { return }
        let events = (isRead != 0 ? POLLIN : 0) | (isWritten != 0 ? POLLOUT : 0)
        let report = Unmanaged<Report>.fromOpaque(context).takeUnretainedValue()
        report.sockets[socket] = events == 0 ? nil : Int16(events)
    }

    private static let report: ares_addrinfo_callback = { context, status, _, list in
        defer { ares_freeaddrinfo(list) }
        guard let context else { return }
        var addresses: [SocketAddress] = []
        var next = list?.pointee.nodes
        while let node = next?.pointee {
            if let address = SocketAddress(family: node.ai_family, node.ai_addr) { addresses.append(address) }
            next = node.ai_next
        }
        Unmanaged<Report>.fromOpaque(context).takeUnretainedValue().outcome = (status, addresses)
    }
}

extension DialError {
    /// The error for a status of c-ares.
    init(_ status: CInt, host: String) {
        let reason = String(cString: ares_strerror(status))
        switch status {
        // ARES_EBADNAME: no query can be made of the name.
        case ARES_ENOTFOUND, ARES_ENODATA, ARES_ENONAME, ARES_EBADNAME:
            self = .notResolvable(host: host, reason: reason)
        case ARES_ETIMEOUT: self = .lookUpFailed(host: host, .timedOut)
        case ARES_EREFUSED: self = .lookUpFailed(host: host, .refused)
        case ARES_ECONNREFUSED: self = .lookUpFailed(host: host, .noServer)
        case ARES_ECANCELLED, ARES_EDESTRUCTION: self = .lookUpFailed(host: host, .cancelled)
        default: self = .lookUpFailed(host: host, .serverFailed(reason: reason))
        }
    }
}
