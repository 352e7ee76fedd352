import Basics
import GatewayKit
import Logging
import NIOCore
import NIOPosix
import Networking
import Testing

@testable import IRCAdapter

@Suite("IRC: the ident server", .timeLimit(.minutes(1)))
struct IdentServerTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private static let account = AccountID(user: UserID("anna@example.org"), network: NetworkID("net"))
    private static let hash = KeyedHash(key: Array(0..<32))

    /// A running server, and a connection of ours to a stranger who may ask about it.
    private struct Rig {
        let ident: any Channel
        let stranger: any Channel
        let connection: any Channel
        let name: String
    }

    private func start() async throws -> Rig {
        let loop = loop
        let server = NIOLoopBoundBox.makeEmptyBox(valueType: IdentServer.self, eventLoop: loop)
        let ident = try await loop.flatSubmit {
            let ident = IdentServer(IdentTable(.hash), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            server.value = ident
            return ident.listen(on: Endpoint(host: "127.0.0.1", port: 0), loop)
        }.get()
        let stranger = try await ServerBootstrap(group: loop).bind(host: "127.0.0.1", port: 0).get()
        let connection = try await ClientBootstrap(group: loop)
            .connect(host: "127.0.0.1", port: stranger.localAddress?.port ?? 0).get()
        let name = try await loop.submit {
            let table = try #require(server.value?.table)
            let owner = table.owner(Self.account, userName: .star, hash: Self.hash)
            table.add(connection, owner: owner)
            return owner.name
        }.get()
        return Rig(ident: ident, stranger: stranger, connection: connection, name: name)
    }

    /// All bytes that the server answers to these, until it closes the connection. `source` is the asker's address.
    private func ask(_ rig: Rig, _ question: String, from source: String = "127.0.0.1") async throws -> String {
        let promise = loop.makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: loop)
            .bind(to: try SocketAddress(ipAddress: source, port: 0))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(promise))
                }
            }
            .connect(host: "127.0.0.1", port: rig.ident.localAddress?.port ?? 0).get()
        channel.writeAndFlush(ByteBuffer(string: question), promise: nil)
        return try await promise.futureResult.get()
    }

    private func stop(_ rig: Rig) async throws {
        for channel in [rig.connection, rig.stranger, rig.ident] { try await channel.close() }
    }

    @Test("The server of a connection learns a name that does not show the user, the same each time")
    func owner() async throws {
        let rig = try await start()
        let ports = "\(rig.connection.localAddress?.port ?? 0) , \(rig.stranger.localAddress?.port ?? 0)"
        for _ in 0..<2 {
            #expect(try await ask(rig, ports + "\r\n") == "\(ports) : USERID : OTHER : \(rig.name)\r\n")
        }
        #expect(rig.name.utf8.count == 10)
        #expect(!rig.name.contains("anna"))
        #expect(UserName.isValid(rig.name))
        try await stop(rig)
    }

    @Test("Others learn nothing: from another address, for other ports, and after the end of the connection")
    func noUser() async throws {
        let rig = try await start()
        let (ours, theirs) = (rig.connection.localAddress?.port ?? 0, rig.stranger.localAddress?.port ?? 0)
        let none = " : ERROR : NO-USER\r\n"
        #expect(try await ask(rig, "\(ours),\(theirs)\r\n", from: "127.0.0.2") == "\(ours) , \(theirs)" + none)
        #expect(try await ask(rig, "\(theirs),\(ours)\r\n") == "\(theirs) , \(ours)" + none)
        try await rig.connection.close()
        #expect(try await ask(rig, "\(ours),\(theirs)\n") == "\(ours) , \(theirs)" + none)
        try await rig.stranger.close()
        try await rig.ident.close()
    }

    @Test(
        "What is no question gets no answer, and the connection is closed",
        arguments: ["GET / HTTP/1.1\r\n", "1,2,3\r\n", String(repeating: "1", count: 100_000), "\r\n", "\0\0\n"])
    func nonsense(question: String) async throws {
        let rig = try await start()
        #expect(try await ask(rig, question) == "")
        try await stop(rig)
    }

    @Test("One address has a few connections at once; further ones are closed")
    func bound() async throws {
        let rig = try await start()
        var open: [any Channel] = []
        for _ in 0..<IdentServer.limitPerAddress {
            open.append(
                try await ClientBootstrap(group: loop)
                    .connect(host: "127.0.0.1", port: rig.ident.localAddress?.port ?? 0).get())
        }
        #expect(try await ask(rig, "1,2\r\n") == "")
        for channel in open { try await channel.close() }
        try await stop(rig)
    }
}

/// Collects all bytes until the connection ends.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String>
    private var text = ""

    init(_ promise: EventLoopPromise<String>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { promise.succeed(text) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
