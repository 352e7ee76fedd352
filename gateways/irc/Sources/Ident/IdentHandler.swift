import Basics
import NIOCore

/// Answers one question of an IRC server, and closes the connection.
final class IdentHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The time for one question and its answer.
    static let timeLimit = TimeAmount.seconds(10)
    /// A server may ask before the event loop has added our connection to the table. So a connection that is not found
    /// is looked up again after these pauses.
    private static let retryPauses: [TimeAmount] = [.milliseconds(50), .milliseconds(250), .seconds(1)]

    private let table: IdentTable
    private let closed: () -> Void
    private var line: [UInt8] = []
    private var deadline: Scheduled<Void>?
    private var hasAsked = false

    init(_ table: IdentTable, closed: @escaping () -> Void) {
        self.table = table
        self.closed = closed
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: IdentHandler.timeLimit) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAsked else { return }
        let bytes = unwrapInboundIn(data).readableBytesView
        let end = bytes.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        line += bytes[..<(end ?? bytes.endIndex)].prefix(IdentQuery.limit + 1)
        guard end != nil || line.count > IdentQuery.limit else { return }
        hasAsked = true
        guard let query = IdentQuery(line), let asker = context.remoteAddress?.ipAddress.flatMap({ IPAddress($0) })
        else { return context.close(promise: nil) }
        answer(query, asker, context.channel, pauses: IdentHandler.retryPauses[...])
    }

    private func answer(
        _ query: IdentQuery, _ asker: IPAddress, _ channel: any Channel, pauses: ArraySlice<TimeAmount>
    ) {
        let owner = table.owner(of: query, askedBy: asker)
        if owner == nil, let pause = pauses.first {
            channel.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
                answer(query, asker, channel, pauses: pauses.dropFirst())
            }
            return
        }
        channel.writeAndFlush(ByteBuffer(string: query.answer(owner)), promise: nil)
        channel.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
