import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Sets up the pipeline of one accepted connection: HTTP/1.1 decoder with limits, one request at a time, ours.
struct WebhookChannel: ServerChildChannel {
    /// One open connection.
    struct Connection: ServerChildChannelValue {
        let channel: any Channel
        let handler: NIOLoopBound<WebhookConnectionHandler>
    }

    let limits: WebhookLimits
    let logger: Logger
    let match: @Sendable (Substring) -> (route: WebhookRoutes.Route, rest: Substring)?

    init(
        limits: WebhookLimits, logger: Logger,
        match: @escaping @Sendable (Substring) -> (route: WebhookRoutes.Route, rest: Substring)?
    ) {
        self.limits = limits
        self.logger = logger
        self.match = match
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = limits.headerBytes
            decoding.maxHeaderListSize = limits.headerBytes
            decoding.maxHeaderFieldCount = limits.headerFields
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: true, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            let handler = WebhookConnectionHandler(limits: limits, logger: logger, match: match)
            try pipeline.addHandler(handler)
            return Connection(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }

    func handle(value: Connection, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.eventLoop.execute { value.handler.value.stop() }
        }
    }
}
