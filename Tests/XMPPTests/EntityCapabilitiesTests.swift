import Testing

@testable import XMPP

@Suite("Entity capabilities")
struct EntityCapabilitiesTests {
    private static let features = [
        "http://jabber.org/protocol/muc", "http://jabber.org/protocol/disco#items",
        "http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#info",
    ]

    @Test("the simple example of XEP-0115 §5.2 has its verification string")
    func simple() {
        let info = DiscoInfo(identities: [.init("client", "pc", name: "Exodus 0.9.1")], features: Self.features)
        #expect(EntityCapabilities.verification(of: info) == "QgayPKawpkPSDYmwT/WM94uAlu0=")
    }

    @Test("the complex example of XEP-0115 §5.3 has its verification string")
    func complex() {
        let form = DataForm(
            .result,
            fields: [
                DataForm.Field("FORM_TYPE", .hidden, values: ["urn:xmpp:dataforms:softwareinfo"]),
                DataForm.Field("ip_version", .textMulti, values: ["ipv6", "ipv4"]),
                DataForm.Field("os", .textSingle, values: ["Mac"]),
                DataForm.Field("os_version", .textSingle, values: ["10.5.1"]),
                DataForm.Field("software", .textSingle, values: ["Psi"]),
                DataForm.Field("software_version", .textSingle, values: ["0.11"]),
            ])
        let info = DiscoInfo(
            identities: [
                .init("client", "pc", name: "Psi 0.11", lang: "en"), .init("client", "pc", name: "Ψ 0.11", lang: "el"),
            ], features: Self.features, forms: [form])
        #expect(EntityCapabilities.verification(of: info) == "q07IKJEyjvHSyhy//CH0CxmKi8w=")
    }

    @Test("capabilities, bookmarks, last activity and rosters are read as they are written")
    func bothWays() throws {
        let capabilities = EntityCapabilities(node: "urn:x", verification: "abc=")
        #expect(try EntityCapabilities(capabilities.element) == capabilities)
        let bookmark = RoomBookmark(name: "Harbour", isEntered: true, nick: "anna")
        #expect(try RoomBookmark(bookmark.element) == bookmark)
        let made = RoomBookmark(isEntered: true, maker: "gw.test")
        #expect(try RoomBookmark(made.element) == made)
        #expect(try LastActivity(LastActivity(seconds: 5).element).seconds == 5)
        let item = RosterItem(try JID("a@b.test"), name: "A", subscription: .both, groups: ["G"])
        #expect(try RosterQuery(RosterQuery([item]).element).items == [item])
        var proposed = item
        proposed.subscription = nil
        #expect(try RosterExchange(RosterExchange(adding: [item]).element).items == [proposed])
        let management = RosterManagement(.request, reason: "why")
        #expect(try RosterManagement(management.element) == management)
        let grant = PrivilegeGrant(
            namespace: "urn:xmpp:privilege:2", roster: .both, writesMessages: true, seesPresence: true,
            queries: ["a": .get, "b": .both])
        #expect(try PrivilegeGrant(grant.element) == grant)
    }
}
