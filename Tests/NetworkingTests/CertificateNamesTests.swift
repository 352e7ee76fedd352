import Testing

@testable import Networking

@Suite("Names of certificates")
struct CertificateNamesTests {
    @Test(
        "a certified name stands for the same name, and a star for one first label",
        arguments: [
            ("irc.test", "irc.test", true), ("IRC.test.", "irc.Test", true), ("*.irc.test", "eu.irc.test", true),
            ("*.irc.test", "irc.test", false), ("*.irc.test", "a.eu.irc.test", false), ("*.test", "irc.test", false),
            ("*", "localhost", false), ("i*.irc.test", "ix.irc.test", false), ("eu.irc.test", "*.irc.test", false),
            ("", "irc.test", false), ("irc.test", "", false), ("xirc.test", "irc.test", false),
        ])
    func names(certified: String, name: String, isSame: Bool) {
        #expect(CertificateNames.matches(certified.utf8, name) == isSame)
    }
}
