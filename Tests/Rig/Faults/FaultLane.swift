import Glibc

/// One direction of one connection: bytes in order, with the faults between them.
struct FaultLane {
    enum Item {
        case bytes(ArraySlice<UInt8>)
        case strike(FaultRule)
    }

    /// The consequence for the whole connection.
    enum Turn {
        case goOn, cut, close
        /// One side has gone, without a fault.
        case broken
    }

    let way: FaultPoint.Way
    let source: Int32
    let sink: Int32
    private var items: [Item] = []
    private var held = 0
    private var passed = 0
    private var history: [UInt8] = []
    /// Whether the source has ended.
    private(set) var isEnded = false
    /// Whether the sink has been told that the source has ended.
    private(set) var isDone = false
    private var isStalled = false
    private var pause: Duration?
    private var notBefore: ContinuousClock.Instant?
    private static let mostHeld = 65_536

    init(_ way: FaultPoint.Way, from source: Int32, to sink: Int32) {
        self.way = way
        self.source = source
        self.sink = sink
    }

    func wantsToRead(_ proxy: FaultProxy) -> Bool {
        !isEnded && !isStalled && held < Self.mostHeld && !proxy.isStalled(way)
    }

    func wantsToWrite(_ proxy: FaultProxy, now: ContinuousClock.Instant) -> Bool {
        !isDone && held > 0 && !isStalled && !proxy.isStalled(way) && (notBefore.map { $0 <= now } ?? true)
    }

    /// When to call `advance` again, if only time has to pass; nil if something else has to happen.
    var due: ContinuousClock.Instant? { items.isEmpty ? nil : notBefore }

    mutating func release() { isStalled = false }

    /// Reads once. Returns false if the connection has broken.
    mutating func read(_ proxy: FaultProxy) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = chunk.withUnsafeMutableBytes { Glibc.read(source, $0.baseAddress, $0.count) }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        guard count > 0 else {
            isEnded = true
            return true
        }
        chunk.removeSubrange(count...)
        proxy.seen(chunk, way)
        take(chunk, proxy.rules(way))
        return true
    }

    private mutating func take(_ chunk: [UInt8], _ rules: [FaultRule]) {
        let strikes = rules.flatMap { rule in
            rule.point.offsets(in: chunk, history: history, passed: passed)
                .filter { _ in rule.claim() }.map { (offset: $0, rule: rule) }
        }.sorted { $0.offset < $1.offset }
        var start = 0
        for (offset, rule) in strikes {
            if offset > start { items.append(.bytes(chunk[start..<offset])) }
            items.append(.strike(rule))
            start = max(start, offset)
        }
        if start < chunk.count { items.append(.bytes(chunk[start...])) }
        held += chunk.count
        passed += chunk.count
        history = Array((history + chunk).suffix(FaultPoint.longestWords))
    }

    /// Writes the bytes that may pass now, and strikes the faults that have been reached.
    mutating func advance(_ proxy: FaultProxy, now: ContinuousClock.Instant) -> Turn {
        while !isStalled, !proxy.isStalled(way), notBefore.map({ $0 <= now }) ?? true, let item = items.first {
            switch item {
            case .strike(let rule):
                items.removeFirst()
                let turn = apply(rule.fault, now: now)
                rule.hasStruck()
                if turn != .goOn { return turn }
            case .bytes(let bytes):
                guard let sent = write(bytes) else { return .broken }
                if sent == bytes.count { items.removeFirst() } else { items[0] = .bytes(bytes.dropFirst(sent)) }
                held -= sent
                notBefore = pause.map { now + $0 }
                if sent < bytes.count && pause == nil { return .goOn }
            }
        }
        if isEnded && items.isEmpty && !isDone { finish() }
        return .goOn
    }

    /// Writes bytes and returns how many; nil if the sink has gone. After a half-close the bytes are dropped.
    private func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        if isDone { return bytes.count }
        let part = pause == nil ? bytes : bytes.prefix(1)
        let sent = part.withUnsafeBytes { Glibc.send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent >= 0 { return sent }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    private mutating func finish() {
        shutdown(sink, Int32(SHUT_WR))
        isDone = true
    }

    mutating func apply(_ fault: Fault, now: ContinuousClock.Instant) -> Turn {
        switch fault {
        case .cut: return .cut
        case .close: return .close
        case .halfClose: finish()
        case .stall: isStalled = true
        case .delay(let wait): notBefore = now + wait
        case .drip(let pause): self.pause = pause
        case .call(let body): body()
        }
        return .goOn
    }
}
