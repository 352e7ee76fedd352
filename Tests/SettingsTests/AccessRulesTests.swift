import GatewayKit
import Testing

@testable import Settings

@Suite("Access to the gateways")
struct AccessRulesTests {
    private func load(_ access: String, own: String = "") -> (MartletConfiguration<String>?, [String]) {
        let text = """
            registry: r
            \(access)
            gateways: {chat.example.org: {secret: {env: SECRET}, adapter: echo\(own)}}
            """
        let loaded = Loading.load(text)
        return (loaded.configuration, loaded.problems.map { "\($0.key): \($0.text)" })
    }

    private func allows(_ user: String, _ access: String, own: String = "") throws -> Bool {
        let (configuration, problems) = load(access, own: own)
        #expect(problems == [])
        let gateway = try #require(configuration?.gateways.first)
        let rules = try #require(configuration).access.rules(for: gateway.domain, own: gateway.access)
        return rules.allows(user, of: String(user.split(separator: "@").last ?? ""))
    }

    @Test(
        "if nobody is named, the users of the parent domain may use a gateway, and nobody else",
        arguments: [
            ("ann@example.org", true), ("ann@chat.example.org", false), ("ann@other.org", false), ("ann@org", false),
        ])
    func parent(user: String, isAllowed: Bool) throws {
        #expect(try allows(user, "") == isAllowed)
        #expect(try allows(user, "access: {admins: [ops@example.net]}") == isAllowed)
    }

    @Test(
        "a list has addresses, domains, groups and patterns, and a denied user is out",
        arguments: [
            ("ann@staff.example", true), ("bob@b.example", true), ("eve@b.example", false),
            ("ann@lab7.example.org", true), ("ann@lab7.example.org.evil.test", false), ("x@lab.example.org", false),
            ("bad@lab7.example.org", false), ("ann@example.org", false), ("ops@b.example", true),
        ])
    func entries(user: String, isAllowed: Bool) throws {
        let access =
            "access: {allow: ['@staff', '/.*@lab[0-9]+[.]example[.]org/'], deny: ['/bad@.*/', eve@b.example,"
            + " ops@b.example], admins: [ops@b.example], groups: {staff: [staff.example, bob@b.example, eve@b.example]}}"
        #expect(try allows(user, access) == isAllowed)
    }

    @Test("the domains are those of which some users are named; a pattern may name users of any")
    func domains() throws {
        let rules = AccessRules(
            allow: AccessList(["all.org", "ann@some.org", "bad.org"]), deny: AccessList(["bad.org", "ben@all.org"]),
            admins: ["ops@other.org"])
        #expect(rules.domains == ["all.org", "some.org", "other.org"])
        let (configuration, problems) = load("access: {allow: ['/ann@.*/']}")
        #expect(problems == [] && configuration?.access.domains == ["*"])
    }

    @Test("a gateway's own list takes the place of the common one; its denials and admins add to the common ones")
    func own() throws {
        let access = "access: {allow: [a.example], deny: [eve@b.example], groups: {team: [ann@b.example]}}"
        let own = ", access: {allow: [b.example, '@team'], deny: [mal@b.example], admins: [root@c.example]}"
        for (user, isAllowed) in [
            ("x@a.example", false), ("x@b.example", true), ("eve@b.example", false), ("mal@b.example", false),
            ("root@c.example", true),
        ] { #expect(try allows(user, access, own: own) == isAllowed, "\(user)") }
        #expect(try allows("x@a.example", access))
    }

    @Test(
        "each mistake is reported once",
        arguments: [
            ("access: {allow: '*'}", "access.allow: "), ("access: {allow: []}", "access.allow: is an empty list"),
            ("access: {allow: ['@nobody']}", "access.allow: '@nobody' names a group that does not exist"),
            ("access: {allow: ['/(/']}", "access.allow: '/(/' is not a regular expression (RE2): "),
            ("access: {groups: {a: [A.example]}}", "access.groups.a: 'A.example' has capital letters"),
            ("access: {deny: [a@b/c]}", "access.deny: 'a@b/c' has a resource"),
        ])
    func mistakes(access: String, problem: String) throws {
        let (configuration, problems) = load(access)
        #expect(configuration == nil && problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
    }

    @Test("an adapter that does not exist is one mistake, and its section none")
    func adapter() {
        let (_, problems) = load("access: {allow: [a]}")
        #expect(problems == [])
        let text = "registry: r\ngateways: {a.b: {secret: {env: SECRET}, adapter: ecko, echo: {}}}"
        let loaded = Loading.load(text)
        #expect(loaded.problems.map(\.key) == ["gateways.a.b.adapter"])
    }
}
