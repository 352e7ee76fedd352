import Basics
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Carries out the decisions of `WebhookExchange` on one connection, with one timer for the present phase.
final class WebhookConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a refused body that are read and dropped before the connection is closed.
    private static let discardLimit = 65_536

    private let limits: WebhookLimits
    private let logger: Logger
    private let id: WebhookConnections.ID
    private let connections: WebhookConnections
    private let match: WebhookMatch
    private var exchange: WebhookExchange
    /// The caller of the request in hand.
    private var caller: IPAddress?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var discarded = 0
    /// The file that is being sent. While it is, no other request is in hand.
    private var stream: WebhookFileStream?
    /// Whether the connection ends after the file.
    private var endsAfterStream = false

    init(
        id: WebhookConnections.ID, limits: WebhookLimits, logger: Logger, connections: WebhookConnections,
        match: @escaping WebhookMatch
    ) {
        self.id = id
        self.connections = connections
        self.limits = limits
        self.logger = logger
        self.match = match
        exchange = WebhookExchange(bodyLimit: limits.bodyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        restartTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        stream?.stop()
        stream = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard exchange.phase == .idle else { return }
            guard let peer = context.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) else {
                return advance { $0.broke() }
            }
            let caller = limits.trustedProxies.caller(of: head.headers, peer: peer)
            self.caller = caller
            let refusal = connections.requestBegan(on: id, for: caller)
            advance { exchange in
                if let refusal { return exchange.refused(head: head, refusal) }
                return exchange.received(head: head, from: "\(caller)", match: match)
            }
        case .body(let buffer):
            if exchange.phase == .closing { discard(buffer.readableBytes) }
            advance { $0.received(body: buffer.readableBytesView) }
        case .end: advance { $0.receivedEnd() }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            if stream == nil { advance { $0.inputClosed() } } else { endsAfterStream = true }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("http connection broke", metadata: ["error": "\(type(of: error))"])
        // If the input was not HTTP, it has been answered already.
        advance { $0.broke() }
    }

    /// Lets the request in hand end, then closes. A file that is still being sent after the time for an answer is cut off,
    /// because a slow client must not hold up the end of the program. Call it on the event loop.
    func stop() {
        guard stream != nil, let context else { return advance { $0.stop() } }
        endsAfterStream = true
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.answer)) { context.close(promise: nil) }
    }

    /// Takes a handler's answer. Call it on the event loop.
    func answered(_ reply: WebhookReply, number: UInt64) { advance { $0.answered(reply, number: number) } }

    private func advance(_ event: (inout WebhookExchange) -> WebhookExchange.Action) {
        let before = exchange.phase
        let action = event(&exchange)
        let isNew = exchange.phase != before
        if isNew { restartTimer() }
        perform(action)
        // A connection that sends a file has its request in hand until the file is over.
        if isNew, stream == nil, exchange.phase == .idle || exchange.phase == .closing {
            connections.requestEnded(on: id)
        }
    }

    private func perform(_ action: WebhookExchange.Action) {
        guard let context else { return }
        switch action {
        case .nothing: break
        case .writeContinue:
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        case .handle(let request, let route, let number):
            // A client that sends requests without reading the answers would make us keep every answer.
            guard context.channel.isWritable else { return context.close(promise: nil) }
            hand(request, to: route, number: number, context)
        case .reply(let reply, let terms): write(reply, terms, context)
        case .close: context.close(promise: nil)
        }
    }

    private func hand(
        _ request: WebhookRequest, to route: WebhookRoutes.Route, number: UInt64, _ context: ChannelHandlerContext
    ) {
        let isAnswered = OnceFlag()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        var request = request
        if let caller { request.callerIsVerified = { [connections] in connections.verified(caller) } }
        route.handler(request) { reply in
            guard isAnswered.raise() else { return }
            eventLoop.execute { bound.value.answered(reply, number: number) }
        }
    }

    private func write(_ reply: WebhookReply, _ terms: WebhookExchange.Terms, _ context: ChannelHandlerContext) {
        if terms.isLast { logger.debug("http connection ends", metadata: ["status": "\(reply.status)"]) }
        let head = HTTPResponseHead(reply, terms)
        connections.replied(Int(head.status.code))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let file = reply.file, !terms.isHead, head.status.mayHaveResponseBody {
            return send(file, isLast: terms.isLast, context)
        }
        if !terms.isHead, !reply.body.isEmpty, head.status.mayHaveResponseBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
        }
        finish(isLast: terms.isLast, context)
    }

    private func send(_ file: WebhookFile, isLast: Bool, _ context: ChannelHandlerContext) {
        endsAfterStream = isLast
        let stream = WebhookFileStream(file, context, wrap: { [self] in wrapOutboundOut($0) }) { [weak self] isDone in
            guard let self, self.stream != nil else { return }
            if isDone {
                self.stream = nil
                connections.requestEnded(on: id)
                finish(isLast: endsAfterStream, context)
                if endsAfterStream, exchange.phase == .idle { return advance { $0.stop() } }
            }
            restartTimer()
        }
        self.stream = stream
        restartTimer()
        stream.send()
    }

    private func finish(isLast: Bool, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Only our half is closed: closing both with bytes unread would reset the connection, and the client would
        // lose the answer.
        if isLast { context.close(mode: .output, promise: nil) }
    }

    private func discard(_ count: Int) {
        discarded += count
        guard discarded > Self.discardLimit, let context else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    private func restartTimer() {
        timer?.cancel()
        guard let context else { return }
        let time =
            switch exchange.phase {
            case _ where stream != nil: limits.idle
            case .idle: limits.idle
            case .reading: limits.body
            case .answering: limits.answer
            case .closing: limits.linger
            }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in
            // A client that takes no piece of a file in this time gets no more of it.
            guard stream == nil else { return context.close(promise: nil) }
            advance { $0.timedOut() }
        }
    }
}

/// A flag that only the first caller can raise, from any thread.
private final class OnceFlag: Sendable {
    private let isRaised = Atomic(false)

    func raise() -> Bool { !isRaised.exchange(true, ordering: .relaxed) }
}
