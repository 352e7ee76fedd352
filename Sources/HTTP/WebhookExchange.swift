import NIOHTTP1

/// One connection's requests as a state machine: events in, one action out. No I/O, no clock.
struct WebhookExchange {
    /// What is waited for, and with which of the `WebhookLimits`.
    enum Phase: Equatable {
        /// The header of the next request.
        case idle
        /// The body.
        case reading
        /// The handler's answer.
        case answering
        /// The client's close; everything is ignored.
        case closing
    }

    enum Action {
        case nothing
        case writeContinue
        case handle(WebhookRequest, WebhookRoutes.Route, number: UInt64)
        case reply(WebhookReply, Terms)
        /// Nothing more is to be said.
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
    /// Of the request in hand: an answer names the one it is for.
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

    /// The request is not heard, because of the limits of connections.
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

    /// A handler's answer, from wherever and whenever.
    mutating func answered(_ reply: WebhookReply, number: UInt64) -> Action {
        guard phase == .answering, number == self.number, let reading else { return .nothing }
        self.reading = nil
        let isLast = reading.isLast || isStopping
        phase = isLast ? .closing : .idle
        return .reply(reply, Terms(isHead: reading.request.method == .head, isLast: isLast))
    }

    /// The time for the present phase is over.
    mutating func timedOut() -> Action {
        switch phase {
        case .reading: return refuse(.requestTimeout, isHead: reading?.request.method == .head)
        case .answering: return answered(.serviceUnavailable, number: number)
        case .idle, .closing: return close()
        }
    }

    /// The client will send nothing more, but may still wait for the answer to a complete request.
    mutating func inputClosed() -> Action {
        isStopping = true
        return phase == .answering ? .nothing : close()
    }

    /// The connection failed, or what came over it was no HTTP.
    mutating func broke() -> Action {
        reading = nil
        return close()
    }

    /// No further request; the one in hand is still read and answered.
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
    /// Exactly one `Host` with a host and perhaps a port, or with nothing; HTTP/1.0 may do without (RFC 9112 §3.2).
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
