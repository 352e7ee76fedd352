import ServerRig
import Testing

extension Continuity {
    @Test(
        "while the network is down an entry is refused with its id, and a message as well",
        arguments: Plan.Network.allCases)
    func networkDown(network: Plan.Network) async throws {
        try await Stage.with(Plan(networks: [network])) { deployment in
            await (try deployment.server(network)).daemon.stop()
            let alice = try await deployment.user("alice")
            let room = deployment.address("#harbour", on: network)

            try alice.askToJoin(room, as: alice.account.name, id: "join")

            let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
            #expect(refusal.error?.hasPrefix("wait/") == true && refusal.errorText?.isEmpty == false)
            let peer = deployment.address("anna", on: network)
            let id = try alice.chat("hello?", to: peer)
            #expect(try await alice.expectError("message", id: id, from: peer).error?.hasPrefix("wait/") == true)

            try await deployment.server(network).daemon.start()
            try await alice.join(room, as: alice.account.name)
        }
    }

    /// A way of a network to ban Martlet's address.
    struct Ban: Sendable, CustomTestStringConvertible {
        let network: Plan.Network
        let line: String
        var testDescription: String { network.rawValue }
    }

    static let bans = [
        Ban(network: .ngircd, line: "GLINE *!*@127.99.7.2 3600 :no gateways"),
        Ban(network: .inspircd, line: "GLINE *@127.99.7.2 1h :no gateways"),
        Ban(network: .hybrid, line: "KLINE 60 *@127.99.7.2 :no gateways"),
    ]

    @Test("a user whose connection the network bans reads why, at the entry", arguments: bans)
    func bannedAtConnect(ban: Ban) async throws {
        var plan = Plan(networks: [ban.network])
        plan.networkKeys = ", source-address: 127.99.7.2"
        try await Stage.with(plan) { deployment in
            let anna = try await deployment.ircUser("anna", on: ban.network)
            try await anna.ask("OPER root secret", answer: "381")
            try anna.send(ban.line)
            try await anna.fence()
            let alice = try await deployment.user("alice")
            let room = deployment.address("#harbour", on: ban.network)

            try alice.askToJoin(room, as: alice.account.name, id: "join")

            let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
            #expect(refusal.error == "auth/forbidden")
            #expect(
                refusal.errorText?.lowercased().contains("ban") == true
                    || refusal.errorText?.contains("no gateways") == true)
        }
    }

    @Test("a server password of the configuration opens a network", arguments: Plan.Network.allCases)
    func serverPassword(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        plan.serverPassword = "harbour-42"
        plan.networkKeys = ", server-password: harbour-42"
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let entry = try await alice.join(
                deployment.address(deployment.unique("#new"), on: network), as: alice.account.name)
            #expect(entry.own?.statusCodes.contains("110") == true)
        }
    }

    @Test(
        "a network with another password refuses the entry, until the user gives the right one",
        arguments: Plan.Network.allCases)
    func wrongServerPassword(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        plan.serverPassword = "harbour-42"
        plan.networkKeys = ", server-password: another"
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let room = deployment.address(deployment.unique("#new"), on: network)

            try alice.askToJoin(room, as: alice.account.name, id: "join")

            let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
            // InspIRCd does not say that the password is the reason.
            let isNamed = network == .ngircd
            #expect(refusal.error == (isNamed ? "auth/not-authorized" : "wait/remote-server-timeout"))
            #expect(refusal.errorText?.contains(isNamed ? "Bad password" : "Access denied") == true, "\(refusal)")
            let settings = try await alice.register(
                with: deployment.address(of: network), form: ["pass": "harbour-42"])
            #expect(settings.type == "result")
            try await alice.join(room, as: alice.account.name)
        }
    }

    @Test("through a SOCKS proxy the server sees the proxy's address", arguments: [false, true])
    func proxy(hasLogin: Bool) async throws {
        let folder = try RigFolder()
        defer { folder.remove() }
        let proxy = try await SOCKSProxy.start(in: folder, from: "127.99.7.5", hasLogin: hasLogin)
        defer { proxy.stop() }
        var plan = Plan(networks: [.inspircd])
        plan.networkKeys = ", proxy: \"socks5://127.0.0.1:\(proxy.port)\""
        if hasLogin { plan.networkKeys += ", proxy-user: martlet, proxy-password: gatewaypw" }
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .inspircd, in: deployment)
            #expect(try await meeting.anna.userHost(of: meeting.nick).hasSuffix("@127.99.7.5"))
        }
    }

    @Test("a SOCKS proxy that refuses the login makes the entry fail, and its operator reads why")
    func refusingProxy() async throws {
        let folder = try RigFolder()
        defer { folder.remove() }
        let proxy = try await SOCKSProxy.start(in: folder, from: "127.99.7.5", hasLogin: true)
        defer { proxy.stop() }
        var plan = Plan(networks: [.inspircd])
        plan.networkKeys =
            ", proxy: \"socks5://127.0.0.1:\(proxy.port)\", proxy-user: martlet, proxy-password: wrong"
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let room = deployment.address("#harbour", on: .inspircd)
            try alice.askToJoin(room, as: alice.account.name, id: "join")
            let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
            #expect(refusal.error == "wait/remote-server-timeout")
            #expect(refusal.errorText?.contains("operator") == true)
            // The operator reads more than the user.
            try await deployment.martlet.awaitLog("through the proxy 127.0.0.1:\(proxy.port)")
        }
    }
}
