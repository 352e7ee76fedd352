import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends a file as the body of a reply, one piece after another, so that a slow client costs one piece of memory. Used
/// on the connection's event loop.
final class WebhookFileStream {
    private static let pieceBytes = 65_536

    private let file: WebhookFile
    private let context: ChannelHandlerContext
    private let wrap: (HTTPServerResponsePart) -> NIOAny
    private let progress: (_ isDone: Bool) -> Void
    private var offset = 0
    private var isStopped = false

    /// - Parameter progress: called after each piece that the client's socket has taken, and with true after the last.
    init(
        _ file: WebhookFile, _ context: ChannelHandlerContext, wrap: @escaping (HTTPServerResponsePart) -> NIOAny,
        progress: @escaping (_ isDone: Bool) -> Void
    ) {
        self.file = file
        self.context = context
        self.wrap = wrap
        self.progress = progress
    }

    /// Sends the next piece, and then the rest.
    func send() {
        let (offset, count) = (offset, min(Self.pieceBytes, file.size - offset))
        guard count > 0 else { return progress(true) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) { [file] in
            file.read(at: offset, count: count)
        }.whenComplete { bound.value.write(try? $0.get()) }
    }

    /// Sends nothing more. Call it when the connection is closed.
    func stop() { isStopped = true }

    private func write(_ bytes: [UInt8]?) {
        guard !isStopped else { return }
        // The head has promised more bytes than there are, so the client must see that some are missing.
        guard let bytes else { return context.close(promise: nil) }
        offset += bytes.count
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { result in
            guard case .success = result else { return }
            bound.value.wrote()
        }
        context.writeAndFlush(wrap(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: written)
    }

    private func wrote() {
        guard !isStopped else { return }
        if offset < file.size { progress(false) }
        send()
    }
}
