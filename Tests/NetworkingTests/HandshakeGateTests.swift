import NIOCore
import NIOEmbedded
import Testing

@testable import Networking

@Suite("Handshakes that wait for their turn")
struct HandshakeGateTests {
    /// Notes what passes the gate.
    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = String

        var seen: [String] = []
        /// Called with each text.
        var reaction: (String) -> Void = { _ in }

        func channelActive(context: ChannelHandlerContext) { seen.append("active") }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = unwrapInboundIn(data)
            seen.append(text)
            reaction(text)
        }
        func channelReadComplete(context: ChannelHandlerContext) { seen.append("complete") }
        func channelInactive(context: ChannelHandlerContext) { seen.append("inactive") }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { seen.append("\(event)") }
    }

    /// Counts the wishes to read that pass the gate.
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = String

        var count = 0

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    private let channel = EmbeddedChannel()
    private let recorder = Recorder()
    private let reads = Reads()
    private let lane: LoopQuota.Lane

    init() throws {
        var time = NIODeadline.uptimeNanoseconds(0)
        let quota = LoopQuota(channel.embeddedEventLoop, budget: .milliseconds(1)) {
            time = time + .milliseconds(1)
            return time
        }
        lane = quota.lane()
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(reads)
        try handlers.addHandler(HandshakeGate(lane))
        try handlers.addHandler(recorder)
    }

    private func turn() { channel.embeddedEventLoop.advanceTime(by: .milliseconds(1)) }

    private func finish() throws {
        let context = try channel.pipeline.syncOperations.context(handlerType: HandshakeGate.self)
        (context.handler as? HandshakeGate)?.finish(context)
    }

    @Test("a step passes at once while no other one has used up the turn, otherwise in the next")
    func waits() throws {
        channel.pipeline.fireChannelActive()
        #expect(recorder.seen == ["active"])
        try channel.writeInbound("one")
        #expect(recorder.seen == ["active"])
        turn()
        #expect(recorder.seen == ["active", "one", "complete"])
    }

    @Test("nothing more is read while a step waits")
    func readsLater() throws {
        lane.perform {}
        channel.read()
        #expect(reads.count == 1)
        channel.pipeline.fireChannelRead("one")
        channel.pipeline.fireChannelReadComplete()
        channel.read()
        channel.read()
        #expect(reads.count == 1)
        turn()
        #expect(reads.count == 2 && recorder.seen == ["one", "complete"])
    }

    @Test("what has come before the end is seen before the end")
    func ends() throws {
        lane.perform {}
        try channel.writeInbound("alert")
        #expect(recorder.seen.isEmpty)
        channel.pipeline.fireChannelInactive()
        #expect(recorder.seen == ["alert", "complete", "inactive"])
        turn()
        #expect(recorder.seen.count == 3)
    }

    @Test("what has come before the end of the input is seen before it")
    func inputEnds() throws {
        lane.perform {}
        try channel.writeInbound("alert")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(recorder.seen.isEmpty, "the end waits for its turn, too")
        turn()
        #expect(recorder.seen == ["alert", "complete", "inputClosed"])
    }

    @Test("the end of the input is seen also if the last bytes end the handshake")
    func endsWithHandshake() throws {
        recorder.reaction = { text in if text == "finished" { try? finish() } }
        lane.perform {}
        channel.pipeline.fireChannelRead("finished")
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        turn()
        #expect(recorder.seen == ["finished", "complete", "inputClosed"])
        #expect(throws: ChannelPipelineError.self) { try finish() }
    }

    @Test("the end of the connection is seen also if the last bytes end the handshake")
    func inactiveWithHandshake() throws {
        recorder.reaction = { text in if text == "finished" { try? finish() } }
        lane.perform {}
        channel.pipeline.fireChannelRead("finished")
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireChannelInactive()
        #expect(recorder.seen == ["finished", "complete", "inactive"])
    }

    @Test("after the handshake the gate is gone, also when the handshake ends in the middle of a step")
    func removed() throws {
        recorder.reaction = { text in if text == "finished" { try? finish() } }
        lane.perform {}
        channel.pipeline.fireChannelRead("finished")
        channel.pipeline.fireChannelRead("data")
        channel.pipeline.fireChannelReadComplete()
        turn()
        #expect(recorder.seen == ["finished", "data", "complete"])
        #expect(throws: ChannelPipelineError.self) { try finish() }
        lane.perform {}
        try channel.writeInbound("more")
        #expect(recorder.seen.suffix(2) == ["more", "complete"])
    }
}
