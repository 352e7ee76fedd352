import Basics
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import Networking

@Suite("Dialer", .timeLimit(.minutes(1)))
struct DialerTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("the handlers see one channelActive and what the server says, on the loop asked for")
    func connects() async throws {
        let server = try await LoopbackServer.start()
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let loop = loop
        let channel = try await Dialer().connect(
            to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), on: loop
        ) { channel in
            #expect(loop.inEventLoop)
            #expect(channel.isActive)
            try channel.pipeline.syncOperations.addHandler(Listener(continuation))
        }.get()
        #expect(channel.eventLoop === loop)
        var words = heard.makeAsyncIterator()
        #expect(await words.next() == "active")
        #expect(await words.next() == "hello")
        try await channel.close()
        #expect(await words.next() == nil)
        try await server.stop()
    }

    @Test("a name is resolved by the system")
    func resolves() async throws {
        let server = try await LoopbackServer.start()
        let channel = try await dial(Dialer(), server.endpoint("localhost"))
        try await channel.close()
        try await server.stop()
    }

    @Test("a port where nobody listens is refused")
    func refused() async throws {
        let server = try await LoopbackServer.start()
        let endpoint = server.endpoint()
        try await server.stop()
        await #expect(throws: DialError.refused(endpoint)) { try await dial(Dialer(), endpoint) }
    }

    @Test("five hundred addresses dialled at once are all reached, and no thread is asked for them")
    func manyAtOnce() async throws {
        let server = try await LoopbackServer.start()
        let dialer = Dialer(resolver: HostResolver { _, _ in throw DialError.badSettings(reason: "not to be called") })
        let dials = (0..<500).map { _ in
            dialer.connect(to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(30), on: loop) {
                _ in
            }
        }
        for dial in dials { try await dial.get().close() }
        try await server.stop()
    }

    @Test("without a file left the operator is told which limit to raise", arguments: [EMFILE, ENFILE])
    func tooManyOpenFiles(code: CInt) {
        let endpoint = Endpoint(host: "irc.test", port: 6697)
        let error = Dial.explain(IOError(errnoCode: code, reason: "socket"), endpoint)
        #expect(error == .tooManyOpenFiles(endpoint))
        #expect(error.isTemporary)
        #expect(error.description.contains("LimitNOFILE"))
        #expect(!error.userText.contains("LimitNOFILE"))
    }

    @Test("a connection that the system gives up is a time-out like our own")
    func systemTimeout() {
        let endpoint = Endpoint(host: "irc.test", port: 6697)
        let error = Dial.explain(ChannelError.connectTimeout(.seconds(60)), endpoint)
        #expect(error == .timedOut(endpoint, during: .connecting))
    }

    @Test("an error of a connection that is made goes to the handlers behind the gate")
    func laterError() async throws {
        let server = try await LoopbackServer.start()
        let (errors, heard) = AsyncStream<String>.makeStream()
        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    DialGate(waitsForHandshake: false) { _, _ in heard.yield("reported") }, Catcher(heard))
            }
        }.connect(host: "127.0.0.1", port: server.port).get()
        var words = errors.makeAsyncIterator()
        #expect(await words.next() == "reported")
        channel.pipeline.fireErrorCaught(ChannelError.ioOnClosedChannel)
        #expect(await words.next() == "\(ChannelError.ioOnClosedChannel)")
        try await channel.close()
        try await server.stop()
    }

    @Test("where the handlers close, the end of the input is an event and the connection stays")
    func handlersClose() async throws {
        let server = try await ServerBootstrap(group: loop).childChannelInitializer { $0.close() }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = Endpoint(host: "127.0.0.1", port: server.localAddress?.port ?? 0)
        var route = DialRoute()
        route.handlersClose = true
        let (events, continuation) = AsyncStream<String>.makeStream()
        let channel = try await Dialer().connect(
            to: endpoint, tls: .plain, policy: .anywhere, timeout: .seconds(10), via: route, on: loop
        ) { try $0.pipeline.syncOperations.addHandler(EventNotes(continuation)) }.get()
        var seen = events.makeAsyncIterator()
        #expect(await seen.next() == "inputClosed")
        #expect(channel.isActive)
        try await channel.close()
        #expect(await seen.next() == "inactive")
        try await server.close()
    }

    @Test("after an address that refuses the next one is tried")
    func nextAddress() async throws {
        let server = try await LoopbackServer.start(host: "127.0.0.1")
        let resolver = HostResolver { _, port in
            [
                try SocketAddress(ipAddress: "127.0.0.2", port: port),
                try SocketAddress(ipAddress: "127.0.0.1", port: port),
            ]
        }
        let channel = try await dial(Dialer(resolver: resolver), server.endpoint("two.test"))
        #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
        try await channel.close()
        try await server.stop()
    }

    @Test("an address that does not answer does not hold up the next one")
    func silentAddress() async throws {
        let server = try await LoopbackServer.start(host: "127.0.0.1")
        let hole = try await BlackHole.open(port: server.port)
        let resolver = HostResolver { _, port in
            [
                try SocketAddress(ipAddress: "127.0.0.2", port: port),
                try SocketAddress(ipAddress: "127.0.0.1", port: port),
            ]
        }
        let channel = try await dial(Dialer(resolver: resolver), server.endpoint("two.test"))
        #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
        try await hole.close()
        try await channel.close()
        try await server.stop()
    }

    @Test(
        "of a host that a user named only a few addresses that do not answer are tried at once, of one's own all",
        arguments: [Requester.configuration, .user("u")])
    func silentAddresses(_ requester: Requester) async throws {
        let server = try await LoopbackServer.start(host: "127.0.0.1")
        let hole = try await BlackHole.open(port: server.port)
        let resolver = HostResolver { _, port in
            try ["127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.1"].map {
                try SocketAddress(ipAddress: $0, port: port)
            }
        }
        let endpoint = server.endpoint("five.test")
        let dial = Dialer(resolver: resolver).connect(
            to: endpoint, tls: .plain, policy: .anywhere,
            timeout: requester == .configuration ? .seconds(10) : .milliseconds(1500), onBehalfOf: requester, on: loop
        ) { _ in }
        if requester == .configuration {
            try await dial.get().close()
        } else {
            await #expect(throws: DialError.timedOut(endpoint, during: .connecting)) { try await dial.get() }
        }
        try await hole.close()
        try await server.stop()
    }

    @Test("a host that does not answer ends in a time-out that says so")
    func connectTimeout() async throws {
        let hole = try await BlackHole.open(port: 0)
        let endpoint = Endpoint(host: "127.0.0.2", port: hole.port)
        await #expect(throws: DialError.timedOut(endpoint, during: .connecting)) {
            try await dial(Dialer(), endpoint, timeout: .milliseconds(50))
        }
        try await hole.close()
    }

    @Test("a name server that does not answer ends in a time-out, and its late answer is ignored")
    func resolverTimeout() async throws {
        let (release, hold) = AsyncStream<Void>.makeStream()
        let gate = Gate()
        let resolver = HostResolver { _, port in
            gate.wait()
            hold.finish()
            return [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
        }
        let endpoint = Endpoint(host: "slow.test", port: 9)
        await #expect(throws: DialError.timedOut(endpoint, during: .resolving)) {
            try await dial(Dialer(resolver: resolver), endpoint, timeout: .milliseconds(30))
        }
        gate.open()
        for await _ in release {}
    }

    @Test("a name without address is not resolvable")
    func notResolvable() async throws {
        let resolver = HostResolver { _, _ in [] }
        await #expect(throws: DialError.notResolvable(host: "nowhere.test", reason: "no address")) {
            try await dial(Dialer(resolver: resolver), Endpoint(host: "nowhere.test", port: 6667))
        }
    }

    @Test("a name that leads to our own machine is not dialled where only the public is allowed")
    func policyAfterResolution() async throws {
        let server = try await LoopbackServer.start()
        let resolver = HostResolver { _, port in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
        let endpoint = server.endpoint("innocent.test")
        await #expect(throws: DialError.addressNotAllowed(endpoint, address: "127.0.0.1", scope: .loopback)) {
            try await dial(Dialer(resolver: resolver), endpoint, policy: .publicOnly)
        }
        try await server.stop()
    }

    @Test("among several addresses only the allowed are dialled")
    func policyFilters() async throws {
        let server = try await LoopbackServer.start()
        let resolver = HostResolver { _, port in
            [
                try SocketAddress(ipAddress: "10.255.255.1", port: port),
                try SocketAddress(ipAddress: "127.0.0.1", port: port),
            ]
        }
        let channel = try await dial(
            Dialer(resolver: resolver), server.endpoint("mixed.test"), policy: AddressPolicy(allowing: [.loopback]))
        #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
        try await channel.close()
        try await server.stop()
    }

    @Test("an error while configuring closes the channel and comes out as it is")
    func configurationError() async throws {
        struct Unfit: Error {}
        let server = try await LoopbackServer.start()
        let (heard, continuation) = AsyncStream<String>.makeStream()
        await #expect(throws: Unfit.self) {
            try await Dialer().connect(
                to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), on: loop
            ) { channel in
                try channel.pipeline.syncOperations.addHandler(Listener(continuation))
                throw Unfit()
            }.get()
        }
        for await word in heard { #expect(word != "hello") }
        try await server.stop()
    }

    @Test("addresses of both families take turns, the preferred one first")
    func interleaves() throws {
        let texts = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2"]
        let order = Dial.interleaved(try texts.map { try SocketAddress(ipAddress: $0, port: 1) })
        #expect(
            order.map { $0.ipAddress ?? "" }
                == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"])
    }

    @discardableResult
    private func dial(
        _ dialer: Dialer, _ endpoint: Endpoint, policy: AddressPolicy = .anywhere, timeout: Duration = .seconds(10)
    ) async throws -> any Channel {
        try await dialer.connect(to: endpoint, tls: .plain, policy: policy, timeout: timeout, on: loop) { _ in }.get()
    }
}

/// The errors that arrive at the end of a pipeline.
private final class Catcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: AsyncStream<String>.Continuation

    init(_ heard: AsyncStream<String>.Continuation) { self.heard = heard }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        heard.yield("\(error)")
        heard.finish()
    }
}

/// Notes the end of the input, and the end of the connection.
private final class EventNotes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let notes: AsyncStream<String>.Continuation

    init(_ notes: AsyncStream<String>.Continuation) { self.notes = notes }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { notes.yield("\(event)") }

    func channelInactive(context: ChannelHandlerContext) { notes.yield("inactive") }
}
