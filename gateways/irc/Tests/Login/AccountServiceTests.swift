import Basics
import Testing

@testable import IRCAdapter

struct AccountServiceTests {
    private static let credentials = Credentials(account: "anna", password: Secret("hu sh"))

    @Test("The command has the account and the password in the places that the network wants")
    func command() {
        #expect(AccountService().line(Self.credentials)?.text == "PRIVMSG NickServ :IDENTIFY anna hu sh")
        let oftc = AccountService(target: "NickServ@services.oftc.net", command: "IDENTIFY {password} {account}")
        #expect(oftc.line(Self.credentials)?.text == "PRIVMSG NickServ@services.oftc.net :IDENTIFY hu sh anna")
        #expect(oftc.nick == "NickServ")
    }

    @Test("A password is not sent if there is none, if it would be cut, or if the user has chosen another way")
    func withoutPassword() {
        #expect(AccountService().line(Credentials(account: "anna")) == nil)
        let long = Credentials(account: "anna", password: Secret(String(repeating: "x", count: 500)))
        #expect(AccountService().line(long) == nil)
        var other = Self.credentials
        other.mechanism = .scram
        #expect(AccountService().line(other) == nil)
        other.mechanism = .plain
        #expect(AccountService().line(other) != nil)
    }

    @Test(
        "The sentences of known services are understood",
        arguments: [
            ("Password accepted - you are now recognized.", AccountService.Verdict.confirmed),
            ("You are now identified for \u{2}anna\u{2}.", .confirmed),
            ("You are successfully identified as anna.", .confirmed),
            ("Password incorrect.", .refused("Password incorrect.")),
            ("Invalid password for \u{2}anna\u{2}.", .refused("Invalid password for anna.")),
            ("Nick anna isn't registered.", .refused("Nick anna isn't registered.")),
            ("anna is not a registered nickname.", .refused("anna is not a registered nickname.")),
        ])
    func verdicts(_ words: String, _ verdict: AccountService.Verdict) throws {
        let line = ":nickserv!s@services.test NOTICE me :\(words)"
        #expect(AccountService().verdict(try IRCMessage(line)) == verdict)
        #expect(AccountService(host: "services.test").verdict(try IRCMessage(line)) == verdict)
    }

    @Test(
        "Other sentences, other people and other hosts decide nothing",
        arguments: [
            ":NickServ!s@services.test NOTICE me :This nickname is registered. Please identify.",
            ":NickServ!s@services.test NOTICE me :Your nickname is not registered. To register it, use REGISTER.",
            ":anna!s@services.test NOTICE me :You are now identified for anna.",
            ":NickServ!s@elsewhere NOTICE me :You are now identified for anna.",
            ":nickserv.test NOTICE me :You are now identified for anna.", "NOTICE me :You are now identified for anna.",
        ])
    func undecided(_ line: String) throws {
        #expect(AccountService(host: "services.test").verdict(try IRCMessage(line)) == nil)
    }
}
