import Logging
import NIOCore
import NIOHTTP1

/// Sets up the pipeline of one accepted connection: an HTTP/1.1 decoder with limits, one request at a time, and our
/// handler.
struct WebhookPipeline: Sendable {
    let limits: WebhookLimits
    let logger: Logger
    let connections: WebhookConnections
    let match: WebhookMatch

    /// Sets up the pipeline. Fails if the limits refuse the connection; NIO then closes it. Call it on the connection's
    /// event loop.
    func setUp(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let id = connections.admit(channel) else { throw ConnectionRefusal.full }
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = limits.headerBytes
            decoding.maxHeaderListSize = limits.headerBytes
            decoding.maxHeaderFieldCount = limits.headerFields
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: true, withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            let handler = WebhookConnectionHandler(
                id: id, limits: limits, logger: logger, connections: connections, match: match)
            try pipeline.addHandler(handler)
            connections.setHandler(of: id, NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }
}
