import Testing

@testable import Settings

@Suite struct AddressSyntaxTests {
    @Test(
        "Hosts with ports are read and written back",
        arguments: [
            ("127.0.0.1:5347", "127.0.0.1", 5347), ("localhost:1", "localhost", 1), ("[::1]:65535", "::1", 65_535),
            ("[fe80::1%eth0]:80", "fe80::1%eth0", 80), ("xmpp-1.example.org:5347", "xmpp-1.example.org", 5347),
        ])
    func hosts(text: String, host: String, port: Int) {
        #expect(HostAndPort(text) == HostAndPort(host: host, port: port))
        #expect(HostAndPort(text)?.description == text)
    }

    @Test(
        "What is no host with a port is refused",
        arguments: [
            "", ":", "host", "host:", ":80", "host:0", "host:65536", "host:-1", "host:+1", "host:8o", "host: 80",
            "::1:80", "[::1]", "[::1]80", "[]:80", "[host]:80", "ho st:80", "http://host:80",
            "host:99999999999999999999",
        ])
    func notHosts(text: String) { #expect(HostAndPort(text) == nil) }

    @Test(
        "Domains in lower case are domains",
        arguments: [
            "localhost", "irc.localhost", "a-b.example.org", "127.0.0.1", "bücher.example", "xn--bcher-kva.example",
        ])
    func domains(text: String) { #expect(AddressSyntax.flaw(domain: text) == nil) }

    @Test(
        "Others are not",
        arguments: [
            "", ".", "a..b", ".a", "a.", "-a", "a-.b", "a b", "a_b", "A.b", "a@b", "a/b", "a:1", "a\u{0}b", "*",
            String(repeating: "a", count: 64), Array(repeating: "abc", count: 65).joined(separator: "."),
        ])
    func notDomains(text: String) { #expect(AddressSyntax.flaw(domain: text) != nil) }

    @Test(
        "Bare addresses in lower case are bare addresses",
        arguments: ["ops@example.org", "o'x@a", "d\\27artagnan@a", "ü@a"])
    func bareJIDs(text: String) { #expect((AddressSyntax.flaw(bareJID: text) == nil) == !text.contains("'")) }

    @Test(
        "Others are not",
        arguments: [
            "", "@", "a@", "@b", "example.org", "a@b@c", "a@b/c", "A@b", "a b@c", "a/b@c", "<a>@b", "a&b@c", "a:b@c",
            String(repeating: "a", count: 1024) + "@b",
        ])
    func notBareJIDs(text: String) { #expect(AddressSyntax.flaw(bareJID: text) != nil) }

    @Test(
        "Access is by domain, address or for all; admins always have it",
        arguments: [
            (["example.org"], "ann@example.org", true), (["example.org"], "ann@sub.example.org", false),
            (["example.org"], "ann@badexample.org", false), (["ann@example.org"], "ann@example.org", true),
            (["ann@example.org"], "bob@example.org", false), (["*"], "eve@anywhere.example", true),
            (["example.org"], "example.org", true), (["example.org"], "ops@away.example", true), ([], "a@b", false),
        ])
    func access(allow: [String], user: String, allowed: Bool) {
        let rules = AccessRules(allow: allow, admins: ["ops@away.example"])
        let domain = String(user.split(separator: "@").last ?? "")
        #expect(rules.allows(user, of: domain) == allowed)
        #expect(rules.isAdmin(user) == (user == "ops@away.example"))
    }
}
