import Testing
import XML
import XMPP

@Suite("Service discovery (XEP-0030)")
struct DiscoTests {
    @Test("queries, with and without a node")
    func questions() throws {
        try expectBothWays(DiscoInfo(), "<query xmlns='http://jabber.org/protocol/disco#info'/>")
        try expectBothWays(DiscoInfo(node: "n"), "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>")
        try expectBothWays(DiscoItems(node: "n"), "<query xmlns='http://jabber.org/protocol/disco#items' node='n'/>")
    }

    @Test("identities, features and extended information")
    func info() throws {
        try expectBothWays(
            DiscoInfo(
                identities: [
                    DiscoInfo.Identity("conference", "irc", name: "IRC"),
                    DiscoInfo.Identity("gateway", "sms", name: "SMS", lang: "en"), DiscoInfo.Identity("client", "sms"),
                ],
                features: ["http://jabber.org/protocol/muc", "urn:xmpp:ping"],
                forms: [DataForm(.result, fields: [DataForm.formType("http://jabber.org/protocol/muc#roominfo")])]),
            """
            <query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='irc' \
            name='IRC'/><identity category='gateway' type='sms' name='SMS' xml:lang='en'/><identity category='client' \
            type='sms'/><feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:ping'/>\
            <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>\
            <value>http://jabber.org/protocol/muc#roominfo</value></field></x></query>
            """)
    }

    @Test("items, and elements of other extensions beside them")
    func items() throws {
        let page = Element("set", namespace: "http://jabber.org/protocol/rsm")
        try expectBothWays(
            DiscoItems(
                items: [
                    DiscoItems.Item(try jid("#a%n@gw.x"), name: "#a"), DiscoItems.Item(try jid("gw.x"), node: "cmd"),
                ], others: [page]),
            """
            <query xmlns='http://jabber.org/protocol/disco#items'><item jid='#a%n@gw.x' name='#a'/>\
            <item jid='gw.x' node='cmd'/><set xmlns='http://jabber.org/protocol/rsm'/></query>
            """)
    }

    @Test("incomplete queries and results are refused")
    func refused() throws {
        let info = "http://jabber.org/protocol/disco#info"
        try expectRefused(DiscoInfo.self, "<query xmlns='\(info)'><identity type='irc'/></query>")
        try expectRefused(DiscoInfo.self, "<query xmlns='\(info)'><identity category='irc'/></query>")
        try expectRefused(DiscoInfo.self, "<query xmlns='\(info)'><feature/></query>")
        try expectRefused(DiscoInfo.self, "<query xmlns='urn:x'/>")
        let items = "http://jabber.org/protocol/disco#items"
        try expectRefused(DiscoItems.self, "<query xmlns='\(items)'><item/></query>")
        try expectRefused(DiscoItems.self, "<query xmlns='\(items)'><item jid='@x'/></query>")
    }
}
