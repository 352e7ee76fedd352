import GatewayKit
import Testing

@testable import IRCAdapter

/// Checks the tables that are merged from the rows of several files. A row must not occur twice.
struct CommandTableTests {
    @Test("Every command has one handler, and every verb in the table is valid")
    func handlers() {
        let commands = IRCClient.handlerRows.joined().map(\.command)
        #expect(Dictionary(grouping: commands, by: \.self).filter { $1.count > 1 }.keys.map(\.description) == [])
        for command in commands {
            #expect(IRCClient.handler(of: command) != nil)
            if case .verb(let verb) = command { #expect(verb.isValid) }
        }
        #expect(IRCClient.handler(of: .verb("STARTTLS")) == nil)
        #expect(IRCClient.handler(of: .numeric(999)) == nil)
    }

    @Test("An error reply has one meaning for each kind of request and each thing that it names")
    func refusals() {
        let meanings = Refusal.rows.joined().flatMap { row in
            row.refusal.kinds.map { "\(row.numeric) \($0) \(row.refusal.subjectKind)" }
        }
        #expect(Dictionary(grouping: meanings, by: \.self).filter { $1.count > 1 }.keys.sorted() == [])
        #expect(Refusal.byNumeric.values.map(\.count).reduce(0, +) == Refusal.rows.joined().count)
        for row in Refusal.rows.joined() { #expect((200..<1000).contains(row.numeric)) }
        #expect(Refusal.standardCodes.count == Set(Refusal.standardCodes.map(\.code)).count)
    }

    @Test(
        "Every kind of request is found by the verb of its lines",
        arguments: RequestKind.allCases.filter { $0 != .raw && $0 != .ctcp && $0 != .modeList })
    func kinds(_ kind: RequestKind) {
        #expect(kind.verb.isValid)
        #expect(RequestKind(command: kind.verb.description) == kind)
        #expect(RequestKind(command: kind.verb.description.lowercased()) == kind)
        #expect(RequestKind(command: kind.verb.description + "X") == nil)
    }
}
