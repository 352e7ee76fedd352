import CEpoll
import Glibc
import ServerRig

/// A gateway between the two ends, and the event loop that serves both ends.
final class Stage {
    let gateway: Gateway
    let xmpp: XMPPEnd
    let irc: IRCEnd
    let process: ChildProcess
    let meter: ProcessMeter
    /// Memory in kB when the gateway was connected and had done nothing yet.
    private(set) var memoryAtStart = 0
    /// The part of it without pages of files.
    private(set) var dataAtStart = 0
    /// From the launch of the gateway until its component stream is open.
    private(set) var connectedAfter: Double
    /// Called with the number of intervals that are over (see `tick`).
    var onTick: (Int) -> Void = { _ in }
    private let folder: RigFolder
    private let poller = Poller()
    private var timer: Int32 = -1
    private var nextToken = Token.firstGuest
    private var dirty: [Wire] = []
    private var hasProgress = false

    private enum Token {
        static let xmppDoor = 0
        static let ircDoor = 1
        static let stream = 2
        static let timer = 3
        static let firstGuest = 8
    }

    /// - Parameters:
    ///   - registry: the folder with the registry of an earlier stage; nil for an empty registry.
    ///   - texts: whether the gateway is for SMS; otherwise it is for IRC.
    ///   - secure: the name of a second network, which is reached over TLS; nil for none.
    init(
        _ gateway: Gateway, wrap: [String], users: Int, capabilities: String, registry: RigFolder? = nil,
        texts: Bool = false, secure: String? = nil
    ) throws {
        self.gateway = gateway
        folder = try registry ?? RigFolder()
        xmpp = try XMPPEnd()
        irc = try IRCEnd()
        irc.capabilities = capabilities
        let start = nanoseconds()
        process = try gateway.launch(
            in: folder, wrap: wrap, xmppPort: xmpp.listener.port, ircHost: texts ? nil : irc.host, secure: secure)
        connectedAfter = 0
        meter = ProcessMeter(pid: process.pid)
        poller.add(xmpp.listener.descriptor, token: Token.xmppDoor)
        poller.add(irc.listener.descriptor, token: Token.ircDoor)
        irc.touch = { [unowned self] in touch($0.wire) }
        try run("the gateway to connect", patience: 60) { self.xmpp.isOpen }
        connectedAfter = Double(nanoseconds() - start) / 1e9
        try settle(seconds: 0.5)
        memoryAtStart = meter.memory
        dataAtStart = meter.data
        if users > 0 { try gateway.setOptions(users: users, folder: folder, ircHost: irc.host) }
    }

    /// Ends the gateway.
    func end() {
        if timer >= 0 { close(timer) }
        process.send(signal: SIGTERM)
        let deadline = nanoseconds() + 3_000_000_000
        while process.end == nil && nanoseconds() < deadline {
            turn(milliseconds: 10)
        }
        process.send(signal: SIGKILL)
        process.waitForEnd()
    }

    // MARK: Sending

    /// Puts the wire on the list of those that are flushed at the end of this turn.
    func touch(_ wire: Wire) {
        guard !wire.isDirty else { return }
        wire.isDirty = true
        dirty.append(wire)
    }

    /// The output of the component stream, which is flushed in every turn.
    var stream: Bytes { xmpp.wire?.output ?? Bytes() }

    func flush() {
        xmpp.wire?.flush()
        for wire in dirty { wire.flush() }
        dirty.removeAll(keepingCapacity: true)
    }

    // MARK: The loop

    /// Serves both ends until `isDone` is true. Fails if no byte comes from the gateway for `patience` seconds.
    func run(_ what: String, patience: Double = 30, until isDone: () -> Bool) throws {
        var lastProgress = nanoseconds()
        while !isDone() {
            hasProgress = false
            turn(milliseconds: 50)
            if hasProgress {
                lastProgress = nanoseconds()
            } else if let end = process.end {
                throw BenchFailure("the gateway ended (\(end))\n\(folder.logs.tails())")
            } else if Double(nanoseconds() - lastProgress) > patience * 1e9 {
                throw BenchFailure("awaited \(what)\(complaint)\n\(folder.logs.tails())")
            }
        }
    }

    /// Serves both ends for some time.
    func settle(seconds: Double) throws {
        let end = nanoseconds() + Int(seconds * 1e9)
        try run("time to pass", patience: seconds + 30) { nanoseconds() >= end }
    }

    /// Calls `onTick` at even intervals from now on; nil stops it.
    func tick(everyMicroseconds interval: Int?) {
        if timer < 0 {
            timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC))
            poller.add(timer, token: Token.timer)
        }
        let micros = interval ?? 0
        let pause = timespec(tv_sec: micros / 1_000_000, tv_nsec: micros % 1_000_000 * 1000)
        var setting = itimerspec(it_interval: pause, it_value: pause)
        timerfd_settime(timer, 0, &setting, nil)
    }

    /// The errors so far, as text for a failure. Empty if there are none.
    var complaint: String {
        xmpp.errors == 0 ? "" : "; \(xmpp.errors) errors, the first: \(xmpp.firstError)"
    }

    private func turn(milliseconds: Int32) {
        flush()
        poller.wait(milliseconds: milliseconds) { token, isReadable, isWritable in
            switch token {
            case Token.xmppDoor:
                xmpp.listener.accept { xmpp.accepted($0, token: Token.stream, poller: poller) }
            case Token.ircDoor:
                irc.listener.accept {
                    irc.accepted($0, token: nextToken, poller: poller)
                    nextToken += 1
                }
                hasProgress = true
            case Token.timer: readTimer()
            case Token.stream:
                if isReadable, xmpp.read() { hasProgress = true }
                if isWritable { xmpp.wire?.flush() }
            default:
                guard let connection = irc.connections[token] else { return }
                if isReadable, irc.read(connection) { hasProgress = true }
                if isWritable { connection.wire.flush() }
            }
        }
        flush()
    }

    private func readTimer() {
        var count: UInt64 = 0
        if read(timer, &count, 8) == 8 { onTick(Int(count)) }
    }
}
