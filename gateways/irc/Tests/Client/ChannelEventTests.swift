import Basics
import GatewayKit
import Testing

@testable import IRCAdapter

struct ChannelEventTests {
    private let room = ClientScript.room

    private func occupant(_ nick: String, _ rank: Rank = .none) -> Occupant {
        Occupant(
            nick: nick, rank: rank, isFounder: rank == .owner,
            address: PeerAddress(network: ClientScript.network, name: nick.lowercased()))
    }

    @Test("Joins, departures, renames and kicks of members are reported")
    func people() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(
            ":Cora!c@h JOIN #c", ":cora!c@h NICK Coral", ":CORAL!c@h PART #c :\u{2}bye", ":bob!b@h KICK #c anna :rude",
            ":bob!b@h QUIT :Ping timeout")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantJoined(occupant("Cora"))),
                .room(room, .occupantRenamed(from: "Cora", to: occupant("Coral"))),
                .room(room, .occupantLeft(nick: "Coral", .left(reason: "bye"))),
                .room(room, .occupantLeft(nick: "anna", .kicked(by: "bob", reason: "rude"))),
                .room(room, .occupantLeft(nick: "bob", .quit(reason: "Ping timeout"))),
            ])
    }

    @Test("The departure of an unknown nick and the join of a present member are ignored")
    func ghosts() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(
            ":anna!a@h JOIN #c", ":nobody!n@h PART #c", ":nobody!n@h QUIT", ":nobody!n@h NICK x", ":x!x@h PART #other",
            ":s KICK #c nobody", ":anna!a@h NICK a!b", ":anna!a@h NICK :")
        #expect(script.events.isEmpty)
    }

    @Test("A user who takes the nick of a listed member replaces that member")
    func replaced() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":anna!a@h NICK bob")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantLeft(nick: "bob", .quit(reason: nil))),
                .room(room, .occupantRenamed(from: "anna", to: occupant("bob"))),
            ])
        try script.receive(":bob!a@h NICK Bob")
        #expect(script.takeEvents() == [.room(room, .occupantRenamed(from: "bob", to: occupant("Bob")))])
    }

    @Test("Ranks follow the modes; other modes change no member")
    func modes() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":bob!b@h MODE #c +mvb anna *!*@x", ":bob!b@h MODE #c +o-v anna anna", ":s MODE #c +nt")
        try script.receive(":s MODE #c -o+q Anna bob", ":s MODE #c +v nobody", ":s MODE me +i")
        #expect(
            script.takeEvents().filter { if case .message = $0 { false } else { true } } == [
                .room(room, .occupantChanged(occupant("anna", .voiced))),
                .room(room, .occupantChanged(occupant("anna", .operator))),
                .room(room, .occupantChanged(occupant("anna"))), .room(room, .occupantChanged(occupant("bob", .owner))),
            ])
    }

    @Test("A new key is kept for the next entry")
    func key() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":bob!b@h MODE #c +k secret")
        let rooms = script.client.ended(Failure(.remoteDown, "x"), now: script.now)
        #expect(rooms == [IRCClient.Rejoin(room: room, key: Secret("secret"))])
    }

    @Test("Our own kick is reported, and the room is not entered again")
    func kicked() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":bob!b@h KICK #c ME :out")
        #expect(script.takeEvents() == [.room(room, .left(.kicked(by: "bob", reason: "out")))])
        #expect(script.refusal(ofSaying: "x") == .notInRoom)
        #expect(script.client.ended(Failure(.remoteDown, "x"), now: script.now).isEmpty)
    }

    @Test("Leaving is reported, then accepted", arguments: ClientScript.Kind.allCases)
    func leaving(_ kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.leave(room, reason: "see\r\nyou"))
        #expect(script.written.first?.hasSuffix("PART #c :see you") == true)
        let label = kind == .labels ? "@label=2 " : ""
        try script.receive("\(label):me!u@h PART #c :see you", "PONG s :fence-1")
        #expect(
            script.takeEvents() == [.room(room, .left(.left(reason: "see you"))), .outcome(id, .accepted(as: nil))])
    }

    @Test("A PART that the server refuses because we are not in the channel counts as done")
    func leavingNothing() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.leave(room, reason: nil))
        try script.receive(":s 442 me #c :Not on channel")
        #expect(script.takeEvents() == [.room(room, .left(.left(reason: nil))), .outcome(id, .accepted(as: nil))])
    }

    @Test(
        "A topic that we set is reported, then accepted; the same topic again is only accepted",
        arguments: ClientScript.Kind.allCases)
    func topic(_ kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.room(room, .topic("New\ntopic")))
        #expect(script.written.first?.hasSuffix("TOPIC #c :New topic") == true)
        let label = kind == .labels ? "@label=2 " : ""
        try script.receive("\(label):me!u@h TOPIC #c :New topic", "PONG s :fence-1")
        #expect(
            script.takeEvents() == [
                .room(room, .topicChanged(Topic(text: "New topic", author: "me"))), .outcome(id, .accepted(as: nil)),
            ])
        let same = script.perform(.room(room, .topic("New topic")))
        try script.receive(kind == .labels ? "@label=3 ACK" : "PONG s :fence-2")
        #expect(script.takeEvents() == [.outcome(same, .accepted(as: nil))])
    }

    @Test("Topics that other users set and clear are reported")
    func otherTopic() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive("@time=2011-10-19T16:40:51.000Z :anna!a@h TOPIC #c :x", ":s TOPIC #c :")
        let time = Timestamp(secondsSince1970: 1_319_042_451)
        #expect(
            script.events == [
                .room(room, .topicChanged(Topic(text: "x", author: "anna", setAt: time))),
                .room(room, .topicChanged(Topic(text: "", author: "s"))),
            ])
    }

    @Test("A topic that is too long is refused, not cut")
    func longTopic() throws {
        var script = try ClientScript.inRoom(.labels)
        #expect(script.refusal(of: .room(room, .topic(String(repeating: "x", count: 600)))) == .tooLong)
        try script.receive(":s 005 me TOPICLEN=10 :x")
        #expect(script.refusal(of: .room(room, .topic("12345678901"))) == .tooLong)
        #expect(script.refusal(of: .room(room, .topic("1234567890"))) == nil)
    }

    @Test("A kick that we asked for is reported, then accepted", arguments: ClientScript.Kind.allCases)
    func kick(_ kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.room(room, .kick(nick: "Anna", reason: "rude")))
        #expect(script.written.first?.hasSuffix("KICK #c Anna :rude") == true)
        try script.receive(":me!u@h KICK #c anna :rude")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantLeft(nick: "anna", .kicked(by: "me", reason: "rude"))),
                .outcome(id, .accepted(as: nil)),
            ])
    }

    @Test("Our new nick is reported in every room, then accepted")
    func nick() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.perform(.changeNick("You"))
        #expect(script.written == ["@label=2 NICK :You"])
        try script.receive("@label=2 :me!u@h NICK :You")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantRenamed(from: "me", to: occupant("You"))), .outcome(id, .accepted(as: nil)),
            ])
        #expect(script.refusal(of: .changeNick("You")) == nil)
    }

    @Test("Our nick change is recognised also if the server names the new nick as its source")
    func nickByNewNick() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.perform(.changeNick("you"))
        try script.receive("@label=2 :you!u@h NICK :you")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantRenamed(from: "me", to: occupant("you"))), .outcome(id, .accepted(as: nil)),
            ])
    }

    @Test(
        "Our nick change by a typed command is recognised also if the server names the new nick as its source",
        arguments: [
            (Question.command("nick you", at: .room(ClientScript.room)), "you"), (.raw("nick you"), "you"),
            (.raw("NICK youandyourfriends"), "youandyour"), (.raw("SANICK me you"), "you"),
        ])
    func typedNick(question: Question, nick: String) throws {
        var script = try ClientScript.inRoom(.labels)
        _ = script.perform(.ask(question))
        try script.receive("@label=2 :\(nick)!u@h NICK :\(nick)")
        #expect(script.events.first == .room(room, .occupantRenamed(from: "me", to: occupant(nick))))
        let id = script.say("mine")
        try script.receive("@label=3 :\(nick)!u@h PRIVMSG #c :mine")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))] && script.events.messages.isEmpty)
    }

    @Test("A nick line of somebody else is not ours, although we are asking for something", arguments: ["1", "2"])
    func othersNick(label: String) throws {
        var script = try ClientScript.inRoom(.labels)
        _ = script.perform(.ask(.raw("SANICK anna you")))
        try script.receive("@label=\(label) :you!u@h NICK :you")
        let isRoomEvent = script.events.contains { if case .room = $0 { true } else { false } }
        #expect(!isRoomEvent && script.client.identity.nick == "me")
    }

    @Test(
        "If the network gives us another nick than we ask for, the request has its outcome", arguments: [true, false])
    func otherNick(hasLabels: Bool) throws {
        var script = try ClientScript.inRoom(hasLabels ? .labels : .fences)
        let id = script.perform(.changeNick("you"))
        try script.receive((hasLabels ? "@label=2 " : "") + ":me!u@h NICK :Guest123")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantRenamed(from: "me", to: occupant("Guest123"))), .outcome(id, .accepted(as: nil)),
            ])
    }

    @Test("A nick that the network forces on us while it has not answered our request leaves the request open")
    func forcedMeanwhile() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.perform(.changeNick("you"))
        try script.receive(":me!u@h NICK :Guest123")
        #expect(script.outcomes(id).isEmpty)
        try script.receive("@label=2 :Guest123!u@h NICK :you")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A nick that the network forces on us is reported, too")
    func forcedNick() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(":me!u@h NICK Guest1")
        #expect(script.takeEvents() == [.room(room, .occupantRenamed(from: "me", to: occupant("Guest1")))])
        try script.receive(":Guest1!u@h PRIVMSG #c :mine")
        #expect(script.events.messages.map(\.isOwn) == [true])
    }

    @Test(
        "Invalid nicks are refused",
        arguments: ["", "a b", "1a", "#a", "a\r\nQUIT", "a,b", String(repeating: "n", count: 40)])
    func hostileNicks(_ nick: String) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me NICKLEN=30 :x")
        #expect(script.refusal(of: .changeNick(nick)) == .malformedAddress)
        #expect(script.written.isEmpty)
    }

    @Test("When the case mapping changes, all channels and members are still found")
    func mappingChange() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":x[!x@h JOIN #c", ":s 005 me CASEMAPPING=ascii :x", ":x{!y@h JOIN #c", ":X[!x@h PART #c")
        #expect(
            script.events.suffix(2) == [
                .room(room, .occupantJoined(occupant("x{"))),
                .room(room, .occupantLeft(nick: "x[", .left(reason: nil))),
            ])
    }
}
