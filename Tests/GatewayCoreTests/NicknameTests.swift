import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Names of contacts for clients that want them")
struct NicknameTests {
    private static let wanting = DiscoInfo(
        identities: [DiscoInfo.Identity("client", "pc", name: "Gajim")], features: [Nickname.namespace + "+notify"])

    /// A scene whose user has the gateway, Bob and a network as contacts.
    private func scene() throws -> Scene {
        let scene = try Scene.live()
        for address in ["gw.test", "bob%net@gw.test", "net@gw.test"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(address)'/>")
        }
        scene.forget()
        return scene
    }

    /// Lets a client come, and answer the question for its features if there is one.
    private func come(
        _ client: String = "anna@home.test/a", with info: DiscoInfo = wanting, hash: String? = nil, in scene: Scene
    ) throws {
        let hash = hash ?? EntityCapabilities.verification(of: info)
        let asked = scene.queries.count
        try scene.receive(
            from: client,
            "<presence to='gw.test'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:client'"
                + " ver='\(hash)'/></presence>")
        guard scene.queries.count > asked, let (iq, tag) = scene.queries.last else { return }
        #expect(iq.head.to?.description == client && iq.payload.first?[attribute: "node"] == "urn:client#\(hash)")
        scene.post(.answered(tag, iq.result(info.element)))
    }

    private func names(in scene: Scene) -> [String] {
        scene.messages.compactMap { message in
            let items = message.first("event", namespace: PublishedItem.namespace + "#event")?.elements.first
            guard message.type == .headline, items?[attribute: "node"] == Nickname.namespace,
                let name = items?.elements.first?.elements.first?.text
            else { return nil }
            return "\(message.head.from?.description ?? "") \(name) to \(message.head.to?.resource ?? "")"
        }
    }

    @Test("a client that wants names gets those of all people among the contacts, once")
    func wanted() throws {
        let scene = try scene()
        try come(in: scene)
        #expect(names(in: scene) == ["bob%net@gw.test bob (net) to a"])
        try come(in: scene)
        #expect(names(in: scene).count == 1, "the same client shows another presence")
    }

    @Test("the name of a stranger who writes is told once, and stands in the first message")
    func stranger() throws {
        let scene = try scene()
        try come(in: scene)
        scene.forget()
        try scene.join(nick: "anna")
        scene.joined(nick: "anna")
        scene.forget()
        let carl = PeerAddress(network: LiveRules.network, name: "carl")
        for _ in 0..<3 { scene.event(.message(InboundMessage(from: .peer(carl), text: "Hi")), network: "net") }
        #expect(names(in: scene) == ["carl%net@gw.test carl (net) to a"])
        let texts = scene.messages.filter { $0.type == .chat }
        #expect(texts.map { $0.first("nick", namespace: Nickname.namespace)?.text } == ["carl (net)", nil, nil])
    }

    @Test("the people who have been introduced are bounded")
    func introduced() {
        let known = IntroducedPeers(PeerAddress(network: LiveRules.network, name: "0"))
        func add(_ number: Int) -> Bool { known.add(PeerAddress(network: LiveRules.network, name: "\(number)")) }
        #expect(!add(0) && add(1) && !add(0) && !add(1))
        for number in 2...500 { #expect(add(number)) }
        #expect(add(1), "the first ones are forgotten")
    }

    @Test("a client that does not want names, or has no capabilities, gets none")
    func unwanted() throws {
        let scene = try scene()
        try come(with: DiscoInfo(features: [DiscoInfo.namespace]), in: scene)
        try scene.receive(from: "anna@home.test/b", "<presence to='gw.test'/>")
        #expect(scene.messages.isEmpty && scene.queries.count == 1)
    }

    @Test("clients with the same capabilities are asked once, unless the hash is a lie")
    func askedOnce() throws {
        let scene = try scene()
        try come(in: scene)
        try come("anna@home.test/b", in: scene)
        #expect(scene.queries.count == 1)
        #expect(names(in: scene).map { $0.suffix(1) } == ["a", "b"])
        try come("anna@home.test/c", hash: "AAAA", in: scene)
        try come("anna@home.test/d", hash: "AAAA", in: scene)
        #expect(scene.queries.count == 3)
    }

    @Test("a client that joins its features with the separator of the hash does not speak for others")
    func poisoned() throws {
        let scene = try scene()
        let wanting = DiscoInfo(features: ["a", Nickname.namespace + "+notify"])
        let forged = DiscoInfo(features: ["a<" + Nickname.namespace + "+notify"])
        #expect(EntityCapabilities.verification(of: wanting) == EntityCapabilities.verification(of: forged))
        try come("anna@home.test/mallory", with: forged, in: scene)
        try come("anna@home.test/a", with: wanting, in: scene)
        #expect(scene.queries.count == 2 && names(in: scene) == ["bob%net@gw.test bob (net) to a"])
    }

    @Test("a new contact and a newly told name are told to clients that are there, and not to those that have gone")
    func later() throws {
        let scene = try scene()
        try come(in: scene)
        try come("anna@home.test/b", in: scene)
        try scene.receive(from: "anna@home.test/b", "<presence type='unavailable' to='gw.test'/>")
        scene.forget()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='eve%net@gw.test'/>")
        #expect(names(in: scene) == ["eve%net@gw.test eve (net) to a"])
    }

    @Test("a person of a stored address is named when the network tells the name")
    func met() throws {
        let scene = try StoredDeliveryTests.scene()
        for address in ["gw.test", "+15550199@gw.test"] {
            try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='\(address)'/>")
        }
        try come(in: scene)
        #expect(names(in: scene).isEmpty, "the address shows the number already")
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), displayName: "Ben", text: "hi",
            id: MessageID("p1"))
        scene.event(.message(message), network: "phone", token: 1)
        #expect(names(in: scene) == ["+15550199@gw.test Ben to a"])
    }

    @Test("after a break of the stream, a client gets the names when it shows its presence again")
    func afterBreak() throws {
        let scene = try scene()
        try come(in: scene)
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        scene.forget()
        try come(in: scene)
        #expect(names(in: scene).count == 1)
    }

    @Test("twenty clients of a user are served, and each presence of further ones costs nothing")
    func manyClients() throws {
        let scene = try scene()
        for number in 0..<100 { try come("anna@home.test/r\(number)", in: scene) }
        #expect(names(in: scene).count == 20 && scene.queries.count == 1)
    }
}
