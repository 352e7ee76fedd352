import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct LabelDeliveryTests {
    @Test("A message is accepted when its echo comes with its label, under the echo's id")
    func echo() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        #expect(script.takeWritten() == ["@label=2 PRIVMSG #c :hello"])
        #expect(script.events.isEmpty)
        try script.receive("@label=2;msgid=abc :me!u@h PRIVMSG #c :hello")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: MessageID("abc")))])
    }

    @Test("Answers may come in any order, and each finds its request")
    func anyOrder() throws {
        var script = try ClientScript.inRoom(.labels)
        let first = script.say("one")
        let second = script.say("two", to: .peer(ClientScript.anna))
        try script.receive("@label=3 :me!u@h PRIVMSG anna :two", "@label=2 :me!u@h PRIVMSG #c :one")
        #expect(script.takeEvents() == [.outcome(second, .accepted(as: nil)), .outcome(first, .accepted(as: nil))])
    }

    @Test("A message of several lines is accepted with the last of them")
    func severalLines() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("one\n\ntwo\nthree")
        #expect(script.written.count == 3)
        try script.receive("@label=3;msgid=b :me!u@h PRIVMSG #c :two", "@label=2;msgid=a :me!u@h PRIVMSG #c :one")
        #expect(script.events.isEmpty)
        try script.receive("@label=4;msgid=c :me!u@h PRIVMSG #c :three")
        #expect(script.events == [.outcome(id, .accepted(as: MessageID("b")))])
    }

    @Test("A refusal with the label fails the request, and later answers to it change nothing")
    func refusal() throws {
        var script = try ClientScript.inRoom(.labels)
        let other = script.say("zero")
        let id = script.say("one\ntwo")
        try script.receive(
            "@label=3 :s 404 me #c :Cannot send to channel (+m)", "@label=4 :me!u@h PRIVMSG #c :two",
            "@label=2 :me!u@h PRIVMSG #c :zero")
        #expect(script.outcomes(id).count == 1)
        #expect(script.failure(id) == .forbidden)
        #expect(script.outcomes(other) == [.outcome(other, .accepted(as: nil))])
    }

    @Test("A refusal after the first line says that part of the message arrived")
    func partial() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("one\ntwo")
        try script.receive("@label=2 :me!u@h PRIVMSG #c :one", "@label=3 :s 404 me #c :No")
        let failure = try #require(script.events.failures.first)
        #expect(script.outcomes(id) == script.events)
        #expect(failure.text.contains("The first line arrived."))
    }

    @Test("An answer in a batch belongs to the batch's label")
    func batch() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hi", to: .peer(ClientScript.anna))
        try script.receive("@label=2 BATCH +x labeled-response", "@batch=x :s 301 me anna :Away")
        #expect(script.takeEvents() == [.state(.notice("anna is away: Away"))])
        try script.receive("@batch=x;msgid=m :me!u@h PRIVMSG anna :hi", "BATCH -x")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: MessageID("m")))])
    }

    @Test("A refusal in a batch fails the request; the end of the batch settles what is left")
    func batchRefusal() throws {
        var script = try ClientScript.inRoom(.labels)
        let refused = script.say("hi", to: .peer(ClientScript.anna))
        let quiet = script.say("hi", to: .peer(ClientScript.anna))
        try script.receive(
            "@label=2 BATCH +x labeled-response", "@batch=x :s 401 me anna :No such nick", "BATCH :-x",
            "@label=3 BATCH +y labeled-response", "BATCH -y")
        #expect(script.failure(refused) == .notFound)
        #expect(script.outcomes(quiet) == [.outcome(quiet, .accepted(as: nil))])
    }

    @Test("ACK completes a private message, because services send no echo")
    func acknowledgement() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello", to: .peer(ClientScript.anna))
        try script.receive("@label=2 :s ACK")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "A labelled answer without our echo to that channel leaves the outcome of a message unknown",
        arguments: [
            "@label=2 :s ACK", "@label=2 :me!u@h PRIVMSG #other :hello", "@label=2 :evil!u@h PRIVMSG #c :hello",
            "@label=2 BATCH +z labeled-response|BATCH -z", "@label=2 :s NOTICE me :spam filter",
            "@label=2 BATCH +z labeled-response|@batch=z :s NOTICE me :spam filter|BATCH -z",
        ])
    func answerWithoutEcho(_ answer: String) throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        for line in answer.split(separator: "|") { try script.receive(String(line)) }
        #expect(script.outcomes(id).count == 1)
        let failure = try #require(script.events.failures.first)
        #expect(failure.kind == .unknownOutcome)
        let reason = answer.contains("NOTICE") ? ": spam filter" : "."
        #expect(failure.text == "The network did not confirm this message\(reason)")
        try script.receive("@label=2 :me!u@h PRIVMSG #c :hello")
        #expect(script.outcomes(id).count == 1, "a late echo changes nothing")
    }

    @Test("An echo proves a message in a channel although the server has changed the text or sends a notice with it")
    func changedEcho() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        try script.receive(
            "@label=2 BATCH +z labeled-response", "@batch=z :s NOTICE me :censored",
            "@batch=z :me!u@h PRIVMSG #C :h***o", "BATCH -z")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A refusal that is not in the table still fails the request with its label")
    func unknownRefusal() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        try script.receive("@label=2 :s 579 me #c :Because")
        #expect(script.failure(id) == .forbidden)
    }

    @Test("A message without an answer gets a fence, and its outcome is unknown")
    func silence() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        script.pass(.seconds(16))
        #expect(script.written.last == "PING :fence-1")
        try script.receive(":s PONG s :fence-1")
        #expect(script.failure(id) == .unknownOutcome)
    }

    @Test("Our own messages are never reported as messages of others")
    func ownWords() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(":me!u@h PRIVMSG #c :from nowhere", ":ME!u@h PRIVMSG anna :again")
        #expect(script.events.messages.map(\.isOwn) == [true, true])
    }

    @Test("A message to ourselves comes back twice, is accepted by the copy with the label, and is not shown")
    func toOurselves() throws {
        var script = try ClientScript.ready(.labels)
        let id = script.say("note", to: .peer(PeerAddress(network: ClientScript.network, name: "me")))
        try script.receive("@msgid=a :me!u@h PRIVMSG me :note")
        #expect(script.events.isEmpty)
        try script.receive("@label=1;msgid=a :me!u@h PRIVMSG me :note", ":me!u@h NOTICE me :x")
        #expect(script.events == [.outcome(id, .accepted(as: MessageID("a")))])
    }
}
