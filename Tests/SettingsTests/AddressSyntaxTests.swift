import Testing

@testable import Settings

@Suite struct AddressSyntaxTests {
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
        let rules = AccessRules(allow: AccessList(Set(allow)), admins: ["ops@away.example"])
        let domain = String(user.split(separator: "@").last ?? "")
        #expect(rules.allows(user, of: domain) == allowed)
        #expect(rules.isAdmin(user) == (user == "ops@away.example"))
    }
}
