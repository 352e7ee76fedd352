import Basics
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("IRC: channel modes")
struct ModeTests {
    private let room = ClientScript.room

    private func properties(in script: ClientScript) -> [RoomProperties] {
        script.events.compactMap {
            if case .room(room, .propertiesChanged(let properties)) = $0 { properties } else { nil }
        }
    }

    private func words(in script: ClientScript) -> [String] {
        script.events.compactMap { event in
            guard case .message(let said) = event, case .text(let text) = said.content,
                case .room(room, nick: nil) = said.origin
            else { return nil }
            return text.body
        }
    }

    @Test("After an entry we ask for the modes, and tell the core the properties")
    func asks() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me", ":s 366 me #c :End")
        #expect(script.takeWritten() == ["JOIN #c", "MODE #c"])
        try script.receive(":s 324 me #c +mntk sesame")
        #expect(properties(in: script) == [[.moderated, .topicLocked, .passwordProtected]])
        script.forget()
        try script.receive(":s 324 me #c +mntk sesame")
        #expect(script.events.isEmpty)
    }

    @Test("An entry says whether the question for the modes goes out at once", arguments: [true, false])
    func announced(isBusy: Bool) throws {
        let flood = isBusy ? FloodLimit(burst: 1, perSecond: 1) : FloodLimit(perSecond: 0)
        var script = try ClientScript.ready(.fences, flood: flood)
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me", ":s 366 me #c :End")
        let follows: [Bool] = script.events.compactMap {
            if case .room(_, .joined(let room)) = $0 { room.propertiesFollow } else { nil }
        }
        #expect(follows == [!isBusy])
    }

    @Test("A question for the modes that flood control holds back is written later")
    func patience() throws {
        var script = try ClientScript.ready(.fences, flood: FloodLimit(burst: 2, perSecond: 1))
        _ = script.perform(.join(room, password: nil))
        script.now = script.now + .milliseconds(1)
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me", ":s 366 me #c :End")
        _ = script.say("one")
        _ = script.say("two")
        script.pass(.seconds(5))
        let lines = script.takeWritten().filter { !$0.hasPrefix("PING") }
        #expect(Set(lines) == ["JOIN #c", "PRIVMSG #c :one", "PRIVMSG #c :two", "MODE #c"] && lines.count == 4)
        #expect(lines.first == "JOIN #c")
    }

    @Test("MODE lines change the properties, by the four classes of CHANMODES")
    func changes() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +nt")
        #expect(properties(in: script) == [[.topicLocked]])
        script.forget()
        try script.receive(
            ":bob!b@h MODE #c +bmi-t+lk *!*@bad 10 key", ":bob!b@h MODE #c -lk+s key", ":s MODE #c -mi", ":s MODE #c +n"
        )
        #expect(
            properties(in: script) == [
                [.moderated, .membersOnly, .passwordProtected], [.moderated, .membersOnly, .hidden], [.hidden],
            ])
    }

    @Test("The mode P means that a channel is persistent only where it has no parameter")
    func persistent() throws {
        for (modes, expected) in [("beI,k,l,imnstP", RoomProperties.persistent), ("beI,k,lP,imnst", [])] {
            var script = try ClientScript.inRoom(.fences)
            try script.receive(":s 005 me CHANMODES=\(modes) :x", ":s 324 me #c +P 1")
            #expect(properties(in: script) == [expected])
        }
    }

    @Test("Changes of modes are shown as messages of the room")
    func inWords() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(
            ":bob!b@h MODE #c +o anna", ":irc.example MODE #c +b-v *!*@bad anna", ":bob!b@h MODE #other +o x",
            ":me!u@h MODE me +i")
        #expect(words(in: script) == ["Mode #c [+o anna] by bob", "Mode #c [+b-v *!*@bad anna] by irc.example"])
    }

    @Test(
        "A rank is set by its mode, and the modes of higher ranks are removed",
        arguments: [
            (Rank.voiced, "bob", "-o+v bob bob"), (.none, "bob", "-o bob"), (.operator, "anna", "+o anna"),
            (.owner, "anna", "+a anna"), (.assistant, "bob", "-o+h bob bob"),
        ])
    func ranks(rank: Rank, nick: String, modes: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.room(room, .rank(nick: nick, rank)))
        #expect(script.written.first == "MODE #c \(modes)")
        try script.receive(":me!u@h MODE #c \(modes)")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
        let index = try #require(script.events.firstIndex(of: .outcome(id, .accepted(as: nil))))
        #expect(script.events[..<index].contains { if case .room(_, .occupantChanged) = $0 { true } else { false } })
    }

    @Test("On a server with few ranks, the nearest one stands in, and a rank that is there needs no line")
    func fewRanks() throws {
        var script = try ClientScript.ready(.fences, support: "PREFIX=(ov)@+")
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me anna @bob", ":s 366 me #c :End")
        script.forget()
        _ = script.perform(.room(room, .rank(nick: "anna", .assistant)))
        _ = script.perform(.room(room, .rank(nick: "anna", .owner)))
        #expect(script.takeWritten().filter { $0.hasPrefix("MODE") } == ["MODE #c +o anna", "MODE #c +o anna"])
        let id = script.perform(.room(room, .rank(nick: "bob", .operator)))
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
        #expect(script.refusal(of: .room(room, .rank(nick: "nobody", .voiced))) == .notFound)
    }

    @Test("Changes that need more parameters than one line takes are split")
    func split() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me MODES=1 :x")
        let id = script.perform(.room(room, .rank(nick: "bob", .voiced)))
        #expect(script.takeWritten().prefix(2) == ["MODE #c -o bob", "MODE #c +v bob"])
        try script.receive(":me!u@h MODE #c -o bob")
        #expect(script.outcomes(id).isEmpty)
        try script.receive(":me!u@h MODE #c +v bob")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "A refused change fails with its reason",
        arguments: [
            ("482 me #c :You're not channel operator", Failure.Kind.forbidden), ("442 me #c :Not there", .notInRoom),
            ("401 me anna :No such nick", .notFound), ("441 me anna #c :They aren't on", .notFound),
            ("472 me h :is unknown mode char", .unsupported),
        ])
    func refused(line: String, kind: Failure.Kind) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.room(room, .rank(nick: "anna", .voiced)))
        try script.receive(":s \(line)")
        #expect(script.failure(id) == kind)
    }

    @Test("A change without an effect is proved by a fence or a label", arguments: [ClientScript.Kind.fences, .labels])
    func silent(kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.room(room, .add(ListEntry("*!*@eve"), to: .bans)))
        #expect(script.written.first?.hasSuffix("MODE #c +b *!*@eve") == true)
        try script.receive(kind == .labels ? "@label=2 :s ACK" : ":s PONG s :fence-1")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A mask stays as it is", arguments: ["*!*@bad", "$a:eve", "m:eve!*@*", "~q:x"])
    func masks(mask: String) throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.room(room, .add(ListEntry(mask), to: .bans)))
        #expect(script.written.first == "MODE #c +b \(mask)")
    }

    @Test(
        "No pattern, password or value becomes a second parameter or line", arguments: ["a b", "a\r\nQUIT", "", "a,b"])
    func hostile(text: String) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +nt")
        script.forget()
        for change: RoomChange in [
            .add(ListEntry(text + "*"), to: .bans), .settings(["password": .secret(Secret(text + " "))]),
        ] {
            #expect(
                script.refusal(of: .room(room, change))
                    == (text.isEmpty && change.ability == .bans ? nil : .notAcceptable))
        }
        #expect(script.written.allSatisfy { $0 == "MODE #c +b *" || $0.hasPrefix("PING") })
    }

    // MARK: Lists

    @Test(
        "A list is asked for, and answered with its masks",
        arguments: [
            (RoomList.bans, "+b", ["367 me #c *!*@bad carol!c@h 1500000000", "368 me #c :End"]),
            (.banExceptions, "+e", ["348 me #c *!*@bad carol!c@h 1500000000", "349 me #c :End"]),
            (.inviteExceptions, "+I", ["346 me #c *!*@bad carol!c@h 1500000000", "347 me #c :End"]),
            (.quiets, "+q", ["728 me #c q *!*@bad carol!c@h 1500000000", "729 me #c q :End"]),
        ])
    func lists(list: RoomList, mode: String, lines: [String]) throws {
        var script = try ClientScript.ready(.fences, support: "PREFIX=(ov)@+")
        try script.receive(":s 005 me CHANMODES=beIq,k,l,imnst :x")
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 366 me #c :End")
        script.forget()
        let id = script.perform(.ask(.list(room, list)))
        #expect(script.written == ["MODE #c \(mode)"])
        for line in lines { try script.receive(":s \(line)") }
        let entry = ListEntry("*!*@bad", author: "carol", setAt: Timestamp(secondsSince1970: 1_500_000_000))
        #expect(script.events == [.answer(id, .list([entry]))])
        script.forget()
        for line in lines { try script.receive(":s \(line)") }
        #expect(script.events.isEmpty && script.client.lists.isEmpty, "nobody has asked")
    }

    @Test("An empty list is empty, a refused list fails, and a list that the server does not have is unsupported")
    func otherLists() throws {
        var script = try ClientScript.inRoom(.fences)
        let empty = script.perform(.ask(.list(room, .bans)))
        try script.receive(":s 368 me #c :End")
        #expect(script.events == [.answer(empty, .list([]))])
        let refused = script.perform(.ask(.list(room, .banExceptions)))
        try script.receive(":s 348 me #c *!*@x", ":s 482 me #c :No")
        #expect(script.failure(refused) == .forbidden && script.client.lists.isEmpty)
        #expect(script.refusal(of: .ask(.list(room, .quiets))) == .unsupported)
    }

    @Test("The entries of a list beyond the limit are dropped")
    func longList() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.ask(.list(room, .bans)))
        for number in 0..<(IRCClient.listLimit + 10) { try script.receive(":s 367 me #c *!*@h\(number)") }
        try script.receive(":s 368 me #c :End")
        var entries: [ListEntry] = []
        if case .answer(_, .list(let all))? = script.events.last { entries = all }
        #expect(entries.count == IRCClient.listLimit)
    }

    // MARK: Settings

    private func settings(_ script: inout ClientScript, modes: String) throws -> [String: SettingValue] {
        script.forget()
        _ = script.perform(.ask(.settings(room)))
        #expect(script.written == ["MODE #c"])
        try script.receive(":s 324 me #c \(modes)")
        guard case .answer(_, .settings(let form))? = script.events.last else { return [:] }
        return Dictionary(uniqueKeysWithValues: form.settings.map { ($0.name, $0.value) })
    }

    @Test("The settings are the modes of the server's CHANMODES")
    func form() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANMODES=b,k,lj,mntC :x")
        #expect(
            try settings(&script, modes: "+ntlk 5 sesame") == [
                "moderated": .flag(false), "topic-locked": .flag(true), "password": .secret(Secret("sesame")),
                "limit": .number(5), "mode-n": .flag(true), "mode-C": .flag(false), "mode-j": .text(nil),
            ])
    }

    @Test("Before the server has told the modes, no setting is changed, and a refused question fails")
    func unknown() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.settings(room)))
        try script.receive(":s 442 me #c :You're not on that channel")
        #expect(script.failure(id) == .notInRoom)
        #expect(script.refusal(of: .room(room, .settings(["moderated": .flag(true)]))) == .rateLimited)
    }

    @Test(
        "New settings become a MODE line with the differences",
        arguments: [
            (["moderated": .flag(true), "topic-locked": .flag(true)], ["MODE #c +m"]),
            (["limit": .number(nil)], ["MODE #c -l"]), (["limit": .number(9)], ["MODE #c +l 9"]),
            (["password": .secret(nil)], ["MODE #c -k sesame"]),
            (["password": .secret(Secret("new"))], ["MODE #c -k+k sesame new"]),
            (["password": .secret(Secret("sesame"))], []), (["mode-n": .text("0")], ["MODE #c -n"]),
            (["hidden": .flag(true), "moderated": .flag(true), "limit": .number(2)], ["MODE #c +slm 2"]),
        ] as [([String: SettingValue], [String])])
    func apply(values: [String: SettingValue], lines: [String]) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +ntlk 5 sesame")
        script.forget()
        let id = script.perform(.room(room, .settings(values)))
        #expect(script.written.filter { $0.hasPrefix("MODE") } == lines)
        if lines.isEmpty { #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))]) }
    }

    @Test("A setting that the server does not have, or another kind of value, is refused")
    func wrongSettings() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +nt")
        for values: [String: SettingValue] in [
            ["colour": .flag(true)], ["mode-Z": .flag(true)], ["mode-b": .text("x")], ["mode-": .flag(true)],
        ] { #expect(script.refusal(of: .room(room, .settings(values))) == .unsupported) }
        for values: [String: SettingValue] in [
            ["moderated": .number(1)], ["mode-n": .text("XXX")], ["mode-n": .text(nil)], ["limit": .flag(true)],
        ] { #expect(script.refusal(of: .room(room, .settings(values))) == .notAcceptable) }
    }

    @Test("The core is told which lists the network has, and not twice")
    func capabilities() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANMODES=beIq,k,l,imnst :x", ":s 005 me CHANMODES=beIq,k,l,imnst :x")
        let tables = script.events.compactMap { event -> Capabilities? in
            if case .state(.capabilities(.rooms, let capabilities)) = event { capabilities } else { nil }
        }
        #expect(tables.count == 1 && tables.first?[.quiets] == .full && tables.first?[.banExceptions] == .full)
        #expect(script.events.count == 1, "what holds for people has not changed")
    }
}
