import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct FloodControlTests {
    @Test("A burst is written at once, and the rest at one line per second")
    func pace() throws {
        var script = try ClientScript.inRoom(.labels, flood: FloodLimit(burst: 11, perSecond: 1))
        for number in 1...15 { _ = script.say("\(number)") }
        // The JOIN and the question for the modes have taken two of the eleven tokens.
        #expect(script.takeWritten().count == 9)
        script.pass(.milliseconds(3_500))
        #expect(script.takeWritten().count == 3)
        script.pass(.seconds(10))
        #expect(script.takeWritten().count == 3)
    }

    @Test("A PING of the server is answered at once, however many lines wait")
    func pong() throws {
        var script = try ClientScript.inRoom(.labels, flood: FloodLimit(burst: 1, perSecond: 0.01))
        _ = script.say("a\nb\nc")
        script.forget()
        try script.receive("PING :are you there")
        #expect(script.takeWritten() == ["PONG :are you there"])
    }

    @Test("No more than 200 lines wait; a message that does not fit is refused as a whole, at once")
    func bound() throws {
        var script = try ClientScript.inRoom(.labels, flood: FloodLimit(burst: 1, perSecond: 0.000001))
        let fits = script.say((1...200).map(String.init).joined(separator: "\n"))
        let tooMany = script.say("one more")
        let tooLong = script.say((1...201).map(String.init).joined(separator: "\n"))
        #expect(script.outcomes(fits).isEmpty)
        #expect(script.failure(tooMany) == .rateLimited)
        #expect(script.failure(tooLong) == .tooLong)
    }

    /// A script with many lines to `#c` in the queue. Its bucket is empty.
    private func busy() throws -> ClientScript {
        var script = try ClientScript.inRoom(.labels, flood: FloodLimit(burst: 1, perSecond: 1))
        for number in 1...20 { _ = script.say("\(number)") }
        script.pass(.seconds(3))
        script.forget()
        return script
    }

    /// The lines that are written in these seconds, without labels. The gateway's own questions are left out.
    private func written(_ script: inout ClientScript, in seconds: Int64) -> [String] {
        script.pass(.seconds(seconds))
        return script.takeWritten().map { line in
            line.hasPrefix("@label") ? String(line.drop { $0 != " " }.dropFirst()) : line
        }
        .filter { !$0.hasPrefix("PING") && $0 != "MODE #c" }
    }

    @Test("A line to another person or channel waits for one line of the busy one, and each keeps its order")
    func fair() throws {
        var script = try busy()
        _ = script.say("a\nb", to: .peer(ClientScript.anna))
        _ = script.say("late")
        let lines = written(&script, in: 30)
        #expect(try #require(lines.firstIndex(of: "PRIVMSG anna :a")) <= 1)
        #expect(try #require(lines.firstIndex(of: "PRIVMSG anna :b")) <= 3)
        let own = lines.filter { $0.contains("#c") }
        #expect(own == own.sorted { Int($0.dropFirst(12)) ?? 99 < Int($1.dropFirst(12)) ?? 99 })
        #expect(own.last == "PRIVMSG #c :late")
    }

    @Test("A typed command comes behind the lines to its channel, and one that names nobody behind all")
    func typed() throws {
        for command in ["part", "raw AWAY"] {
            var script = try busy()
            _ = script.perform(.ask(.command(command, at: .room(ClientScript.room))))
            #expect(written(&script, in: 40).last?.hasPrefix(command == "part" ? "PART #c" : "AWAY") ?? false)
        }
        var script = try busy()
        _ = script.perform(.ask(.command("msg carl hi", at: .room(ClientScript.room))))
        #expect(written(&script, in: 2).contains("PRIVMSG carl :hi"))
    }

    @Test("A socket that takes no more holds the lines back")
    func unwritable() throws {
        var script = try ClientScript.inRoom(.labels)
        script.client.perform(
            Request(id: RequestID("x"), action: .send(.text(Text("a")), to: .room(ClientScript.room))),
            now: script.now)
        script.turn(canWrite: false)
        #expect(script.written.isEmpty)
        script.turn()
        #expect(script.written.count == 1)
    }

    @Test("Lines fit into 512 bytes together with the server's prefix", arguments: [Text.Form.plain, .action])
    func budget(_ form: Text.Form) throws {
        var script = try ClientScript.inRoom(.labels)
        let text = String(repeating: "wörter 🙂 ", count: 200)
        _ = script.say(text, form: form)
        let seen = script.written.map { ":me!u@h " + String($0.drop { $0 != " " }.dropFirst()) + "\r\n" }
        #expect(seen.count > 5)
        #expect(seen.allSatisfy { $0.utf8.count <= 512 })
        #expect(seen.dropLast().allSatisfy { $0.utf8.count > 440 })
        let start = form == .action ? "PRIVMSG #c :\u{1}ACTION " : "PRIVMSG #c :"
        #expect(seen.allSatisfy { $0.contains(start) })
    }

    @Test("While our own user and host are unknown, their greatest length is assumed")
    func unknownAddress() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.say(String(repeating: "x", count: 1000), to: .peer(ClientScript.anna))
        let prefix = ":me!~uuuuuuuuuu@".utf8.count + 63 + 1
        #expect(script.written.first?.utf8.count == 510 - prefix)
        script.client.identity.learn(Source(name: "me", user: "u", host: "h"))
        script.forget()
        _ = script.say(String(repeating: "x", count: 1000), to: .peer(ClientScript.anna))
        #expect(script.written.first?.utf8.count == 510 - ":me!u@h ".utf8.count)
    }

    @Test("A message without text is refused", arguments: ["", " \n ", "\u{1}\u{2}", "\n \r\n"])
    func empty(_ text: String) throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say(text)
        #expect(script.failure(id) == .notAcceptable)
        #expect(script.written.isEmpty)
    }
}
