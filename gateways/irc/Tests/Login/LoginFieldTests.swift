import GatewayKit
import Testing

@testable import IRCAdapter

struct LoginFieldTests {
    @Test("The fields have the names that users of other gateways know, and passwords are secrets of one network")
    func form() {
        let form = LoginField.allCases.map(\.formField)
        #expect(
            form.map(\.name) == [
                "nick", "realname", "username", "pass", "sasl_account", "sasl_password", "sasl_mechanism",
                "certificate",
                "certificate_key", "after_connect_commands",
            ])
        let secrets = ["pass", "sasl_password", "certificate_key"]
        #expect(form.filter { $0.kind == .secret }.map(\.name) == secrets)
        #expect(form.filter(\.isSealed).map(\.name) == secrets + ["after_connect_commands"])
        #expect(form.filter { $0.kind == .lines }.map(\.name) == ["after_connect_commands"])
        #expect(form.filter { !$0.isForOneNetwork }.map(\.name) == ["nick", "realname", "username"])
        #expect(form.first { $0.name == "sasl_mechanism" }?.options == SASLMechanism.allCases.map(\.rawValue))
    }

    @Test("Commands are lines of IRC, one after the other; blank ones are left out")
    func commands() throws {
        let lines = try LoginField.lines(of: "MODE anna +x\n\n  privmsg Q :hello :there \n \noper")
        #expect(lines.map(\.text) == ["MODE anna +x", "privmsg Q :hello :there", "oper"])
    }

    @Test(
        "A text that is no command for a server is refused",
        arguments: [
            ":anna PRIVMSG b :x", "@a=b PRIVMSG b :x", "123 x", "QUIT", "quit :x", "CAP REQ :x", "A\rQUIT", "A\0B",
            "#x",
            "PRIVMSG b :" + String(repeating: "x", count: 500), (1...11).map { "A \($0)" }.joined(separator: "\n"),
        ])
    func refused(_ text: String) {
        #expect(throws: Failure.self) { try LoginField.lines(of: text) }
        #expect(throws: Failure.self) { try LoginField.commands.check(text) }
    }
}
