import Testing

@testable import XMPP

@Suite("Heads of stanzas")
struct StanzaHeadTests {
    private func head() throws -> StanzaHead {
        StanzaHead(to: try JID("b@x/2"), from: try JID("a@y/1"), id: "7", lang: "de")
    }

    @Test("a change is a change of that copy alone")
    func copies() throws {
        let head = try head()
        var copy = head
        copy.to = try JID("c@x")
        copy.from = nil
        copy.id = "8"
        copy.lang = "en"
        #expect(copy == StanzaHead(to: try JID("c@x"), from: nil, id: "8", lang: "en"))
        #expect(try head == self.head())
    }

    @Test("each part counts when two are compared")
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
    }

    @Test("the domain of the sender, whether or not it is the same object")
    func domain() throws {
        let head = try head()
        #expect(head.isFrom(domainOf: try JID("y")))
        #expect(head.isFrom(domainOf: try #require(head.from).bare))
        #expect(!head.isFrom(domainOf: try JID("a@x/1")))
        #expect(!StanzaHead().isFrom(domainOf: try JID("y")))
    }
}
