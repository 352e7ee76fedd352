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
    let connections: WebhookConnections
    let match: @Sendable (Substring) -> (route: WebhookRoutes.Route, rest: Substring)?

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
            let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
            let connection = Connection(channel: channel, handler: bound)
            connections.opened(connection)
            return connection
        }
    }

    /// The pipeline does the work; this only holds the server until the connection has closed.
    func handle(value: Connection, logger: Logger) async {
        try? await value.channel.closeFuture.get()
    }
}
