import NIOHTTP1

/// The requests of one connection as a state machine: each event leads to one action. No I/O and no clock.
struct WebhookExchange {
    /// The event that the connection waits for. Each phase has its time in `WebhookLimits`.
    enum Phase: Equatable {
        /// Waits for the header of the next request.
        case idle
        /// Waits for the body.
        case reading
        /// Waits for the handler's answer.
        case answering
        /// Waits for the client to close; everything it sends is ignored.
        case closing
    }

    enum Action {
        case nothing
        case writeContinue
        case handle(WebhookRequest, WebhookRoutes.Route, number: UInt64)
        case reply(WebhookReply, Terms)
        /// Close the connection; nothing more will be sent.
        case close
    }

    /// How a reply is framed.
    struct Terms: Equatable {
        var isHead = false
        var isLast = false
        /// The `Allow` header of a 405.
        var allow: Set<HTTPMethod>?
    }

    private struct Reading {
        var request: WebhookRequest
        let route: WebhookRoutes.Route
        let isLast: Bool
    }

    private let bodyLimit: Int
    private(set) var phase = Phase.idle
    /// The number of the request in hand. An answer carries the number of its request.
    private var number: UInt64 = 0
    private var reading: Reading?
    private var isStopping = false

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    mutating func received(
        head: HTTPRequestHead, from remoteAddress: String,
        match: (Substring) -> (route: WebhookRoutes.Route, rest: Substring)?
    ) -> Action {
        guard phase == .idle else { return .nothing }
        let isHead = head.method == .HEAD
        guard head.namesOneHost else { return refuse(.badRequest, isHead: isHead) }
        guard let target = WebhookTarget(head.uri) else { return refuse(.badRequest, isHead: isHead) }
        guard let (route, rest) = match(target.path) else { return refuse(.notFound, isHead: isHead) }
        guard let method = HTTPMethod(rawValue: head.method.rawValue), route.methods.contains(method) else {
            return refuse(.methodNotAllowed, isHead: isHead, allow: route.methods)
        }
        if let length = head.headers.first(name: "content-length").flatMap(Int.init), length > bodyLimit {
            return refuse(.contentTooLarge, isHead: isHead)
        }
        let request = WebhookRequest(
            method, path: String(rest), rawQuery: target.query.map(String.init),
            headers: head.headers.map { ($0.name, $0.value) }, remoteAddress: remoteAddress)
        reading = Reading(request: request, route: route, isLast: !head.isKeepAlive)
        phase = .reading
        let wantsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
        return wantsContinue ? .writeContinue : .nothing
    }

    /// Refuses a request because of the limits of connections.
    mutating func refused(head: HTTPRequestHead, _ refusal: ConnectionRefusal) -> Action {
        guard phase == .idle else { return .nothing }
        switch refusal {
        case .evicted: return close()
        case .address: return refuse(.tooManyRequests, isHead: head.method == .HEAD)
        case .full: return refuse(.full, isHead: head.method == .HEAD)
        }
    }

    mutating func received(body bytes: some Collection<UInt8>) -> Action {
        guard phase == .reading, let length = reading?.request.body.count else { return .nothing }
        guard length + bytes.count <= bodyLimit else { return refuse(.contentTooLarge, isHead: false) }
        reading?.request.body.append(contentsOf: bytes)
        return .nothing
    }

    mutating func receivedEnd() -> Action {
        guard phase == .reading, let reading else { return .nothing }
        phase = .answering
        number += 1
        return .handle(reading.request, reading.route, number: number)
    }

    /// Takes a handler's answer, which may come at any time.
    mutating func answered(_ reply: WebhookReply, number: UInt64) -> Action {
        guard phase == .answering, number == self.number, let reading else { return .nothing }
        self.reading = nil
        let isLast = reading.isLast || isStopping
        phase = isLast ? .closing : .idle
        return .reply(reply, Terms(isHead: reading.request.method == .head, isLast: isLast))
    }

    /// The time of the present phase is over.
    mutating func timedOut() -> Action {
        switch phase {
        case .reading: return refuse(.requestTimeout, isHead: reading?.request.method == .head)
        case .answering: return answered(.serviceUnavailable, number: number)
        case .idle, .closing: return close()
        }
    }

    /// The client will send nothing more. It may still wait for the answer to a complete request.
    mutating func inputClosed() -> Action {
        isStopping = true
        return phase == .answering ? .nothing : close()
    }

    /// The connection failed, or the client sent something other than HTTP.
    mutating func broke() -> Action {
        reading = nil
        return close()
    }

    /// Allows no further request. The request in hand is still read and answered.
    mutating func stop() -> Action {
        isStopping = true
        return phase == .answering || phase == .reading ? .nothing : close()
    }

    private mutating func refuse(_ reply: WebhookReply, isHead: Bool, allow: Set<HTTPMethod>? = nil) -> Action {
        phase = .closing
        reading = nil
        return .reply(reply, Terms(isHead: isHead, isLast: true, allow: allow))
    }

    private mutating func close() -> Action {
        phase = .closing
        return .close
    }
}

extension HTTPRequestHead {
    /// Whether there is exactly one `Host` header, with a host and an optional port, or empty; HTTP/1.0 needs none
    /// (RFC 9112 §3.2).
    fileprivate var namesOneHost: Bool {
        let hosts = headers["host"]
        guard hosts.count == 1, let host = hosts.first else {
            return hosts.isEmpty && version == .http1_0
        }
        return host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~!$&'()*+;=%:[]".utf8.contains(byte)
            }
        }
    }
}
