import Basics
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import Networking

@Suite("Looking up names", .timeLimit(.minutes(1)))
struct HostResolverTests {
    private typealias Record = DNSMessage.Record
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("a name's addresses are those of both families, each with the port of the endpoint")
    func bothFamilies() async throws {
        let found = try await look("two.test") { question in
            question.kind == DNSMessage.Question.v6
                ? [.records([.v6("two.test", last: 1)])] : [.records([.v4("two.test", 192, 0, 2, 1)])]
        }
        #expect(Set(found) == ["192.0.2.1:7", "2001:db8::1:7"])
    }

    @Test("a name may be another name's alias, several times")
    func aliases() async throws {
        let found = try await look("a.test", .v4) { _ in
            [
                .records([
                    .alias("a.test", of: "b.test"), .alias("b.test", of: "c.test"), .v4("c.test", 192, 0, 2, 9),
                ])
            ]
        }
        #expect(found == ["192.0.2.9:7"])
    }

    @Test("an answer that does not fit into a datagram is asked for over TCP")
    func truncated() async throws {
        let found = try await look("many.test", .v4) { question in
            guard question.isOverTCP else { return [.truncated] }
            return [.records((0..<200).map { .v4("many.test", 192, 0, 2, $0) })]
        }
        #expect(found.count == 200)
    }

    @Test("an answer to another question is not taken")
    func wrongID() async throws {
        let found = try await look("right.test", .v4) { _ in
            [.wrongID([.v4("right.test", 192, 0, 2, 66)]), .records([.v4("right.test", 192, 0, 2, 1)])]
        }
        #expect(found == ["192.0.2.1:7"])
    }

    @Test("a question that is lost is asked again")
    func lost() async throws {
        let seen = Counter()
        let found = try await look("lost.test", .v4, firstTry: .seconds(1)) { _ in
            seen.next() == 1 ? [] : [.records([.v4("lost.test", 192, 0, 2, 1)])]
        }
        #expect(found == ["192.0.2.1:7"])
    }

    @Test("a name with addresses of one family only has those")
    func oneFamily() async throws {
        let found = try await look("four.test") { question in
            question.kind == DNSMessage.Question.v6 ? [.none] : [.records([.v4("four.test", 192, 0, 2, 1)])]
        }
        #expect(found == ["192.0.2.1:7"])
    }

    @Test(
        "why a name has no addresses is told by kind",
        arguments: [
            (NameServer.Reply.code(3), "no such name"), (.none, "no such name"), (.code(2), "server failed"),
            (.code(5), "refused"), (.code(4), "server failed"),
        ])
    func kinds(_ reply: NameServer.Reply, _ kind: String) async throws {
        let error = try #require(try await failure("x.test") { _ in [reply] })
        #expect(HostResolverTests.kind(error) == kind, "\(error)")
    }

    @Test(
        "a name server that answers nonsense or never is a time-out, within the time of one name",
        arguments: [true, false])
    func never(isSilent: Bool) async throws {
        var limits = LookUpLimits()
        limits.time = .milliseconds(50)
        let error = try await failure("x.test", limits) { _ in isSilent ? [] : [.bytes([1, 2, 3]), .bytes([])] }
        #expect(error == .lookUpFailed(host: "x.test", .timedOut))
    }

    @Test("without a file this machine is asked, as ever")
    func noConfiguration() async throws {
        let server = try await NameServer.start { [.records([.v4($0.name, 192, 0, 2, 1)])] }
        try server.configure(nil)
        let resolver = HostResolver(server.settings(families: .v4))
        #expect(try await addresses("x.test", resolver) == ["192.0.2.1:7"])
        await resolver.close()
        try await server.stop()
    }

    @Test("when the first name server fails, the next one is asked", arguments: [UInt8(2), 4, 5])
    func nextServer(code: UInt8) async throws {
        let seen = Counter()
        let found = try await look("x.test", .v4, servers: ["127.0.0.1", "127.0.0.1"]) { question in
            seen.next() == 1 ? [.code(code)] : [.records([.v4(question.name, 192, 0, 2, 1)])]
        }
        #expect(found == ["192.0.2.1:7"])
    }

