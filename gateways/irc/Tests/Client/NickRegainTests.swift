import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct NickRegainTests {
    /// A script that has come back after a break and got another nick, with the wanted nick in `#c`.
    private func returned() throws -> ClientScript {
        var script = ClientScript(regainsNick: true)
        try script.receive(
            "CAP * LS :", ":s 433 * me :In use", ":s 001 me_ :Hi", ":s 376 me_ :End")
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me_!u@h JOIN #c", ":s 353 me_ = #c :me_ me anna", ":s 366 me_ #c :End")
        script.forget()
        return script
    }

    @Test(
        "The wanted nick is taken back when its holder goes, once", arguments: [":me!u@h QUIT :x", ":me!u@h NICK you"])
    func freed(_ line: String) throws {
        var script = try returned()
        try script.receive(":anna!u@h QUIT :x", line)
        #expect(script.takeWritten() == ["NICK :me"])
        try script.receive(":me_!u@h NICK me")
        #expect(script.client.identity.nick == "me")
        script.forget()
        script.pass(.hours(1))
        #expect(!script.written.contains { $0.hasPrefix("NICK") })
    }

    @Test("If its holder is not seen to go, the nick is asked for five times, and refusals are not shown")
    func paced() throws {
        var script = try returned()
        var attempts = 0
        for _ in 0..<40 {
            script.pass(.seconds(30))
            let written = script.takeWritten()
            for _ in written where written.contains("NICK :me") {
                attempts += 1
                try script.receive(":s 433 me_ me :In use")
                break
            }
            try script.receive(":s PONG s :alive")
        }
        #expect(attempts == NickRegain.pauses.count)
        #expect(script.events.isEmpty)
    }

    @Test("A user who chooses another nick keeps it")
    func otherChoice() throws {
        var script = try returned()
        _ = script.perform(.changeNick("you"))
        try script.receive(":me_!u@h NICK you", ":me!u@h QUIT :x")
        script.pass(.minutes(10))
        #expect(script.written.filter { $0.hasPrefix("NICK") } == ["NICK :you"])
    }

    @Test("After a first connect, a taken nick is not asked for again")
    func firstConnect() throws {
        var script = ClientScript(nick: WantedNick(name: "me", isChosen: false))
        try script.receive("CAP * LS :", ":s 433 * me :In use", ":s 001 me_ :Hi", ":s 376 me_ :End")
        #expect(script.client.regain == nil)
    }
}
