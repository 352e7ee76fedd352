import Testing
import XML
import XMPP

@Suite("Pages of results (XEP-0059)")
struct ResultSetTests {
    private let open = "<set xmlns='http://jabber.org/protocol/rsm'>"

    @Test("a page that a client asks for is written and read")
    func wishes() throws {
        try expectBothWays(ResultSet(), "<set xmlns='http://jabber.org/protocol/rsm'/>")
        try expectBothWays(ResultSet(max: 10, after: "a"), "\(open)<max>10</max><after>a</after></set>")
        try expectBothWays(ResultSet(max: 0, before: ""), "\(open)<max>0</max><before/></set>")
        try expectBothWays(ResultSet(max: 3, index: 371), "\(open)<max>3</max><index>371</index></set>")
    }

    @Test("the mark of a page in an answer is written and read")
    func marks() throws {
        try expectBothWays(
            ResultSet(first: "a", firstIndex: 0, last: "b", count: 800),
            "\(open)<first index='0'>a</first><last>b</last><count>800</count></set>")
        try expectBothWays(ResultSet(first: "a", last: "b"), "\(open)<first>a</first><last>b</last></set>")
    }

    @Test("a text that is no count is refused", arguments: ["max", "index", "count"])
    func refused(name: String) throws {
        for text in ["", "-1", "x", "99999999999"] {
            try expectRefused(ResultSet.self, "\(open)<\(name)>\(text)</\(name)></set>")
        }
    }
}
