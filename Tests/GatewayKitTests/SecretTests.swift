import Basics
import GatewayKit
import Testing

@Suite struct SecretTests {
    private struct Login { let user: String, password: Secret }

    @Test("No way of printing shows a secret, alone or inside another value")
    func redaction() {
        let secret = Secret("tide-table")
        var dumped = ""
        dump(secret, to: &dumped)
        dump([Login(user: "ann", password: secret)], to: &dumped)
        let printed = [
            secret.description, secret.debugDescription, "\(secret)", String(describing: secret),
            String(reflecting: secret), "\([secret])", "\(["k": secret])", "\(Optional(secret) as Any)",
            "\(Login(user: "ann", password: secret))", dumped,
            "\(Mirror(reflecting: secret).children.map { "\($0)" })",
        ]
        for text in printed { #expect(!text.contains("tide"), "\(text)") }
        #expect("\(secret)" == "<redacted>")
    }

    @Test("A secret can be revealed, compared and checked for emptiness")
    func use() {
        #expect(Secret("a").reveal() == "a")
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("").isEmpty)
        #expect(!Secret(" ").isEmpty)
    }
}
