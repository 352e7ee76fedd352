import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Messages that members of a room have missed")
struct MissedMessageTests {
    private func say(_ text: String, in scene: Scene, to user: String = "anna@home.test") {
        let said = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: text)
        scene.event(.message(said), user: user, network: "net")
    }

    private func doSlice(_ scene: Scene) -> Bool {
        guard let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) else { return false }
        scene.fireTimer(at: slice)
        return true
    }

    @Test("after a refusal they are sent again in slices, in turn by user, each once to each member")
    func slices() throws {
        let scene = try Scene.live { $0.slice = 10 }
        let users = ["anna@home.test", "ben@home.test"]
        for user in users {
            try scene.join("\(user)/a", nick: "anna")
            scene.joinedRoom(of: user)
        }
        for number in 0..<50 { for user in users { say("\(number)", in: scene, to: user) } }
        try scene.refuseLast()
        scene.doesSlicesAtOnce = false
        scene.forget()
        for timer in scene.timers where timer.tag.timer == HomeStream.resendTimer { scene.post(.timer(timer.tag)) }
        #expect(scene.messages.isEmpty, "nothing is sent in the turn of the timer")
        var turns: [Set<String>] = []
        var told: [String: [String]] = [:]
        while doSlice(scene) {
            #expect(scene.messages.count <= 10)
            turns.append(Set(scene.messages.compactMap { $0.head.to?.bare.description }))
            for message in scene.messages {
                told[message.head.to?.bare.description ?? "", default: []].append(message.body ?? "")
            }
            scene.forgetSent()
        }
        #expect(
            turns.prefix(2).reduce(into: Set()) { $0.formUnion($1) } == Set(users), "users take turns")
        for user in users { #expect(told[user] == (0..<50).map { "\($0)" }) }
    }

    @Test("an answer to a ping while they are sent loses none")
    func answerMeanwhile() throws {
        let scene = try Scene.live { $0.slice = 10 }
        try scene.join()
        scene.joinedRoom(of: "anna@home.test")
        scene.post(.linkClosed)
        for number in 0..<25 { say("\(number)", in: scene) }
        scene.post(.linkOpened)
        try scene.refuseLast()
        scene.doesSlicesAtOnce = false
        scene.forget()
        for timer in scene.timers where timer.tag.timer == HomeStream.resendTimer { scene.post(.timer(timer.tag)) }
        _ = doSlice(scene)
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.result()))
        while doSlice(scene) {}
        #expect(scene.messages.compactMap(\.body) == (0..<25).map { "\($0)" })
    }

    @Test(
        "a message that comes before a member is pinged is shown to it once, behind older ones",
        arguments: [[], ["old"]])
    func saidBeforePing(older: [String]) throws {
        let scene = try Scene.live()
        try scene.join()
        scene.joinedRoom(of: "anna@home.test")
        scene.post(.linkClosed)
        for text in older { say(text, in: scene) }
        scene.doesSlicesAtOnce = false
        scene.forget()
        scene.post(.linkOpened)
        say("new", in: scene)
        while doSlice(scene) {}
        say("newest", in: scene)
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.result()))
        say("last", in: scene)
        #expect(scene.messages.compactMap(\.body) == older + ["new", "newest", "last"])
    }

    @Test("a member that waits for its ping loses no message, even if more come than a room keeps")
    func manyBeforePing() throws {
        let scene = try Scene.live { $0.missedPerRoom = 5 }
        try scene.join()
        scene.joinedRoom(of: "anna@home.test")
        scene.post(.linkClosed)
        say("old", in: scene)
        scene.doesSlicesAtOnce = false
        scene.forget()
        scene.post(.linkOpened)
        for number in 0..<12 { say("\(number)", in: scene) }
        while doSlice(scene) {}
        #expect(scene.messages.compactMap(\.body) == ["old"] + (0..<12).map { "\($0)" })
    }

    @Test("a message that comes while missed ones are sent again is shown once, behind them")
    func saidMeanwhile() throws {
        let scene = try Scene.live { $0.slice = 10 }
        try scene.join()
        scene.joinedRoom(of: "anna@home.test")
        for number in 0..<25 { say("\(number)", in: scene) }
        try scene.refuseLast()
        scene.doesSlicesAtOnce = false
        scene.forget()
        for timer in scene.timers where timer.tag.timer == HomeStream.resendTimer { scene.post(.timer(timer.tag)) }
        _ = doSlice(scene)
        say("new", in: scene)
        while doSlice(scene) {}
        say("last", in: scene)
        #expect(scene.messages.compactMap(\.body) == (0..<25).map { "\($0)" } + ["new", "last"])
    }
}

extension Scene {
    /// The network reports that the user has joined the room, in which Bob is.
    fileprivate func joinedRoom(of user: String) {
        let joined = JoinedRoom(nick: "anna", occupants: [Scene.occupant("anna"), Scene.occupant("Bob")], topic: nil)
        event(.room(Scene.room, .joined(joined)), user: user, network: "net")
    }
}
