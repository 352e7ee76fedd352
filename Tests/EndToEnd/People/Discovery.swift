import ServerRig
import Testing

extension People {
    /// An entity with the identity and the features that it must report.
    struct Entity: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let local: String
        let identity: String
        let features: [String]
    }

    static let entities = [
        Entity(
            testDescription: "the gateway", local: "", identity: "conference/irc",
            features: ["http://jabber.org/protocol/muc", "jabber:iq:gateway", "jabber:iq:register", "urn:xmpp:ping"]),
        Entity(
            testDescription: "a network", local: "village@", identity: "conference/text",
            features: ["http://jabber.org/protocol/muc", "urn:xmpp:ping"]),
        Entity(
            testDescription: "a room", local: "#harbour%village@", identity: "conference/irc",
            features: ["http://jabber.org/protocol/muc", "urn:xmpp:ping"]),
        Entity(
            testDescription: "a person", local: "anna%village@", identity: "client/pc", features: ["urn:xmpp:ping"]),
    ]

    @Test("every entity with an address reports its identity and features", arguments: entities)
    func discovery(entity: Entity) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let info = try await alice.info(of: entity.local + deployment.irc)

        let query = try #require(info.child("query", "http://jabber.org/protocol/disco#info"))
        let identities = query.all("identity").map { "\($0["category"] ?? "")/\($0["type"] ?? "")" }
        #expect(identities == [entity.identity])
        let features = query.all("feature").compactMap { $0["var"] }
        #expect(Set(entity.features + ["http://jabber.org/protocol/disco#info"]).isSubset(of: features))
        #expect(features.count == Set(features).count)
    }

    @Test("the gateway lists its networks")
    func networks() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let answer = try await alice.query(
            "get", to: deployment.irc, "<query xmlns='http://jabber.org/protocol/disco#items'/>")

        let items = answer.child("query")?.all("item").compactMap { $0["jid"] }
        #expect(items == ["village@\(deployment.irc)", "inspircd@\(deployment.irc)"])
    }
}
