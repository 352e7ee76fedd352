import GatewayKit
import NIOCore
import NIOEmbedded
import Networking
import Testing

@testable import IRCAdapter

@Suite("IRC: the end of a session")
struct SessionEndTests {
    private let room = SessionRig.room

    @Test("A silent server is noticed by a timer")
    func silence() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(121))
        #expect(try rig.lines() == ["PING :alive"])
        rig.events = []
        rig.loop.advanceTime(by: .seconds(61))
        #expect(rig.events.first == .room(room, .left(.disconnected(reason: "net does not answer any more."))))
        #expect(rig.dials.count == 1)
    }

    @Test("Closing fails open requests, sends QUIT with the reason, and waits for the server at most two seconds")
    func close() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        let message = rig.perform(.send(.text(Text("x")), to: .room(room)))
        _ = try rig.lines()
        var done = 0
        rig.close { done += 1 }
        #expect(rig.failure(message) == .unknownOutcome)
        #expect(try rig.lines() == ["QUIT :Gateway shutdown"])
        #expect(done == 0)
        #expect(rig.failure(rig.perform(.join(room, password: nil))) == .remoteDown)
        let count = rig.events.count
        try rig.send(":anna!a@h PRIVMSG #c :late")
        rig.loop.advanceTime(by: .seconds(2))
        #expect(done == 1)
        rig.perform(.join(room, password: nil))
        #expect(rig.events.count == count)
        #expect(rig.dials.isEmpty)
    }

    @Test("Closing ends as soon as the server closes the connection")
    func promptClose() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        var done = 0
        rig.close { done += 1 }
        rig.breakConnection()
        #expect(done == 1)
        rig.loop.advanceTime(by: .seconds(5))
        #expect(done == 1)
    }

    @Test("Closing before, during and between dials ends at once")
    func closeWithoutConnection() throws {
        for stage in 0..<3 {
            let rig = SessionRig()
            var requests: [RequestID] = []
            if stage > 0 { requests.append(rig.perform(.join(room, password: nil))) }
            if stage == 2 {
                try rig.welcome()
                try rig.enter()
                rig.breakConnection()
            }
            var done = 0
            rig.close { done += 1 }
            #expect(done == 1)
            for id in requests { #expect(rig.outcomes(id).count == 1) }
            if stage == 1 {
                // A connection that is made after the closing is not used.
                try rig.accept()
                #expect(rig.channel?.isActive == false)
                #expect(try rig.lines().isEmpty)
            }
            rig.loop.advanceTime(by: .hours(1))
            #expect(rig.dials.isEmpty)
        }
    }

    @Test("Without rooms and private messages the connection is ended with QUIT")
    func idle() throws {
        let rig = SessionRig()
        rig.perform(.join(room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.perform(.leave(room, reason: nil))
        try rig.send(":me!u@h PART #c", "PONG s :fence-1")
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(31))
        #expect(try rig.lines() == ["QUIT :idle"])
        #expect(rig.state == "offline: remoteDown")
        #expect(rig.channel?.isActive == true)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.channel?.isActive == false)
    }

    @Test("A core that closes the session within an event gets every outcome first, and no event after it")
    func closeWithin() throws {
        let rig = SessionRig()
        var closed = false
        rig.reaction = { event in
            guard case .room(_, .joined) = event, !closed else { return }
            closed = true
            rig.closeNow()
        }
        let join = rig.perform(.join(room, password: nil))
        let message = rig.perform(.send(.text(Text("hi")), to: .peer(SessionRig.anna)))
        try rig.welcome()
        try rig.enter()
        #expect(closed)
        #expect(rig.outcomes(join).count == 1)
        #expect(rig.outcomes(message).count == 1)
        rig.reaction = nil
    }
}