    @Test("when no name server runs at the first address, the next one is asked")
    func nextAddress() async throws {
        let found = try await look("x.test", .v4, servers: ["127.0.0.2", "127.0.0.1"]) { question in
            [.records([.v4(question.name, 192, 0, 2, 1)])]
        }
        #expect(found == ["192.0.2.1:7"])
    }

    @Test("where no name server runs that is said, and the file with their addresses is read anew for each name")
    func changedConfiguration() async throws {
        let server = try await NameServer.start { [.records([.v4($0.name, 192, 0, 2, 1)])] }
        try server.configure("nameserver 127.0.0.2")
        let resolver = HostResolver(server.settings(families: .v4))
        #expect(await failure("x.test", resolver) == .lookUpFailed(host: "x.test", .noServer))
        try server.configure("nameserver 127.0.0.1")
        #expect(try await addresses("x.test", resolver) == ["192.0.2.1:7"])
        await resolver.close()
        try await server.stop()
    }

    @Test("names of the configuration are looked up in the search list, users' names are not")
    func searchList() async throws {
        let server = try await NameServer.start { question in
            question.name == "irc.inside.test" ? [.records([.v4("irc.inside.test", 10, 0, 0, 1)])] : [.code(3)]
        }
        try server.configure("nameserver 127.0.0.1\nsearch inside.test")
        let resolver = HostResolver(server.settings(families: .v4))
        #expect(try await addresses("irc", resolver) == ["10.0.0.1:7"])
        #expect(await failure("irc", resolver, for: .user("u")).map(HostResolverTests.kind) == "no such name")
        #expect(server.asked.withLockedValue { $0.map(\.name) } == ["irc.inside.test", "irc"])
        await resolver.close()
        try await server.stop()
    }

    @Test("a name with a dot at its end is asked for as it is", arguments: ["irc.test.", "irc."])
    func trailingDot(_ name: String) async throws {
        let server = try await NameServer.start { [.records([.v4($0.name, 192, 0, 2, 1)])] }
        try server.configure("nameserver 127.0.0.1\nsearch inside.test")
        let resolver = HostResolver(server.settings(families: .v4))
        #expect(try await addresses(name, resolver) == ["192.0.2.1:7"])
        #expect(server.asked.withLockedValue { $0.map(\.name) } == [String(name.dropLast())])
        await resolver.close()
        try await server.stop()
    }

