import Basics
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import Networking

/// One user names hosts whose name servers never answer. No other user may notice.
@Suite("A user whose names never resolve", .timeLimit(.minutes(1)))
struct SlowNameServerTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("another user's configured network, and the name that a third one types, are reached meanwhile")
    func bystanders() async throws {
        let names = try await server()
        let resolver = HostResolver(names.settings(patient, families: .v4, firstTry: .seconds(3600)))
        let irc = try await LoopbackServer.start()
        let dialer = Dialer(resolver: resolver)
        let attack = (0..<500).map {
            dial(dialer, Endpoint(host: "host\($0).dead.test", port: 6697), .user("mallory"))
        }
        // The user's first look-ups are under way, and stay there.
        var questions = names.questions.makeAsyncIterator()
        _ = await questions.next()
        for requester in [Requester.configuration, .user("alice"), .configuration, .user("bob")] {
            try await dial(dialer, irc.endpoint("irc.test"), requester).get().close()
        }
        let dead = names.asked.withLockedValue { $0.map(\.name).filter { $0.hasSuffix(".dead.test") } }
        #expect(Set(dead) == ["host0.dead.test", "host1.dead.test"])
        await resolver.close()
        for dial in attack { await #expect(throws: DialError.self) { try await dial.get() } }
        try await irc.stop()
        try await names.stop()
    }

    @Test("beyond those that wait he is refused at once, in words")
    func refused() async throws {
        let names = try await server()
        let resolver = HostResolver(names.settings(patient, families: .v4, firstTry: .seconds(3600)))
        let dialer = Dialer(resolver: resolver)
        let (errors, heard) = AsyncStream<DialError>.makeStream()
        let attack = (0..<500).map { number in
            dial(dialer, Endpoint(host: "host\(number).dead.test", port: 6697), .user("mallory")).always { result in
                if case .failure(let error as DialError) = result { heard.yield(error) }
            }
        }
        // Two look-ups are under way as soon as the thread runs, which may be before or after the others have been
        // added.
        for await error in errors.prefix(448) { #expect(error.isRefusal) }
        await resolver.close()
        for dial in attack { await #expect(throws: DialError.self) { try await dial.get() } }
        heard.finish()
        var others: [DialError] = []
        for await error in errors where !error.isRefusal { others.append(error) }
        #expect((50...52).contains(others.count))
        #expect(others.allSatisfy { if case .lookUpFailed(_, .cancelled) = $0 { true } else { false } })
        try await names.stop()
    }

    @Test("a dial whose time is over gives its name's place to the next")
    func timedOut() async throws {
        let names = try await server()
        var limits = patient
        limits.perUser = 1
        let resolver = HostResolver(names.settings(limits, families: .v4, firstTry: .seconds(3600)))
        let dialer = Dialer(resolver: resolver)
        let dead = Endpoint(host: "host.dead.test", port: 6697)
        await #expect(throws: DialError.timedOut(dead, during: .resolving)) {
            try await dial(dialer, dead, .user("mallory"), .milliseconds(50)).get()
        }
        await #expect(throws: DialError.notResolvable(host: "x.test", reason: "Domain name not found")) {
            try await dial(dialer, Endpoint(host: "x.test", port: 6697), .user("mallory")).get()
        }
        await resolver.close()
        try await names.stop()
    }

    @Test("a hundred users who all do so leave the configuration its places")
    func many() async throws {
        let names = try await server()
        var limits = patient
        (limits.total, limits.reserved) = (40, 8)
        let resolver = HostResolver(names.settings(limits, families: .v4, firstTry: .seconds(3600)))
        let attack = (0..<1000).map {
            resolver.lookUp(
                Endpoint(host: "host\($0).dead.test", port: 1), for: .user("mallory\($0 % 100)"), on: loop)
        }
        var dead: Set<String> = []
        for await question in names.questions where dead.insert(question.name).inserted && dead.count == 32 { break }
        let found = try await resolver.lookUp(Endpoint(host: "irc.test", port: 1), for: .configuration, on: loop)
            .addresses.get()
        #expect(found.map(\.ipAddress) == ["127.0.0.1"])
        #expect(names.asked.withLockedValue { Set($0.map(\.name)) } == dead.union(["irc.test"]))
        await resolver.close()
        for lookUp in attack { await #expect(throws: DialError.self) { try await lookUp.addresses.get() } }
        try await names.stop()
    }

    @Test("words and kind of a time-out are those of the name, not of the server")
    func words() {
        let late = DialError.timedOut(Endpoint(host: "irc.test", port: 6697), during: .resolving)
        let unanswered = DialError.lookUpFailed(host: "irc.test", .timedOut)
        for error in [late, unanswered] {
            #expect(error.userText == "The name irc.test could not be looked up in time. Try again later.")
            #expect(error.description.contains("/etc/resolv.conf"))
            #expect(error.isTemporary)
        }
        let none = DialError.notResolvable(host: "irc.test", reason: "x")
        #expect(none.userText == "There is no server by the name irc.test.")
        let tooMany = DialError.lookUpFailed(host: "irc.test", .tooMany)
        #expect(tooMany.userText == "Too many names are being looked up for you. Try again in a moment.")
        for problem in [LookUpProblem.serverFailed(reason: "x"), .refused, .noServer] {
            let error = DialError.lookUpFailed(host: "irc.test", problem)
            #expect(error.isTemporary)
            #expect(!error.userText.contains("no server by the name"))
        }
    }

    /// Look-ups end when they are cancelled, not by time, however slow the machine is.
    private var patient: LookUpLimits {
        var limits = LookUpLimits()
        limits.time = .seconds(3600)
        return limits
    }

    /// Answers for `irc.test` with this machine's address, says that `x.test` does not exist, and ignores all other
    /// questions.
    private func server() async throws -> NameServer {
        try await NameServer.start { question in
            switch question.name {
            case "irc.test": [.records([.v4("irc.test", 127, 0, 0, 1)])]
            case "x.test": [.code(3)]
            default: []
            }
        }
    }

    private func dial(
        _ dialer: Dialer, _ endpoint: Endpoint, _ requester: Requester, _ timeout: Duration = .seconds(3600)
    ) -> EventLoopFuture<any Channel> {
        dialer.connect(
            to: endpoint, tls: .plain, policy: .anywhere, timeout: timeout, onBehalfOf: requester, on: loop
        ) { _ in }
    }
}

extension DialError {
    fileprivate var isRefusal: Bool {
        if case .lookUpFailed(_, .tooMany) = self { true } else { false }
    }
}
