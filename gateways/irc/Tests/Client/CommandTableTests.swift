import GatewayKit
import Testing

@testable import IRCAdapter

/// The tables that are merged from the files of the adapter. A row that is there twice is a mistake in a file.
struct CommandTableTests {
    @Test("Every command has one handler, and every verb can be one")
    func handlers() {
        let commands = IRCClient.handlerRows.joined().map(\.command)
        #expect(Dictionary(grouping: commands, by: \.self).filter { $1.count > 1 }.keys.map(\.description) == [])
        for command in commands {
            #expect(IRCClient.handler(of: command) != nil)
            if case .verb(let verb) = command { #expect(verb.isValid) }
        }
        #expect(IRCClient.handler(of: .verb("AUTHENTICATE")) == nil)
        #expect(IRCClient.handler(of: .numeric(999)) == nil)
    }
}
