import GatewayKit
import GatewayTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

/// A connection survives malformed and hostile input, which these tests send as bytes.
struct HostileServerTests {
    private static func inRoom() throws -> SessionRig {
        let rig = SessionRig()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        try rig.send(":me!u@h JOIN #c", ":s 353 me = #c :me anna", ":s 366 me #c :End")
        _ = try rig.lines()
        rig.events = []
        return rig
    }

    private static func texts(_ rig: SessionRig) -> [String] {
        rig.events.compactMap { if case .message(let message) = $0 { message.text } else { nil } }
    }

    @Test("Five megabytes without a line end are dropped, and the next line is read")
    func endlessLine() throws {
        let rig = try Self.inRoom()
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 2048)
        for _ in 0..<2560 { try rig.channel?.writeInbound(chunk) }
        try rig.send("", ":anna!a@h PRIVMSG #c :still here")
        #expect(Self.texts(rig) == ["still here"])
        #expect(rig.ignored == 1)
    }

    @Test("Malformed lines are counted and have no other effect")
    func garbage() throws {
        let rig = try Self.inRoom()
        var luck = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let bytes = (0..<97).map { _ in UInt8.random(in: 128...255, using: &luck) }
            try rig.channel?.writeInbound(ByteBuffer(bytes: bytes + [UInt8(ascii: "\n")]))
        }
        try rig.send("KICK #c", "4x2 me :x", ": : :", ":anna!a@h PRIVMSG #c :still here")
        #expect(rig.events.count == 1)
        #expect(rig.ignored == 203)
        #expect(try rig.lines() == [])
    }

    @Test("NULs and control characters within a line do not get into names or texts")
    func controlCharacters() throws {
        let rig = try Self.inRoom()
        try rig.send(
            ":an\0na!a@h PRIVMSG #c :a\0b\u{1B}[31mc", ":\0\u{2}!a@h TOPIC #c :t\0opic",
            ":x\u{7}y!a@h KICK #c anna :\0out",
            ":\0\0!a@h JOIN #c", ":anna!a@h NICK :\0", ":s 353 me = #c :\0nobody")
        let text = rig.events.map { "\($0)" }.joined()
        #expect(rig.events.count == 3)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test("A server that keeps sending PINGs but never reads the answers is disconnected")
    func neverReads() throws {
        let rig = try Self.inRoom()
        rig.channel?.isWritable = false
        let ping = "PING :" + String(repeating: "a", count: 400)
        for _ in 0..<120 where rig.state != "offline: remoteDown, retrying" { try rig.send(ping) }
        #expect(try rig.lines() == [])
        #expect(rig.state == nil)
        for _ in 0..<120 where rig.state == nil { try rig.send(ping) }
        #expect(rig.state == "offline: remoteDown, retrying")
    }

    @Test("A long PING is answered with one line that is not too long")
    func longPing() throws {
        let rig = try Self.inRoom()
        try rig.send("PING :" + String(repeating: "é", count: 4000), "PING", "PING : :a b")
        let lines = try rig.lines()
        #expect(lines.map(\.utf8.count).max() ?? 0 <= 510)
        #expect(lines.map { $0.prefix(4) } == ["PONG", "PONG", "PONG"])
    }

    @Test(
        "Lines about unknown people and channels change nothing",
        arguments: [
            ":zed!z@h KICK #x anna", ":zed!z@h KICK #c zed :me", ":zed!z@h PART #c", ":zed!z@h PART #x,#y",
            ":zed!z@h QUIT",
            ":zed!z@h NICK zoe", ":s MODE #x +o me", ":s MODE me +i", ":s 366 me #x :End",
            ":s 353 me = #x :a b c", ":s 332 me #x :topic", ":s 333 me #x a b", ":zed!z@h TOPIC #x :topic",
            ":zed!z@h JOIN #x,#y", ":s 001 me :again", ":s 376 me :again", "CAP * NAK :nothing", "CAP", "CAP * ACK :",
            "AUTHENTICATE +", "AUTHENTICATE \u{1}\u{2}", "BATCH", "BATCH -nothing", "BATCH +", "@label=99 PONG s x",
            "@label=abc;time=never;batch=no :s PONG s x", ":s 005 me :are supported", "NICK", "MODE #c", "MODE #c +",
            "PONG",
            ":s 437 me", "FAIL", "INVITE zed #x", "CHGHOST a", "@", "@;=;== ", ":", "001",
        ])
    func unknown(line: String) throws {
        let rig = try Self.inRoom()
        try rig.send(line)
        #expect(rig.events == [])
        #expect(try rig.lines() == [])
        try rig.send(":anna!a@h PRIVMSG #c :still here")
        #expect(Self.texts(rig) == ["still here"])
    }

    @Test("Senseless 005 values are ignored")
    func support() throws {
        let rig = try Self.inRoom()
        let huge = String(repeating: "9", count: 400)
        try rig.send(
            ":s 005 me NICKLEN=0 LINELEN=\(huge) PREFIX= CHANTYPES= CHANMODES= STATUSMSG= CASEMAPPING= KICKLEN=-1 :x",
            ":s 005 me TOPICLEN=\(huge) CHANNELLEN=x USERLEN= HOSTLEN=0 PREFIX=(((( PREFIX=)( -PREFIX=x =x - = :x",
            ":anna!a@h PRIVMSG #c :still here")
        #expect(Self.texts(rig) == ["still here"])
        let nick = rig.perform(.changeNick("other"))
        #expect(try rig.lines() == ["NICK :other"])
        try rig.send(":me!u@h NICK other")
        #expect(rig.outcomes(nick) == [.outcome(nick, .accepted(as: nil))])
    }

    @Test("An endless list of capabilities ends with the minute for the registration")
    func endlessCapabilities() throws {
        let rig = SessionRig()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.accept()
        for number in 0..<61 {
            try rig.send("CAP * LS * :cap\(number) echo-message", "CAP * NAK :cap\(number)")
            rig.loop.advanceTime(by: .seconds(1))
        }
        #expect(rig.state == "offline: remoteDown")
    }

    @Test("Lines about channels that we are not in leave no state")
    func unknownChannels() throws {
        var script = try ClientScript.ready(.fences)
        let names = (0..<60).map { "user\($0)" }.joined(separator: " ")
        for number in 0..<2000 {
            try script.receive(
                ":s 353 me = #chan\(number) :\(names)", ":s 366 me #chan\(number) :End",
                ":user\(number)!u@h JOIN #chan\(number)", ":s 332 me #chan\(number) :\(names)")
        }
        #expect(script.client.channels.isEmpty)
        #expect(script.client.memberCount == 0)
        #expect(script.takeEvents() == [])
    }

    @Test("A server can put us into a limited number of channels, with a limited number of members")
    func unaskedChannels() throws {
        var script = try ClientScript.ready(.fences)
        let names = (0..<300).map { "somebody\($0)" }.joined(separator: " ")
        for number in 0..<700 {
            try script.receive(":me!u@h JOIN #chan\(number)", ":s 353 me = #chan\(number) :\(names)")
            for _ in 0..<5 { try script.receive(":zed!z@h PRIVMSG #chan\(number) :\(names)") }
        }
        let client = script.client
        #expect(client.channels.count == IRCClient.channelLimit)
        #expect(client.memberCount <= IRCClient.memberLimit + IRCClient.channelLimit)
        #expect(client.channels.values.reduce(0) { $0 + $1.heldEvents.count } <= IRCClient.heldLimit)
    }

    @Test("The number of changes of the list of ranks is limited")
    func changingRanks() throws {
        var script = try ClientScript.inRoom(.fences)
        for _ in 0..<10 { try script.receive(":s 005 me PREFIX=(ov)@+ :x", ":s 005 me PREFIX=(ohv)@%+ :x") }
        #expect(script.client.prefixChanges == IRCClient.supportChangeLimit)
        script.forget()
        try script.receive(":s 005 me PREFIX=(v)+ :x")
        #expect(script.events.isEmpty, "bob keeps his rank")
    }

    @Test("A server that renames somebody in many channels without end is disconnected")
    func endlessRenames() throws {
        var script = try ClientScript.ready(.fences)
        for number in 0..<200 {
            try script.receive(":me!u@h JOIN #c\(number)", ":s 366 me #c\(number) :End")
        }
        for number in 0..<20 { try script.receive(":me!u@h NICK me\(number)", ":me\(number)!u@h NICK me") }
        #expect(script.end?.cause == .broken)
        #expect(script.events.count < 6_000)
        var calm = try ClientScript.inRoom(.fences)
        for number in 0..<9_000 { try calm.receive(":me!u@h NICK me\(number)", ":me\(number)!u@h NICK me") }
        #expect(calm.end == nil)
    }

    @Test("The number of changes of the case mapping is limited")
    func changingCaseMapping() throws {
        var script = try ClientScript.inRoom(.fences)
        for _ in 0..<10 {
            try script.receive(":s 005 me CASEMAPPING=ascii :x", ":s 005 me CASEMAPPING=rfc1459 :x")
        }
        #expect(script.client.caseMappingChanges == 4)
        try script.receive(":anna!a@h PRIVMSG #C :still here")
        #expect(script.events.count == 1)
    }

    @Test(
        "With many people, a change of the case mapping or of the ranks ends the connection",
        arguments: [
            "CASEMAPPING=ascii", "PREFIX=(ov)@+",
        ])
    func changesWithManyPeople(_ token: String) throws {
        var script = try Self.inRoom(people: IRCClient.supportChangePeopleLimit + 1)
        let changes = script.client.caseMappingChanges + script.client.prefixChanges
        try script.receive(":s 005 me NETWORK=x CASEMAPPING=rfc1459 PREFIX=(qaohv)~&@%+ :the same")
        #expect(script.end == nil)
        try script.receive(":s 005 me \(token) :x")
        #expect(script.end?.cause == .broken)
        #expect(script.end?.failure.text.contains("has changed its rules for nicks or ranks") == true)
        #expect(script.client.caseMappingChanges + script.client.prefixChanges == changes, "nobody is sorted again")
        var small = try Self.inRoom(people: IRCClient.supportChangePeopleLimit)
        try small.receive(":s 005 me \(token) :x")
        #expect(small.end == nil)
        #expect(small.client.caseMappingChanges + small.client.prefixChanges == changes + 1)
    }

    @Test("People whom a netsplit has taken count as people whom a new case mapping sorts")
    func changeAfterSplit() throws {
        var script = try Self.inRoom(people: IRCClient.supportChangePeopleLimit + 1)
        for number in 1...IRCClient.supportChangePeopleLimit {
            try script.receive(":u\(number)!u@h QUIT :a.example b.example")
        }
        #expect(script.client.memberCount == 1)
        try script.receive(":s 005 me CASEMAPPING=ascii :x")
        #expect(script.end?.cause == .broken)
    }

    /// A script in one room with this number of people, us among them.
    private static func inRoom(people: Int) throws -> ClientScript {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me")
        for number in 1..<people { try script.receive(":s 353 me = #c :u\(number)") }
        try script.receive(":s 366 me #c :End")
        script.forget()
        return script
    }
}
