import Testing
import XML
import XMPP

@Suite("Channel search (XEP-0433)")
struct ChannelSearchTests {
    private let open = "<search xmlns='urn:xmpp:channel-search:0:search'>"
    private let openResult = "<result xmlns='urn:xmpp:channel-search:0:search'>"

    @Test("requests for the form, and searches")
    func searches() throws {
        try expectBothWays(ChannelSearch(), "<search xmlns='urn:xmpp:channel-search:0:search'/>")
        let form = DataForm(.submit, fields: [DataForm.Field("q", values: ["tea"])])
        try expectBothWays(
            ChannelSearch(form: form, page: ResultSet(max: 5)),
            "\(open)<set xmlns='http://jabber.org/protocol/rsm'><max>5</max></set>"
                + "<x xmlns='jabber:x:data' type='submit'><field var='q'><value>tea</value></field></x></search>")
    }

    @Test("found channels, with every fact and with none")
    func results() throws {
        let full = FoundChannels.Item(
            try jid("#tea%net@gw.x"), name: "#Tea", description: "Green", users: 12, serviceType: "xep-0045",
            isOpen: true)
        try expectBothWays(
            FoundChannels(
                [full, FoundChannels.Item(try jid("#b%net@gw.x"))], page: ResultSet(first: "a", last: "b")),
            "\(openResult)<item address='#tea%net@gw.x'><name>#Tea</name><description>Green</description>"
                + "<nusers>12</nusers><service-type>xep-0045</service-type><is-open/></item>"
                + "<item address='#b%net@gw.x'/>"
                + "<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>b</last></set></result>")
        try expectBothWays(FoundChannels([]), "<result xmlns='urn:xmpp:channel-search:0:search'/>")
    }

    @Test("an open channel says so by the element or by its text", arguments: ["true", "1", "false", "0"])
    func openness(text: String) throws {
        let item = try FoundChannels(
            try read("\(openResult)<item address='a@b'><is-open>\(text)</is-open></item></result>"))
        #expect(item.items.map(\.isOpen) == [["true", "1"].contains(text)])
    }

    @Test("parts that cannot be read are refused")
    func refused() throws {
        for item in ["<item/>", "<item address='@'/>", "<item address='a@b'><nusers>x</nusers></item>"] {
            try expectRefused(FoundChannels.self, "\(openResult)\(item)</result>")
        }
        try expectRefused(ChannelSearch.self, "\(open)<x xmlns='jabber:x:data'/></search>")
        try expectRefused(
            ChannelSearch.self, "\(open)<set xmlns='http://jabber.org/protocol/rsm'><max>x</max></set></search>")
    }

    @Test("the conditions of errors")
    func errors() {
        let space = " xmlns='urn:xmpp:channel-search:0:error'"
        let table: [(ChannelSearchError, String)] = [
            (.invalidSortKey, "<invalid-sort-key\(space)/>"), (.invalidSearchTerms, "<invalid-search-terms\(space)/>"),
            (.noSearchConditions, "<no-search-conditions\(space)/>"), (.rateLimit, "<rate-limit\(space)/>"),
            (
                .conflictingFields(["all", "q"]),
                "<conflicting-fields\(space)><var>all</var><var>q</var></conflicting-fields>"
            ),
        ]
        for (error, xml) in table { #expect(error.element.xml(defaultNamespace: "jabber:client") == xml) }
    }
}
