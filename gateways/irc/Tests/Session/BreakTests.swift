import Basics
import GatewayKit
import NIOCore
import NIOEmbedded
import Networking
import Testing

@testable import IRCAdapter

@Suite("IRC: a broken connection")
struct BreakTests {
    private let room = SessionRig.room

    @Test("After a break the rooms are reported as left, and entered again when the server is back")
    func comesBack() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: Secret("key")))
        try rig.welcome()
        try rig.enter()
        let message = rig.perform(.send(.text(Text("lost?")), to: .room(room)))
        rig.events = []
        rig.breakConnection()
        #expect(rig.failure(message) == .unknownOutcome)
        #expect(rig.events.contains(.room(room, .left(.disconnected(reason: "The connection to net broke.")))))
        #expect(rig.state == "offline: remoteDown, retrying")
        #expect(rig.failure(rig.perform(.send(.text(Text("x")), to: .room(room)))) == .remoteDown)

        rig.loop.advanceTime(by: .seconds(3))
        rig.refuse()
        #expect(rig.state == "offline: remoteDown, retrying")
        rig.loop.advanceTime(by: .seconds(5))
        rig.events = []
        try rig.accept()
        try rig.send("CAP * LS :", ":s 433 * me :In use", ":s 001 me_ :Hi", ":s 422 me_ :x")
        #expect(try rig.lines().suffix(3) == ["CAP END", "NICK :me_", "JOIN #c key"])
        try rig.send(":me_!u@h JOIN #c", ":s 366 me_ #c :End")
        let (entered, joined) = try #require(rig.events.entries.last)
        #expect(entered == room)
        #expect(joined.nick == "me_")
    }

    @Test("After a break the user name is the same, although the nick has changed")
    func userName() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.perform(.changeNick("you"))
        try rig.send(":me!u@h NICK you")
        rig.breakConnection()
        rig.loop.advanceTime(by: .seconds(10))
        try rig.accept()
        let lines = try rig.lines()
        #expect(lines.contains("NICK :you") && lines.contains("USER me 0 * :me"), "\(lines)")
    }

    /// Uses up the time of work of a kind in this turn of the loop.
    private func fill(_ lane: LoopQuota.Lane?, _ rig: SessionRig) {
        lane?.perform { rig.loop.advanceTime(by: .seconds(1)) }
    }

    @Test("While many connections break, the end of one waits for a later turn of the loop, and nothing is lost")
    func breaksInTurns() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        fill(rig.endings, rig)
        rig.events = []
        rig.breakConnection()
        #expect(rig.events.isEmpty)
        let message = rig.request(.send(.text(Text("lost?")), to: .room(room)))
        rig.loop.advanceTime(by: .milliseconds(20))
        #expect(rig.failure(message) != nil)
        #expect(rig.events.contains(.room(room, .left(.disconnected(reason: "The connection to net broke.")))))
    }

    @Test("While many users connect, a dial waits for a later turn, and is not made if the session has ended meanwhile")
    func dialsInTurns() throws {
        let rig = SessionRig()
        fill(rig.dialLane, rig)
        rig.request(.join(room, password: nil))
        #expect(rig.dials.isEmpty)
        rig.loop.advanceTime(by: .milliseconds(20))
        #expect(rig.dials.count == 1)
        let other = SessionRig()
        fill(other.dialLane, other)
        other.request(.join(room, password: nil))
        other.closeNow()
        other.loop.advanceTime(by: .seconds(1))
        #expect(other.dials.isEmpty)
    }

    @Test("A user who has logged in is connected at once, and again after a break, until the user logs out")
    func staying() throws {
        let rig = SessionRig()
        let stay = rig.perform(.keepConnected(true))
        #expect(rig.dials.count == 1 && rig.outcomes(stay) == [.outcome(stay, .accepted(as: nil))])
        try rig.welcome()
        rig.breakConnection()
        #expect(rig.state == "offline: remoteDown, retrying")
        rig.loop.advanceTime(by: .seconds(3))
        rig.refuse()
        #expect(rig.state == "offline: remoteDown, retrying")
        let leave = rig.perform(.keepConnected(false))
        #expect(rig.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        #expect(rig.state == "offline: remoteDown")
        rig.loop.advanceTime(by: .minutes(10))
        #expect(rig.dials.isEmpty)
    }

    @Test("The pauses between attempts grow, and a new request causes an attempt at once")
    func pauses() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        for _ in 0..<6 {
            rig.loop.advanceTime(by: .minutes(5))
            rig.refuse()
        }
        rig.loop.advanceTime(by: .seconds(20))
        #expect(rig.dials.isEmpty)
        let message = rig.perform(.send(.text(Text("hi")), to: .peer(SessionRig.anna)))
        #expect(rig.dials.count == 1)
        rig.refuse()
        #expect(rig.failure(message) == .remoteDown)
        #expect(rig.state == "offline: remoteDown, retrying")
    }

    @Test("After a minute of connection the pauses begin anew, also if the server ends it with ERROR")
    func peace() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        for _ in 0..<6 {
            rig.loop.advanceTime(by: .minutes(5))
            rig.refuse()
        }
        rig.loop.advanceTime(by: .minutes(5))
        try rig.welcome()
        try rig.enter()
        rig.loop.advanceTime(by: .seconds(61))
        try rig.send("ERROR :Server going down")
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.dials.count == 1)
    }

    @Test("After a throttle or a ban, no request shortens the pause before the next attempt")
    func throttled() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        try rig.send("ERROR :Trying to reconnect too fast.")
        #expect(rig.failure(rig.perform(.send(.text(Text("hi")), to: .peer(SessionRig.anna)))) == .remoteDown)
        rig.loop.advanceTime(by: .seconds(119))
        #expect(rig.dials.isEmpty)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.dials.count == 1)
    }

    @Test("Leaving the last room to enter again ends the attempts")
    func givesUp() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        let leave = rig.perform(.leave(room, reason: nil))
        #expect(rig.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        #expect(rig.state == "offline: remoteDown")
        rig.loop.advanceTime(by: .hours(1))
        #expect(rig.dials.isEmpty)
    }

    @Test("A join that is withdrawn during the connecting fails, and no room is entered")
    func leaveWhileConnecting() throws {
        let rig = SessionRig()
        let join = rig.perform(.join(room, password: nil))
        let leave = rig.perform(.leave(room, reason: nil))
        #expect(rig.failure(join) == .notInRoom)
        #expect(rig.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        try rig.welcome()
        #expect(try !rig.lines().contains("JOIN #c"))
    }

    @Test("A core that joins again as soon as it hears of the break is served by the next attempt")
    func reentrantBreak() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        var again: RequestID?
        rig.reaction = { event in
            if case .room(_, .left) = event, again == nil { again = rig.request(.join(SessionRig.room, password: nil)) }
        }
        rig.breakConnection()
        try rig.welcome()
        try rig.enter()
        let id = try #require(again)
        #expect(rig.outcomes(id) == [.outcome(id, .accepted(as: nil))])
        rig.reaction = nil
    }
}
