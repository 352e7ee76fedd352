import Testing
import XML
import XMPP

@Suite("Ad-hoc commands (XEP-0050)")
struct CommandTests {
    private let open = "<command xmlns='http://jabber.org/protocol/commands' node='n'"

    @Test("every action and status")
    func words() throws {
        try expectBothWays(Command(node: "n"), "\(open)/>")
        for action in Command.Action.allCases {
            try expectBothWays(
                Command(node: "n", sessionID: "s", action: action),
                "\(open) sessionid='s' action='\(action.rawValue)'/>")
        }
        for status in Command.Status.allCases {
            try expectBothWays(Command(node: "n", status: status), "\(open) status='\(status.rawValue)'/>")
        }
    }

    @Test("a stage with form, actions and notes")
    func stage() throws {
        try expectBothWays(
            Command(
                node: "n", sessionID: "s", status: .executing,
                actions: Command.Actions([.prev, .next], execute: .next),
                form: DataForm(.form), notes: Command.Note.Kind.allCases.map { Command.Note($0, "text") }),
            """
            \(open) sessionid='s' status='executing'><actions execute='next'><prev/><next/></actions>\
            <x xmlns='jabber:x:data' type='form'/><note type='info'>text</note><note type='warn'>text</note>\
            <note type='error'>text</note></command>
            """)
    }

    @Test("a note without a type has the type info")
    func note() throws {
        #expect(try Command(read("\(open)><note>x</note></command>")).notes == [Command.Note(.info, "x")])
    }

    @Test(
        "a command without a node, or with an unknown action or status, is refused",
        arguments: [
            "<command xmlns='http://jabber.org/protocol/commands'/>",
            "<command xmlns='http://jabber.org/protocol/commands' node='n' action='x'/>",
            "<command xmlns='http://jabber.org/protocol/commands' node='n' status='x'/>",
            "<command xmlns='http://jabber.org/protocol/commands' node='n'><actions execute='x'/></command>",
        ])
    func refused(xml: String) throws { try expectRefused(Command.self, xml) }
}
