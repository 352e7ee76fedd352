import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Lists in pages (XEP-0059)")
struct PagingTests {
    private static let letters = ["a", "b", "c", "d", "e"]

    @Test(
        "each way to name a page gives its items and its mark",
        arguments: [
            (PageRequest(limit: 2), ["a", "b"], 0), (PageRequest(.last, limit: 2), ["d", "e"], 3),
            (PageRequest(.after("b"), limit: 2), ["c", "d"], 2), (PageRequest(.after("d"), limit: 9), ["e"], 4),
            (PageRequest(.before("d"), limit: 2), ["b", "c"], 1), (PageRequest(.before("b"), limit: 9), ["a"], 0),
            (PageRequest(.index(3), limit: 9), ["d", "e"], 3), (PageRequest(limit: 9), letters, 0),
            (PageRequest(.after("e"), limit: 2), [], nil), (PageRequest(.before("a"), limit: 2), [], nil),
            (PageRequest(.index(9), limit: 2), [], nil), (PageRequest(limit: 0), [], nil),
            (PageRequest(.last, limit: 0), [], nil),
        ] as [(PageRequest, [String], Int?)])
    func pages(request: PageRequest, items: [String], index: Int?) throws {
        let page = try request.page(of: Self.letters) { $0 }
        #expect(page.items == items)
        #expect(page.resultSet == ResultSet(first: items.first, firstIndex: index, last: items.last, count: 5))
    }

    @Test("a page beside an item that is not there is refused", arguments: [PageRequest.Start.after("x"), .before("")])
    func unknown(start: PageRequest.Start) {
        let error = #expect(throws: StanzaError.self) {
            try PageRequest(start, limit: 2).page(of: Self.letters) { $0 }
        }
        #expect(error?.condition == .itemNotFound)
    }

    private func items(_ scene: Scene, _ inside: String, _ node: String = "") throws -> IQ {
        let xml =
            "<iq id='d' type='get'><query xmlns='http://jabber.org/protocol/disco#items' node='\(node)'>\(inside)"
            + "</query></iq>"
        let answers = try scene.answers(to: xml, from: "anna@home.test/a", at: "gw.test")
        return try #require(answers.first?.asIQ)
    }

    private static func set(_ inside: String) -> String {
        "<set xmlns='http://jabber.org/protocol/rsm'>\(inside)</set>"
    }

    @Test("the commands and the networks of a gateway come in pages, and all at once if no page is asked for")
    func discovery() throws {
        let scene = try Scene.live()
        for node in ["", Command.namespace] {
            let all = try DiscoItems(try #require(try items(scene, "", node).payload.first))
            #expect(all.items.count > 1 && all.others.isEmpty)
            var seen: [DiscoItems.Item] = []
            var after = ""
            for _ in all.items.indices {
                let mark = after.isEmpty ? "" : "<after>\(after)</after>"
                let page = try DiscoItems(
                    try #require(try items(scene, Self.set("<max>1</max>" + mark), node).payload.first))
                let set = try ResultSet(try #require(page.others.first))
                #expect(page.items.count == 1 && set.count == all.items.count && set.firstIndex == seen.count)
                seen += page.items
                after = set.last ?? ""
            }
            #expect(seen == all.items)
        }
    }

    @Test("a page of an empty list has no mark, and a page that cannot be read is a bad request")
    func edges() throws {
        let scene = try StoredDeliveryTests.scene()
        let none = try DiscoItems(try #require(try items(scene, Self.set("<max>1</max>")).payload.first))
        #expect(none == DiscoItems())
        let answer = try items(scene, Self.set("<max>x</max>"), Command.namespace)
        #expect(answer.stanzaError?.condition == .badRequest)
    }

    @Test("the gateway says that it knows pages")
    func advertised() throws {
        for scene in [try Scene.live(), try StoredDeliveryTests.scene()] {
            let xml = "<iq id='i' type='get'>\(DiscoInfo().element.xml(defaultNamespace: ""))</iq>"
            let answers = try scene.answers(to: xml, from: "anna@home.test/a", at: "gw.test")
            let iq = try #require(answers.first?.asIQ)
            #expect(try DiscoInfo(try #require(iq.payload.first)).features.contains(ResultSet.namespace))
        }
    }
}
