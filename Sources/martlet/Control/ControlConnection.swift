import Foundation
import Logging
import NIOCore

/// One client of the control socket: reads one command, writes its answer, and closes.
final class ControlConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Maximum length of a command in bytes.
    static let longestRequest = 65_536
    /// The time within which a command must be complete, and within which a client must read each part of the answer.
    private static let patience = TimeAmount.seconds(30)

    private let gateways: GatewayDirectory
    private let slots: ControlSlots
    private let logger: Logger
    private var bytes: [UInt8] = []
    private var isRunning = false
    private var timer: Scheduled<Void>?

    init(_ gateways: GatewayDirectory, slots: ControlSlots, logger: Logger) {
        self.gateways = gateways
        self.slots = slots
        self.logger = logger
    }

    func channelActive(context: ChannelHandlerContext) {
        guard slots.take() else {
            isRunning = true
            end(context, "Too many commands at once. Try again later.")
            return
        }
        let slots = slots
        context.channel.closeFuture.whenComplete { _ in slots.giveBack() }
        startTimer(context)
    }

    func channelInactive(context: ChannelHandlerContext) { timer?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRunning else { return }
        bytes += unwrapInboundIn(data).readableBytesView
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            guard bytes.count > Self.longestRequest else { return }
            isRunning = true
            return self.end(context, "The command is longer than \(Self.longestRequest) bytes.")
        }
        isRunning = true
        let line = Data(bytes[..<end])
        bytes = []
        timer?.cancel()
        guard end <= Self.longestRequest, let request = try? JSONDecoder().decode(ControlRequest.self, from: line)
        else { return self.end(context, "The command cannot be read. It is one line of JSON.") }
        run(request, context)
    }

    private func run(_ request: ControlRequest, _ context: ChannelHandlerContext) {
        let all = gateways.all
        var chosen = all
        if let domain = request.gateway {
            chosen = all.filter { $0.domain == domain }
            guard !chosen.isEmpty else {
                let names = all.map(\.domain).joined(separator: ", ")
                return end(context, "There is no gateway '\(domain)'. There are: \(names).")
            }
        } else if request.isForProgram {
            chosen = Array(all.prefix(1))
        }
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let gateways = chosen
        PeerName.find(of: context.channel).whenComplete { result in
            let name = (try? result.get()) ?? "unknown"
            ControlRun(request, by: name, on: gateways) { reply, then in
                here.eventLoop.execute { here.value.write(reply, bound.value, then) }
            }.start()
        }
    }

    private func write(_ reply: ControlReply, _ context: ChannelHandlerContext, _ then: @escaping @Sendable () -> Void)
    {
        guard context.channel.isActive, let line = try? JSONEncoder().encode(reply) else { return }
        startTimer(context)
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        let channel = context.channel
        let isEnd = reply.isEnd == true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Array(line) + [UInt8(ascii: "\n")])))
            .whenComplete { result in
                guard case .success = result else { return channel.close(promise: nil) }
                // Only our half is closed. If bytes of the client were left unread, it would lose the answer. The timer
                // closes the other half, if the client does not.
                guard !isEnd else { return channel.close(mode: .output, promise: nil) }
                here.value.timer?.cancel()
                then()
            }
    }

    /// Writes a refusal as the whole answer, and closes.
    private func end(_ context: ChannelHandlerContext, _ words: String) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        write(ControlReply(error: words), context) { here.value.write(.end, bound.value) {} }
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
