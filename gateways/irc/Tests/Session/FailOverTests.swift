import Basics
import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC: several servers of a network")
struct FailOverTests {
    private let room = SessionRig.room
    private let servers = ["one.example:6697", "two.example:6697", "three.example:6697"]

    private func host(_ rig: SessionRig) -> String? { rig.dials.first?.endpoint.host }

    @Test("Servers are tried in their order without a pause; then only a new request dials, and the first again")
    func order() throws {
        let rig = SessionRig(addresses: servers)
        let join = rig.perform(.join(room, password: nil))
        for server in ["one.example", "two.example", "three.example"] {
            #expect(host(rig) == server)
            #expect(rig.failure(join) == nil)
            rig.refuse()
        }
        #expect(rig.failure(join) == .remoteDown)
        #expect(rig.dials.isEmpty)
        rig.perform(.join(room, password: nil))
        #expect(host(rig) == "one.example")
    }

    @Test("A server that ends the connection before the login is complete is left for the next one, and the join waits")
    func earlyEnd() throws {
        let rig = SessionRig(addresses: servers)
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("ERROR :Closing Link: (Server is full)")
        #expect(host(rig) == "two.example")
        #expect(rig.failure(join) == nil)
        try rig.accept()
        rig.breakConnection()
        #expect(host(rig) == "three.example")
        try rig.welcome()
        #expect(try rig.lines().last == "JOIN #c")
        try rig.enter()
        #expect(rig.outcomes(join) == [.outcome(join, .accepted(as: nil))])
    }

    @Test("When all servers have ended it early, the join fails once, with the words of the last")
    func allEndEarly() throws {
        let rig = SessionRig(addresses: ["one.example:6697", "two.example:6697"])
        let join = rig.perform(.join(room, password: nil))
        for _ in 0..<2 {
            try rig.accept()
            try rig.send("ERROR :Closing Link: (Server is full)")
        }
        #expect(rig.outcomes(join).count == 1)
        #expect(rig.failure(join) == .remoteDown)
        #expect(rig.dials.isEmpty)
    }

    @Test("After a throttle or a ban no other server of the network is dialled", arguments: ["Throttled", "K-Lined"])
    func respect(words: String) throws {
        let rig = SessionRig(addresses: servers)
        let join = rig.perform(.join(room, password: nil))
        try rig.accept()
        try rig.send("ERROR :Closing Link: x (\(words))")
        #expect(rig.dials.isEmpty)
        #expect(rig.outcomes(join).count == 1)
    }

    @Test("After a connection that was ready the first server is dialled again")
    func backToTheFirst() throws {
        let rig = SessionRig(addresses: servers)
        rig.perform(.join(room, password: nil))
        rig.refuse()
        #expect(host(rig) == "two.example")
        try rig.welcome()
        try rig.enter()
        rig.breakConnection()
        rig.loop.advanceTime(by: .seconds(2))
        #expect(host(rig) == "one.example")
        rig.refuse()
        #expect(host(rig) == "two.example")
    }
}
