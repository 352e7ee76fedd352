import ServerRig
import Testing

extension Continuity {
    @Test(
        "with a prefix that is routed to the machine, each account comes from an address of its own, and keeps it",
        .enabled(if: NetworkSpace.obstacle == nil, "a network namespace with a prefix is not possible here"))
    func routedPrefix() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.routedPrefix = "2001:db8:7::/64"
        plan.networkKeys = ", source-prefix: \"2001:db8:7::/64\""
        try await Stage.with(plan) { deployment in
            let room = deployment.address(deployment.unique("#harbour"), on: .ngircd)
            let alice = try await deployment.user("alice")
            let bob = try await deployment.user("bob")
            try await alice.join(room, as: alice.account.name)
            try await bob.join(room, as: bob.account.name)

            let first = try await address(of: alice.account.name, askedBy: bob, in: deployment)
            let other = try await address(of: bob.account.name, askedBy: alice, in: deployment)
            #expect(first.hasPrefix("2001:db8:7:") && other.hasPrefix("2001:db8:7:"), "\(first) \(other)")
            #expect(first != other)

            try await deployment.server(.ngircd).daemon.restart()
            for user in [alice, bob] {
                try await user.expect("word of the return", within: .seconds(60)) {
                    $0.from == room && $0.body?.contains("is back") == true
                }
            }
            let again = try await address(of: alice.account.name, askedBy: bob, in: deployment)
            #expect(again == first)
        }
    }

    /// The address from which a person is connected, as the server tells it (RPL_USERHOST).
    private func address(of nick: String, askedBy user: XMPPUser, in deployment: Deployment) async throws -> String {
        let network = deployment.address(of: .ngircd)
        try user.chat("USERHOST \(nick)", to: network)
        let answer = try await user.expect("the address of \(nick)") {
            $0.name == "message" && $0.from == network && $0.body?.contains("\(nick)=") == true
        }
        return answer.body?.split(separator: "@").last.map { $0.filter { !"[]".contains($0) } } ?? ""
    }
}
