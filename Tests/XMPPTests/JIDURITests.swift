import Testing
import XMPP

struct JIDURITests {
    @Test(
        "A JID is written as a URI, with every other character encoded",
        arguments: [
            ("anna@home.test", "xmpp:anna@home.test"), ("gw.test", "xmpp:gw.test"),
            ("#quay%net@gw.test", "xmpp:%23quay%25net@gw.test"),
            ("gr\u{fc}n@gw.test/a b", "xmpp:gr%C3%BCn@gw.test/a%20b"),
            ("a\\40b@gw.test/x/y", "xmpp:a%5C40b@gw.test/x%2Fy"),
        ])
    func uri(_ jid: String, _ uri: String) throws { #expect(try JID(jid).uri == uri) }
}
