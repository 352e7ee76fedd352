import Basics
import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("Encodings on a connection")
struct EncodingTests {
    private static let settings = ["encoding_in": "koi8-r", "encoding_out": "koi8-r"]
    /// "Да" in KOI8-R.
    private static let yes: [UInt8] = [0xE4, 0xC1]

    private func entered(_ rig: SessionRig) throws {
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        try rig.enter()
        _ = try rig.output()
    }

    private func receive(_ target: String, _ rig: SessionRig) throws -> String? {
        rig.events = []
        try rig.channel?.writeInbound(
            ByteBuffer(bytes: Array(":anna!u@h PRIVMSG \(target) :".utf8) + Self.yes + Array("\r\n".utf8)))
        rig.loop.run()
        for case .message(let message) in rig.events { if case .text(let text) = message.content { return text.body } }
        return nil
    }

    private func say(_ address: Address, _ rig: SessionRig) throws -> [UInt8] {
        rig.perform(.send(.text(Text("Да")), to: address))
        let output = try rig.output()
        let end = output.firstIndex(of: UInt8(ascii: "\r")) ?? 0
        return Array(output[..<end].drop { $0 != UInt8(ascii: ":") }.dropFirst())
    }

    @Test("the choice for a channel holds for its lines in both directions, and for no others")
    func both() throws {
        let rig = SessionRig(roomSettings: [SessionRig.room: Self.settings])
        try entered(rig)
        #expect(try receive("#c", rig) == "Да")
        #expect(try receive("me", rig) == TextEncoding.windows1252.decode(Self.yes))
        #expect(try say(.room(SessionRig.room), rig) == Self.yes)
        #expect(try say(.peer(SessionRig.anna), rig) == Array("Да".utf8))
    }

    @Test("a text that the encoding cannot hold is refused, and the missing characters are named")
    func missing() throws {
        let rig = SessionRig(roomSettings: [SessionRig.room: Self.settings])
        try entered(rig)
        let room = Address.room(SessionRig.room)
        let actions: [Request.Action] = [
            .send(.text(Text("5 € 日 п €")), to: room), .room(SessionRig.room, .topic("日€")),
            .room(SessionRig.room, .kick(nick: "anna", reason: "€日")), .ask(.command("topic €日", at: room)),
        ]
        for action in actions {
            let id = rig.perform(action)
            #expect(rig.failure(id) == .notAcceptable)
        }
        #expect(rig.events.failures.first?.text.contains("koi8-r, which cannot hold: € 日. Nothing") ?? false)
        #expect(try rig.output().isEmpty)
        rig.perform(.send(.text(Text("5 € п")), to: .peer(SessionRig.anna)))
        #expect(try rig.lines() == ["PRIVMSG anna :5 € п"])
    }

    @Test("UTF-8 is read as UTF-8, whatever was chosen")
    func utf8() throws {
        let rig = SessionRig(roomSettings: [SessionRig.room: Self.settings])
        try entered(rig)
        try rig.send(":anna!u@h PRIVMSG #c :Да")
        guard case .message(let message)? = rig.events.last else {
            Issue.record("no message")
            return
        }
        #expect(message.content == .text(Text("Да")))
    }

    @Test("a choice that is made while the session is open holds from then on, and is taken back by an empty one")
    func change() throws {
        let rig = SessionRig()
        let early = rig.perform(.prefer(SessionRig.room, Self.settings))
        #expect(rig.outcomes(early) == [.outcome(early, .accepted(as: nil))] && rig.dials.isEmpty)
        try entered(rig)
        #expect(try receive("#c", rig) == "Да")
        let late = rig.perform(.prefer(SessionRig.room, [:]))
        #expect(rig.outcomes(late) == [.outcome(late, .accepted(as: nil))])
        #expect(try receive("#c", rig) == TextEncoding.windows1252.decode(Self.yes))
        #expect(try say(.room(SessionRig.room), rig) == Array("Да".utf8))
    }

    @Test("a server that takes UTF-8 only gets nothing else")
    func utf8Only() throws {
        let rig = SessionRig(roomSettings: [SessionRig.room: Self.settings])
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.accept()
        try rig.send("CAP * LS :", ":s 001 me :Hi", ":s 005 me UTF8ONLY :are supported", ":s 422 me :No MOTD")
        try rig.enter()
        _ = try rig.output()
        #expect(try say(.room(SessionRig.room), rig) == Array("Да".utf8))
    }

    @Test("after the session is closed, a choice has no outcome that succeeds")
    func closed() {
        let rig = SessionRig()
        rig.close()
        let id = rig.perform(.prefer(SessionRig.room, Self.settings))
        #expect(rig.outcomes(id).isEmpty)
    }
}
