import ServerRig
import Testing

extension Continuity {
    @Test(
        "a server that asks the ident server about users tells them apart by stable names",
        arguments: Plan.Network.allCases)
    func ident(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        plan.asksAboutUsers = true
        // Servers ask port 113 of the address from which a connection comes.
        plan.networkKeys = ", source-address: 127.99.7.1"
        plan.gatewayKeys = ["identd: {listen: \"127.99.7.1:113\"}"]
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: network, in: deployment)
            let bob = try await meeting.enter("bob")

            let alice = try await meeting.anna.userHost(of: meeting.nick)
            let other = try await meeting.anna.userHost(of: bob.account.name)

            // The servers write ~ before a name that nobody has vouched for.
            #expect(alice.wholeMatch(of: /[a-z2-7]{10}@127\.99\.7\.1/) != nil, "\(alice)")
            #expect(other.wholeMatch(of: /[a-z2-7]{10}@127\.99\.7\.1/) != nil, "\(other)")
            #expect(alice != other)
        }
    }

    @Test("with WEBIRC the server sees an address of each user's own")
    func webIRC() async throws {
        var plan = Plan(networks: [.inspircd])
        plan.asksAboutUsers = true
        plan.networkKeys =
            ", webirc: {password: gatewaypw, address: \"2001:db8:7::/64\", host: users.example.org}"
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .inspircd, in: deployment)
            let bob = try await meeting.enter("bob")

            let alice = try await meeting.anna.userHost(of: meeting.nick)
            let other = try await meeting.anna.userHost(of: bob.account.name)

            // InspIRCd believes the address, and looks up the host name itself.
            #expect(alice.wholeMatch(of: /[^@]+@2001:db8:7:0:[0-9a-f:]+/) != nil, "\(alice)")
            #expect(alice.split(separator: "@").last != other.split(separator: "@").last)
        }
    }

    @Test("with one network fixed, rooms and people have addresses without a network, and the gateway is the network")
    func fixedNetwork() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.gatewayKeys = ["fixed-network: village"]
        try await Stage.with(plan) { deployment in
            let channel = deployment.unique("#harbour")
            let anna = try await deployment.ircUser("anna", on: .ngircd)
            try await anna.join(channel)
            let alice = try await deployment.user("alice")
            let room = "\(channel)@\(deployment.irc)"

            let entry = try await alice.join(room, as: alice.account.name)
            #expect(entry.occupants == [anna.nick])
            try alice.say("hello", in: room)
            try await anna.expectMessage("hello", from: alice.account.name, to: channel)
            try anna.say("a word", to: alice.account.name)
            let message = try await alice.expect("a private message") { $0.body == "a word" }
            #expect(message.from.split(separator: "/").first.map(String.init) == "\(anna.nick)@\(deployment.irc)")
            try alice.send(
                "<message type='chat' to='\(anna.nick)@\(deployment.irc)'><body>an answer</body></message>")
            try await anna.expectMessage("an answer", from: alice.account.name, to: anna.nick)
        }
    }
}
