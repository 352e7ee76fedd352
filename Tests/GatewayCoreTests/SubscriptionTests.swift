import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// All states of a subscription and all stanzas that change it (RFC 6121 §3, Appendix A), at addresses of the gateway.
@Suite("Subscriptions in both directions")
struct SubscriptionTests {
    private static let anna = UserID("anna@home.test")

    /// The addresses that can be contacts, their localparts, and whether they ask for the user's presence in turn.
    static let addresses = [("gw.test", "", true), ("net@gw.test", "net", true), ("bob%net@gw.test", "bob%net", false)]

    static let states = SubscriptionState.Direction.allCases.flatMap { outbound in
        SubscriptionState.Direction.allCases.map { SubscriptionState(outbound: outbound, inbound: $0) }
    }

    /// A scene in which the subscriptions between anna and an address have this state, and nothing is recorded.
    private func scene(_ state: SubscriptionState, _ address: String, _ localpart: String) throws -> Scene {
        let reverse = try #require(ContactRecord.Reverse(rawValue: state.outbound.rawValue))
        let record = ContactRecord(
            gateway: "gw.test", user: Self.anna, localpart: localpart, isSubscribed: state.inbound == .subscribed,
            reverse: reverse)
        let isStored = record.isSubscribed || reverse != .none
        let scene = try Scene(LiveRules(), contacts: isStored ? [record] : [])
        // Loads the user.
        try receive(scene, "probe", at: "other@gw.test")
        if state.inbound == .pending {
            scene.answersCommits = false
            try receive(scene, "subscribe", at: address)
        }
        #expect(try self.state(scene, localpart) == state)
        scene.forget()
        return scene
    }

    @Test("contacts that a user asked for before the registration are contacts after it, unless they were withdrawn")
    func beforeRegistration() throws {
        let scene = try Scene(StoredRules())
        let user = "new@home.test"
        for number in ["+15550197", "+15550198", "+15550199"] {
            scene.forget()
            try scene.receive(from: user, "<presence type='subscribe'/>", to: "\(number)@gw.test")
            #expect(scene.presences.map(\.stanzaError?.condition) == [.registrationRequired])
        }
        try scene.receive(from: user, "<presence type='unsubscribe'/>", to: "+15550197@gw.test")
        _ = try scene.command("register", by: user + "/a", ["phone": ["+15550101"]])
        let accepted = scene.presences.filter { $0.type == .subscribed }.compactMap { $0.head.from?.local }
        #expect(accepted == ["+15550198", "+15550199"])
        let shown = scene.presences.filter { $0.type == .available }.compactMap { $0.head.from?.local }
        #expect(Set(shown) == ["+15550198", "+15550199"])
        #expect(scene.store.record(of: UserID(user)).contacts.count { $0.isSubscribed } == 2)
    }

    private func receive(_ scene: Scene, _ type: String, at address: String) throws {
        try scene.receive(from: "anna@home.test", "<presence type='\(type)' id='p'/>", to: address)
    }

    private func state(_ scene: Scene, _ localpart: String) throws -> SubscriptionState {
        let user = try #require(scene.kernel.users[Self.anna])
        return scene.core.features.contacts.subscription(of: localpart, user)
    }

    /// The subscriptions that the registry holds.
    private func stored(_ scene: Scene, _ localpart: String) -> SubscriptionState {
        let record = scene.store.record(of: Self.anna).contacts.first { $0.localpart == localpart }
        let outbound = record.flatMap { SubscriptionState.Direction(rawValue: $0.reverse.rawValue) }
        return SubscriptionState(
            outbound: outbound ?? .none, inbound: record?.isSubscribed == true ? .subscribed : .none)
    }

    @Test(
        "a subscribe is accepted when it is stored, again if the user is subscribed, and once while it is pending",
        arguments: addresses.indices, states)
    func subscribe(index: Int, before: SubscriptionState) throws {
        let (address, localpart, asks) = Self.addresses[index]
        let scene = try scene(before, address, localpart)
        try receive(scene, "subscribe", at: address)
        if before.inbound != .subscribed {
            #expect(before.inbound == .none || scene.sent.isEmpty, "nothing is accepted before it is stored")
        }
        scene.answersCommits = true
        scene.answerCommits()
        let types = scene.presences.map(\.type)
        #expect(types.filter { $0 == .subscribed }.count == 1)
        #expect(types.dropFirst().first.map { [.available, .unavailable].contains($0) } == true)
        let isNew = before.inbound != .subscribed
        #expect(types.contains(.subscribe) == (asks && isNew))
        let outbound: SubscriptionState.Direction =
            asks && isNew && before.outbound == .none ? .pending : before.outbound
        let after = SubscriptionState(outbound: outbound, inbound: .subscribed)
        #expect(try state(scene, localpart) == after && stored(scene, localpart) == after)
    }

