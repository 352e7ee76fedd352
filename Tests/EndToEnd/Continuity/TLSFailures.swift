import ServerRig
import Testing

extension Continuity {
    /// One TLS server that is no good, and the words with which a join is refused.
    struct BadServer: Sendable, CustomTestStringConvertible {
        let fault: TLSServer.Fault
        /// Keys of the network besides its address.
        var keys = ""
        let words: [String]
        var testDescription: String { "\(fault)" }
    }

    private static let badServers = [
        BadServer(
            fault: .none, keys: ", pin: \(String(repeating: "ab", count: 32))", words: ["another key", "SHA-256"]),
        BadServer(fault: .expired, words: ["expired on 2021-02-03"]),
        BadServer(fault: .otherName, words: ["is not for 127.0.0.1 but for other.test"]),
        BadServer(fault: .unknownIssuer, words: ["self-signed"]),
        BadServer(fault: .oldVersion, words: ["older than TLS 1.2"]),
        BadServer(fault: .clearText, words: ["clear text"]),
    ]

    @Test("a join over TLS that fails says the reason, and nothing is sent in clear text", arguments: badServers)
    func tlsFailure(_ bad: BadServer) async throws {
        let folder = try RigFolder()
        defer { folder.remove() }
        let server = try await TLSServer.start(bad.fault, in: folder)
        defer { server.stop() }
        var plan = Plan()
        let trust = bad.fault == .unknownIssuer || !bad.keys.isEmpty ? "" : ", ca-file: \(server.certificate)"
        plan.otherNetworks["far"] =
            "{address: \"127.0.0.1:\(server.port)\", private-addresses: allow\(trust)\(bad.keys)}"
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let room = "#harbour%far@\(deployment.irc)"

            try alice.askToJoin(room, as: alice.account.name)

            let refusal = try await alice.expect("a refusal", within: .patience) {
                $0.type == "error" && $0.isFrom(room: room)
            }
            for word in bad.words { #expect(refusal.errorText?.contains(word) == true, "\(refusal.errorText ?? "")") }
            #expect(
                refusal.errorText?.contains("on this port") == (bad.fault == .clearText), "\(refusal.errorText ?? "")")
            #expect(!server.received.contains("NICK"))
        }
    }

    @Test("a server whose certificate has a P-521 or P-384 key is joined", arguments: ["secp521r1", "secp384r1"])
    func largeCurves(curve: String) async throws {
        var plan = Plan(networks: [.inspircd])
        plan.tls = .trusted
        plan.curve = curve
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .inspircd, in: deployment)
            try meeting.alice.say("sealed", in: meeting.room)
            try await meeting.anna.expectMessage("sealed", from: meeting.nick, to: meeting.channel)
        }
    }

    @Test("a shutdown does not wait for a TLS server that does not read")
    func shutdownBesideDeafServer() async throws {
        var plan = Plan(networks: [.inspircd])
        plan.tls = .trusted
        try await Self.expectQuickShutdown(plan)
    }

    @Test("a shutdown does not wait for a server without TLS that does not read", arguments: Plan.Network.allCases)
    func shutdownBesideDeafPlainServer(network: Plan.Network) async throws {
        try await Self.expectQuickShutdown(Plan(networks: [network]))
    }

    /// Checks that Martlet ends although the IRC server of the plan does not read.
    private static func expectQuickShutdown(_ plan: Plan) async throws {
        try await Stage.with(plan) { deployment in
            let network = try #require(plan.networks.first)
            _ = try await Meeting.begin(on: network, in: deployment)
            let server = try deployment.server(network)
            await server.daemon.freeze()
            let start = ContinuousClock.now

            let end = await deployment.martlet.daemon.stop()

            #expect(end == .exited(0))
            #expect(start.duration(to: .now) < .seconds(4))
            await server.daemon.thaw()
        }
    }
}
