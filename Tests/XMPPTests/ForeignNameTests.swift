import Testing
import XMPP

@Suite("Names of another network in an address")
struct ForeignNameTests {
    /// Names that the preparation of JIDs makes equal, or refuses.
    private static let odd = [
        "bob", "ｂob", "bo\u{200B}b", "𝐛ob", "b\u{202E}ob", "bo\u{AD}b", "ﬁsh", "fish", "e\u{301}va", "\u{E9}va",
        "Å", "\u{212B}", "שלום1", "\u{FEFF}", "a\u{1}", " ", "a b", "\\", "\\u{62}ob", "\\u{}", "\\20", "x\\u{5c}",
        "\u{0340}", "\u{0300}", "🦀", "👩\u{200D}🚀", "\u{FFFF}", "\u{E000}", "ℌans", "Hans", "１２", "12", "½",
    ]

    @Test("each name has a resource of its own, from which the name is read back", arguments: odd)
    func bothWays(name: String) throws {
        let resource = ForeignName.resource(for: name)
        #expect(Array(ForeignName.name(ofResource: resource).utf8) == Array(name.utf8))
        let jid = try JID(local: nil, domain: "gw.test", resource: resource)
        #expect(Array((jid.resource ?? "").utf8) == Array(resource.utf8), "preparation leaves it alone")
    }

    @Test("no two names share a resource, also if resources are compared by Unicode equivalence")
    func distinct() {
        #expect(Set(Self.odd.map(ForeignName.resource)).count == Self.odd.count)
        #expect(Set(Self.odd.compactMap(ForeignName.localpart).map { JID.escape($0) }).count == Self.odd.count)
    }

    @Test("characters that preparation changes are escaped, and all others stay")
    func forms() {
        #expect(ForeignName.resource(for: "bob") == "bob")
        #expect(ForeignName.resource(for: "Änne") == "Änne")
        #expect(ForeignName.resource(for: "bo\u{200B}b") == #"bo\u{200b}b"#)
        #expect(ForeignName.resource(for: "ｂob") == #"\u{ff42}ob"#)
        #expect(ForeignName.resource(for: "back\\slash") == #"back\slash"#)
        #expect(ForeignName.resource(for: #"\u{62}ob"#) == #"\u{5c}u{62}ob"#)
        #expect(ForeignName.localpart(for: "Éva") == #"\u{c9}va"#, "nodeprep folds case")
    }

    @Test("characters that clients refuse in a localpart (PRECIS) are escaped, and letters of any script are not")
    func identifiers() {
        #expect(ForeignName.localpart(for: "#tea🫖") == #"#tea\u{1fad6}"#)
        #expect(ForeignName.localpart(for: "½") == #"\u{bd}"#)
        #expect(ForeignName.localpart(for: "#чай") == "#чай")
        #expect(["bob", "#tea%net", "שלום1", "éva"].allSatisfy(ForeignName.isIdentifier))
        #expect(!["🦀", "a→b", "ⅷ", "«a»"].contains(where: ForeignName.isIdentifier))
    }

    @Test(
        "a resource that is not a canonical escape is read as the name itself",
        arguments: [#"\u{62}ob"#, #"\u{62"#, #"\u{110000}"#, #"\u{FF42}ob"#])
    func strict(resource: String) {
        #expect(ForeignName.name(ofResource: resource) == resource)
    }

    @Test("a name is read back from its localpart through both escapes", arguments: odd)
    func localparts(name: String) throws {
        let localpart = try #require(ForeignName.localpart(for: name))
        let jid = try JID(local: JID.escape(localpart), domain: "gw.test")
        let back = ForeignName.name(ofLocalpart: JID.unescape(jid.local ?? ""))
        #expect(Array(back.utf8) == Array(name.utf8))
    }

    @Test("a name that is empty or too long for a resource gets a substitute of its own that names nobody")
    func substitutes() throws {
        let names = [
            "", String(repeating: "\u{7FF}", count: 600), String(repeating: "\u{7FF}", count: 601),
            String(repeating: "x", count: 2_000),
        ]
        let resources = names.map(ForeignName.resource)
        #expect(Set(resources).count == names.count)
        for resource in resources {
            #expect(try JID(local: nil, domain: "gw.test", resource: resource).resource == resource)
            #expect(ForeignName.name(ofResource: resource) == resource)
        }
        #expect(resources[3].hasPrefix("xxxxxxxx"))
    }
}