    @Test(
        "an unsubscribe ends the subscription, and gets no answer where there is none (RFC 6121 §3.3.3)",
        arguments: addresses.indices, states)
    func unsubscribe(index: Int, before: SubscriptionState) throws {
        let (address, localpart, _) = Self.addresses[index]
        let scene = try scene(before, address, localpart)
        try receive(scene, "unsubscribe", at: address)
        scene.answersCommits = true
        scene.answerCommits()
        #expect(scene.presences.map(\.type) == (before.inbound == .none ? [] : [.unsubscribed, .unavailable]))
        let after = SubscriptionState(outbound: before.outbound, inbound: .none)
        #expect(try state(scene, localpart) == after && stored(scene, localpart) == after)
        scene.forget()
        try receive(scene, "probe", at: address)
        #expect(scene.presences.map(\.type) == [.unsubscribed])
    }

    @Test(
        "the user's consent and its end change the other direction, and are never answered",
        arguments: addresses.indices, states)
    func consent(index: Int, before: SubscriptionState) throws {
        let (address, localpart, _) = Self.addresses[index]
        for type in [Presence.Kind.subscribed, .unsubscribed] {
            let scene = try scene(before, address, localpart)
            try receive(scene, type.rawValue, at: address)
            #expect(scene.sent.isEmpty)
            var after = before
            _ = after.receive(type)
            #expect(try state(scene, localpart) == after)
            scene.answersCommits = true
            scene.answerCommits()
            if before.inbound == .pending { _ = after.send(.subscribed) }
            let now = try state(scene, localpart)
            #expect(now.inbound == after.inbound && stored(scene, localpart) == now)
        }
    }

    @Test("a request of the gateway is remembered, and sent once while the user is loaded", arguments: states)
    func request(before: SubscriptionState) throws {
        let scene = try scene(before, "gw.test", "")
        let user = try #require(scene.kernel.users[Self.anna])
        for _ in 0..<3 { scene.core.features.contacts.askForPresence(of: user) }
        scene.post(.linkOpened)
        #expect(scene.presences.count { $0.type == .subscribe } == 1)
        var after = before
        _ = after.send(.subscribe)
        #expect(try state(scene, "") == after)
    }

    @Test("unregistering ends both directions of every state", arguments: states)
    func unregister(before: SubscriptionState) throws {
        let scene = try scene(before, "bob%net@gw.test", "bob%net")
        scene.answersCommits = true
        scene.answerCommits()
        let remove = "<iq id='u' type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>"
        try scene.receive(
            from: "anna@home.test/a", "<iq id='r' type='set'><query xmlns='jabber:iq:register'/></iq>", to: "gw.test")
        scene.forget()
        try scene.receive(from: "anna@home.test/a", remove, to: "gw.test")
        let own = scene.presences.filter { $0.head.from?.bare.description == "bob%net@gw.test" }
        let isKnown = before.outbound != .none || before.inbound != .none
        #expect(own.map(\.type) == (isKnown ? [.unsubscribe, .unsubscribed, .unavailable] : []))
        #expect(scene.store.record(of: Self.anna).contacts.isEmpty)
    }

    @Test("a withdrawn consent takes the gateway's knowledge of the user's clients away")
    func withdrawn() throws {
        let scene = try scene(SubscriptionState(outbound: .subscribed, inbound: .subscribed), "gw.test", "")
        try scene.receive(from: "anna@home.test/a", "<presence/>", to: "gw.test")
        let clients = scene.core.features.contacts.clients
        #expect(clients.isKnown(Self.anna))
        try receive(scene, "unsubscribed", at: "gw.test")
        #expect(!clients.isKnown(Self.anna))
    }

    @Test("people who are not subscribed get no available presence, whatever they and the network do")
    func noLeaks() throws {
        let scene = try scene(SubscriptionState(outbound: .subscribed), "bob%net@gw.test", "bob%net")
        scene.capabilities = Capabilities([.join: .full, .watch: .full, .presence: .full])
        let bob = PeerAddress(network: LiveRules.network, name: "bob")
        try scene.join()
        scene.event(.state(.online(nick: "anna")), network: "net")
        for address in Self.addresses.map(\.0) + ["carl%net@gw.test"] {
            for type in ["", "type='probe'", "type='unsubscribe'", "type='subscribed'", "type='unavailable'"] {
                try scene.receive(from: "anna@home.test/a", "<presence \(type)/>", to: address)
            }
        }
        for availability in [Availability.available, .away("x"), .offline] {
            scene.event(.peer(bob, .presence(availability)), network: "net")
        }
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        scene.event(.state(.offline(Failure(.remoteDown, "gone"), retrying: true)), network: "net")
        scene.post(.stopping(reason: "over"))
        #expect(!scene.presences.contains { $0.type == .available })
    }
}
