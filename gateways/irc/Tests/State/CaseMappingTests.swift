import Testing

@testable import IRCAdapter

struct CaseMappingTests {
    @Test(
        "Names are folded by the network's case mapping",
        arguments: [
            ("ascii", "Foo[]\\~É", "foo[]\\~É"), ("rfc1459", "Foo[]\\~É", "foo{}|^É"),
            ("rfc1459-strict", "Foo[]\\~^", "foo{}|~^"), ("strict-rfc1459", "A[", "a{"), ("rfc8265", "A[", "a["),
            ("RFC1459", "{}|^", "{}|^"),
        ])
    func folds(_ token: String, _ name: String, _ expected: String) {
        #expect(CaseMapping(token: token)?.fold(name).text == expected)
    }
}