    @Test("a look-up that nobody waits for any more ends at once, and its late answer is nobody's")
    func cancelled() async throws {
        let server = try await NameServer.start { question in
            question.name == "slow.test" ? [] : [.records([.v4(question.name, 192, 0, 2, 1)])]
        }
        let resolver = HostResolver(server.settings(families: .v4))
        let lookUp = resolver.lookUp(Endpoint(host: "slow.test", port: 7), for: .user("u"), on: loop)
        var questions = server.questions.makeAsyncIterator()
        _ = await questions.next()
        lookUp.cancel()
        await #expect(throws: DialError.lookUpFailed(host: "slow.test", .cancelled)) {
            try await lookUp.addresses.get()
        }
        lookUp.cancel()
        #expect(try await addresses("quick.test", resolver) == ["192.0.2.1:7"])
        await resolver.close()
        try await server.stop()
    }

    @Test("closing answers what is under way and what waits; later look-ups fail; it can be done twice")
    func closing() async throws {
        let server = try await NameServer.start { _ in [] }
        let resolver = HostResolver(server.settings())
        let lookUps = (0..<20).map {
            resolver.lookUp(Endpoint(host: "x\($0).test", port: 7), for: .user("u"), on: loop)
        }
        await resolver.close()
        for lookUp in lookUps { await #expect(throws: DialError.self) { try await lookUp.addresses.get() } }
        #expect(await failure("y.test", resolver) == .lookUpFailed(host: "y.test", .cancelled))
        await resolver.close()
        try await server.stop()
    }

    @Test("a resolver that is dropped ends its thread, which answers what is under way")
    func dropped() async throws {
        let server = try await NameServer.start { _ in [] }
        let lookUp = {
            HostResolver(server.settings()).lookUp(Endpoint(host: "x.test", port: 7), for: .user("u"), on: loop)
                .addresses
        }()
        await #expect(throws: DialError.lookUpFailed(host: "x.test", .cancelled)) { try await lookUp.get() }
        try await server.stop()
    }

    @Test("a user who joined a look-up that runs out of time gets one of their own")
    func joined() async throws {
        let seen = Counter()
        let server = try await NameServer.start { question in
            seen.next() == 1 ? [] : [.records([.v4(question.name, 192, 0, 2, 1)])]
        }
        var limits = LookUpLimits()
        limits.time = .seconds(2)
        let resolver = HostResolver(server.settings(limits, families: .v4, firstTry: .seconds(3600)))
        let endpoint = Endpoint(host: "slow.test", port: 7)
        let first = resolver.lookUp(endpoint, for: .user("a"), on: loop)
        var questions = server.questions.makeAsyncIterator()
        _ = await questions.next()
        let second = resolver.lookUp(endpoint, for: .user("b"), on: loop)
        await #expect(throws: DialError.lookUpFailed(host: "slow.test", .timedOut)) { try await first.addresses.get() }
        #expect(try await second.addresses.get().map(\.ipAddress) == ["192.0.2.1"])
        await resolver.close()
        try await server.stop()
    }

    @Test("a name server that hangs up is no signal for the thread that writes to it")
    func brokenPipe() async throws {
        let server = try await NameServer.start { [.records([.v4($0.name, 192, 0, 2, 1)])] }
        let resolver = NameResolver(server.settings(families: .v4))
        let isBlocked = await withCheckedContinuation { continuation in
            _ = resolver.lookUp("x.test", for: .user("u")) { _ in
                var signals = sigset_t()
                pthread_sigmask(SIG_BLOCK, nil, &signals)
                continuation.resume(returning: sigismember(&signals, SIGPIPE) == 1)
            }
        }
        #expect(isBlocked)
        await withCheckedContinuation { continuation in resolver.close { continuation.resume() } }
        try await server.stop()
    }

    // MARK: -

    private static func kind(_ error: DialError) -> String {
        switch error {
        case .notResolvable: "no such name"
        case .lookUpFailed(_, .serverFailed): "server failed"
        case .lookUpFailed(_, .refused): "refused"
        default: "other"
        }
    }

    private func look(
        _ name: String, _ families: AddressFamilies = .both, firstTry: Duration = .seconds(10),
        servers: [String] = ["127.0.0.1"], _ script: @escaping NameServer.Script
    ) async throws -> [String] {
        let server = try await NameServer.start(script)
        try server.configure(servers.map { "nameserver \($0)" }.joined(separator: "\n"))
        let resolver = HostResolver(server.settings(families: families, firstTry: firstTry))
        let found = try await addresses(name, resolver)
        await resolver.close()
        try await server.stop()
        return found
    }

    private func failure(
        _ name: String, _ limits: LookUpLimits? = nil, _ script: @escaping NameServer.Script
    ) async throws -> DialError? {
        let server = try await NameServer.start(script)
        let resolver = HostResolver(server.settings(limits))
        let error = await failure(name, resolver)
        await resolver.close()
        try await server.stop()
        return error
    }

    private func addresses(_ name: String, _ resolver: HostResolver) async throws -> [String] {
        try await resolver.lookUp(Endpoint(host: name, port: 7), for: .configuration, on: loop).addresses.get()
            .map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" }
    }

    private func failure(
        _ name: String, _ resolver: HostResolver, for requester: Requester = .configuration
    ) async -> DialError? {
        do {
            _ = try await resolver.lookUp(Endpoint(host: name, port: 7), for: requester, on: loop).addresses.get()
            return nil
        } catch {
            return error as? DialError
        }
    }
}
