import Testing

@testable import XMPP

@Suite("Heads of stanzas")
struct StanzaHeadTests {
    private func head() throws -> StanzaHead {
        StanzaHead(to: try JID("b@x/2"), from: try JID("a@y/1"), id: "7", lang: "de", stableID: "s")
    }

    @Test("a change affects only the changed copy")
    func copies() throws {
        let head = try head()
        var copy = head
        copy.to = try JID("c@x")
        copy.from = nil
        copy.id = "8"
        copy.lang = "en"
        #expect(copy == StanzaHead(to: try JID("c@x"), from: nil, id: "8", lang: "en", stableID: "s"))
        #expect(try head == self.head())
    }

    @Test("a comparison includes each part")
    func equality() throws {
        let head = try head()
        #expect(try head == self.head())
        for change in [{ $0.to = nil }, { $0.from = nil }, { $0.id = nil }, { $0.lang = nil }]
            as [(inout StanzaHead) -> Void]
        {
            var other = head
            change(&other)
            #expect(other != head)
        }
        #expect(StanzaHead(to: head.to, from: head.from, id: head.id, lang: head.lang) != head)
    }

    @Test("the domain of the sender is compared by value, not by identity")
    func domain() throws {
        let head = try head()
        #expect(head.isFrom(domainOf: try JID("y")))
        #expect(head.isFrom(domainOf: try #require(head.from).bare))
        #expect(!head.isFrom(domainOf: try JID("a@x/1")))
        #expect(!StanzaHead().isFrom(domainOf: try JID("y")))
    }
}
