import Basics
import GatewayKit
import GatewayTesting
import Testing

@testable import IRCAdapter

/// Whatever a user writes in any field, only the intended lines are written.
struct InjectionTests {
    private static let texts =
        HostileText.all + [
            "x\r\nJOIN #evil", "\nNICK evil", "x\rMODE #c +o evil", "x\0\r\n\r\nQUIT", "x\u{2028}KILL me", "\r",
            "\u{1}DCC\u{1}",
            ":\r\n:s 001 evil", String(repeating: "\r\n", count: 500), String(repeating: "x\r\n", count: 20),
        ]

    struct Field: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The verbs with which the written lines may begin.
        let verbs: Set<String>
        let perform: @Sendable (SessionRig, String) -> Void
    }

    private static let person = PeerAddress(network: SessionRig.network, name: "anna")
    static let fields: [Field] = [
        Field(testDescription: "message to a room", verbs: ["PRIVMSG"]) {
            $0.perform(.send(.text(Text($1)), to: .room(SessionRig.room)))
        },
        Field(testDescription: "action", verbs: ["PRIVMSG"]) {
            $0.perform(.send(.text(Text($1, form: .action)), to: .room(SessionRig.room)))
        },
        Field(testDescription: "message to a person", verbs: ["PRIVMSG"]) {
            $0.perform(.send(.text(Text($1)), to: .peer(person)))
        },
        Field(testDescription: "name of a person", verbs: ["PRIVMSG"]) {
            $0.perform(.send(.text(Text("x")), to: .peer(PeerAddress(network: SessionRig.network, name: $1))))
        },
        Field(testDescription: "nick", verbs: ["NICK"]) { $0.perform(.changeNick($1)) },
        Field(testDescription: "topic", verbs: ["TOPIC"]) { $0.perform(.room(SessionRig.room, .topic($1))) },
        Field(testDescription: "who is kicked", verbs: ["KICK"]) {
            $0.perform(.room(SessionRig.room, .kick(nick: $1, reason: nil)))
        },
        Field(testDescription: "why they are kicked", verbs: ["KICK"]) {
            $0.perform(.room(SessionRig.room, .kick(nick: "anna", reason: $1)))
        },
        Field(testDescription: "why one leaves", verbs: ["PART"]) { $0.perform(.leave(SessionRig.room, reason: $1)) },
        Field(testDescription: "name of a room", verbs: ["JOIN"]) {
            $0.perform(.join(RoomAddress(network: SessionRig.network, name: "#" + $1), password: nil))
        },
        Field(testDescription: "key of a room", verbs: ["JOIN"]) {
            $0.perform(.join(RoomAddress(network: SessionRig.network, name: "#key"), password: Secret($1)))
        },
        Field(testDescription: "why the gateway closes", verbs: ["QUIT"]) { $0.close(reason: $1) },
    ]

    @Test("Each field makes only its own commands, each with one line end", arguments: fields)
    func requests(field: Field) throws {
        for text in Self.texts {
            let rig = SessionRig()
            rig.perform(.join(SessionRig.room, password: nil))
            try rig.welcome()
            try rig.enter()
            _ = try rig.output()
            field.perform(rig, text)
            try Self.check(rig.output(), verbs: field.verbs.union(["PING"]), text)
        }
    }

    @Test("Each field of the login makes only lines of the login", arguments: ["nick", "realname", "username", "pass"])
    func login(key: String) throws {
        for text in Self.texts {
            let rig = SessionRig(account: [key: text])
            rig.perform(.join(SessionRig.room, password: nil))
            try rig.accept()
            try Self.check(rig.output(), verbs: ["CAP", "PASS", "NICK", "USER"], text)
        }
    }

    private static func check(_ output: [UInt8], verbs: Set<String>, _ text: String) throws {
        let shown = HostileText.shown(text)
        if output.isEmpty { return }
        #expect(output.suffix(2) == [13, 10], "\(shown)")
        // Cut the output as a lenient server would: at every CR and every LF.
        let lines = output.split { $0 == 13 || $0 == 10 }
        #expect(output.count { $0 == 13 } == lines.count && output.count { $0 == 10 } == lines.count, "\(shown)")
        for line in lines {
            #expect(line.count <= 510 && !line.contains(0), "\(shown)")
            #expect(verbs.contains(String(decoding: line.prefix { $0 != 32 }, as: UTF8.self)), "\(shown)")
        }
    }
}
