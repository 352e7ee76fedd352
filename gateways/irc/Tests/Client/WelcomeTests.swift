import GatewayKit
import Testing

@testable import IRCAdapter

struct WelcomeTests {
    @Test(
        "If the welcome names us by an invalid nick, we keep the nick that we asked for",
        arguments: [":", "*", "#c", "a,b", ":a b", "a\u{7}"])
    func impossibleNick(name: String) throws {
        var script = ClientScript()
        try script.receive("CAP * LS :", ":s 001 \(name) :Hi", ":s 422 me :No MOTD")
        #expect(script.events == [.state(.online(nick: "me"))])
        #expect(script.end == nil)
    }

    @Test("If the welcome names another nick than the one we asked for, that is our nick")
    func otherNick() throws {
        var script = ClientScript()
        try script.receive("CAP * LS :", ":s 001 me_2 :Hi", ":s 422 me_2 :No MOTD")
        #expect(script.events == [.state(.online(nick: "me_2"))])
    }

    @Test(
        "Between the welcome and the end of its text, a refusal of nick or password does not end the connection",
        arguments: ["433 me other :In use", "464 me :Password incorrect", "431 me :No nick", "432 me x :Bad"])
    func lateRefusal(line: String) throws {
        var script = ClientScript()
        try script.receive("CAP * LS :", ":s 001 me :Hi")
        let before = script.written
        try script.receive(":s \(line)")
        #expect(script.end == nil)
        #expect(script.written == before, "no other nick is tried")
        try script.receive(":s 376 me :End")
        #expect(script.events.last == .state(.online(nick: "me")))
    }

    @Test("A ban between the welcome and the end of its text ends the connection with the server's text")
    func lateBan() throws {
        var script = ClientScript()
        try script.receive("CAP * LS :", ":s 001 me :Hi", ":s 465 me :You are K-lined", ":s 376 me :End")
        #expect(script.end?.cause == .banned)
        #expect(script.end?.failure.kind == .forbidden)
        #expect(script.events.contains(.state(.online(nick: "me"))) == false)
    }
}
