import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC: limits of connections and dials of a user")
struct UserConnectionsTests {
    @Test("One connection more than allowed, over all networks, is refused with the limit and advice")
    func oneTooMany() throws {
        let rig = UsersRig(perUser: 3)
        for host in ["a.test", "b.test", "c.test"] {
            rig.join(host)
            try rig.enter(host)
        }
        let join = rig.join("d.test")
        #expect(rig.dialled.isEmpty)
        let failure = try #require(rig.failure(join))
        #expect(failure.kind == .rateLimited)
        #expect(failure.text.contains("3 connections"))
        #expect(failure.text.contains("Leave the channels of another network first"))
        #expect(rig.states("d.test") == ["rateLimited"])
        rig.loop.advanceTime(by: .minutes(1))
        #expect(rig.dialled.isEmpty)
        // Other users are not limited by it.
        rig.join("d.test", user: "other")
        #expect(rig.dialled == ["d.test"])
    }

    @Test("Connections that are only being dialled count as well")
    func dialling() throws {
        let rig = UsersRig(perUser: 20)
        let joins = (0..<1000).map { rig.join("host\($0).test") }
        #expect(rig.dials.count == 20)
        #expect(joins.count { rig.failure($0)?.kind == .rateLimited } == 980)
        for host in rig.dialled { try rig.refuse(host) }
        #expect(rig.connections.count(of: UserID("u")) == 0)
    }

    enum End: CaseIterable {
        case dialFails, serverCloses, serverSendsError, closedWhileUp, closedWhileDialling, closedBeforeLateSuccess
        case left
    }

    @Test("However a connection ends, its place becomes free", arguments: End.allCases)
    func released(_ end: End) throws {
        let rig = UsersRig(perUser: 1)
        rig.join("a.test")
        switch end {
        case .dialFails: try rig.refuse("a.test")
        case .serverCloses:
            try rig.accept("a.test")
            rig.breakConnection("a.test")
        case .serverSendsError:
            try rig.accept("a.test")
            try rig.send("a.test", "ERROR :Closing Link: (K-Lined)")
        case .closedWhileUp:
            try rig.enter("a.test")
            rig.close("a.test")
            rig.loop.advanceTime(by: .seconds(2))
        case .closedWhileDialling:
            rig.close("a.test")
            try rig.refuse("a.test")
        case .closedBeforeLateSuccess:
            rig.close("a.test")
            try rig.accept("a.test")
        case .left:
            try rig.enter("a.test")
            rig.leave("a.test")
            try rig.send("a.test", ":me!u@h PART #c", "PONG s :fence-1")
            rig.loop.advanceTime(by: .seconds(33))
        }
        #expect(rig.connections.count(of: UserID("u")) == 0)
        rig.join("b.test")
        #expect(rig.dialled == ["b.test"])
        #expect(rig.connections.count(of: UserID("u")) == 1)
    }

    @Test("A connection that waits for the server to close it, and a dial that is not needed any more, still count")
    func stillOpen() throws {
        let rig = UsersRig(perUser: 2)
        rig.join("a.test")
        try rig.enter("a.test")
        rig.close("a.test")
        rig.join("b.test")
        rig.close("b.test")
        #expect(rig.failure(rig.join("c.test"))?.kind == .rateLimited)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.failure(rig.join("d.test")) == nil)
        #expect(rig.failure(rig.join("e.test"))?.kind == .rateLimited)
        try rig.refuse("b.test")
        #expect(rig.failure(rig.join("f.test")) == nil)
    }

    @Test("A broken connection whose place another one has taken is tried again until a place is free")
    func comesBackLater() throws {
        let rig = UsersRig(perUser: 1)
        rig.join("a.test")
        try rig.enter("a.test")
        rig.breakConnection("a.test")
        rig.join("b.test")
        try rig.enter("b.test")
        rig.loop.advanceTime(by: .minutes(1))
        #expect(rig.dialled.isEmpty)
        #expect(rig.states("a.test").last == "rateLimited, retrying")
        rig.close("b.test")
        rig.loop.advanceTime(by: .minutes(10))
        #expect(rig.dialled == ["a.test"])
        try rig.enter("a.test")
        #expect(rig.events["a.test"]?.entries.count == 2)
    }

    @Test("A dial of a user who dials too often waits and does not fail")
    func waits() throws {
        let rig = UsersRig(dialsPerMinute: 3)
        for _ in 0..<3 {
            rig.join("a.test")
            try rig.refuse("a.test")
        }
        let join = rig.join("b.test")
        #expect(rig.dialled.isEmpty)
        #expect(rig.states("b.test").count == 1)
        #expect(rig.states("b.test").last?.contains("waits for its turn") == true)
        // Another request meanwhile waits for the same dial.
        rig.join("b.test")
        #expect(rig.states("b.test").count == 1)
        rig.loop.advanceTime(by: .seconds(19))
        #expect(rig.dialled.isEmpty)
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.dialled == ["b.test"])
        #expect(rig.failure(join) == nil)
        // Another user dials without a wait.
        rig.join("b.test", user: "other")
        #expect(rig.dialled == ["b.test", "b.test"])
    }

    @Test("The limit of dials also holds for a user who alternates between networks after each failed dial")
    func alternating() throws {
        let rig = UsersRig(dialsPerMinute: 30)
        var dials = 0
        for second in 0..<60 {
            for number in 0..<10 { rig.join("host\((second + number) % 7).test") }
            dials += rig.dials.count
            for host in rig.dialled { try rig.refuse(host) }
            rig.loop.advanceTime(by: .seconds(1))
        }
        #expect((30...60).contains(dials))
    }

    @Test("A dial that waits for its turn has a place, and gives it back when it is not needed any more")
    func queued() throws {
        let rig = UsersRig(perUser: 2, dialsPerMinute: 1)
        rig.join("a.test")
        rig.join("b.test")
        #expect(rig.dialled == ["a.test"])
        #expect(rig.failure(rig.join("c.test"))?.kind == .rateLimited)
        rig.leave("b.test")
        #expect(rig.connections.count(of: UserID("u")) == 1)
        let join = rig.join("d.test")
        var done = 0
        rig.close("d.test") { done += 1 }
        #expect(done == 1)
        #expect(rig.failure(join)?.kind == .remoteDown)
        #expect(rig.connections.count(of: UserID("u")) == 1)
        rig.loop.advanceTime(by: .hours(1))
        #expect(rig.dialled == ["a.test"])
    }

    @Test("A place is given back once, and a user without a place or a recent dial is forgotten")
    func places() throws {
        let connections = UserConnections(UserConnections.Limits(perUser: 2, dialsPerMinute: 1))
        let user = UserID("u")
        var now = NIODeadline.uptimeNanoseconds(0)
        let first = try #require(connections.reserve(user, now: now))
        let second = try #require(connections.reserve(user, now: now))
        #expect(connections.reserve(user, now: now) == nil)
        first.release()
        first.release()
        #expect(connections.count(of: user) == 1)
        second.release()
        #expect(connections.takeDial(user, now: now) == nil)
        #expect(connections.takeDial(user, now: now) != nil)
        for number in 0..<5000 {
            now = now + .seconds(1)
            connections.reserve(UserID("\(number)"), now: now)?.release()
        }
        #expect(connections.userCount <= 2048)
    }

    @Test("Members beyond the limit of a user, over all networks, are left out, as beyond that of a connection")
    func members() throws {
        let rig = UsersRig()
        rig.join("a.test")
        try rig.accept("a.test")
        let members = rig.connections.members(of: UserID("u"))
        let elsewhere = UserMembers.Share(of: members)
        elsewhere.count = UserMembers.limit - 2
        try rig.send("a.test", "CAP * LS :", ":s 001 me :Hi", ":s 422 me :x")
        try rig.send("a.test", ":me!u@h JOIN #c", ":s 353 me = #c :me anna bob carol", ":s 366 me #c :End")
        #expect(rig.events["a.test"]?.entries.first?.joined.occupants.map(\.nick).sorted() == ["anna", "me"])
        #expect(members.used == UserMembers.limit)
        try rig.send("a.test", ":bob!u@h JOIN #c")
        #expect(members.used == UserMembers.limit, "a JOIN adds nobody either")
        rig.join("a.test", user: "other")
        try rig.enter("a.test")
        #expect(rig.connections.members(of: UserID("other")).used == 1, "another user has room")
    }

    @Test("Members count until the connection ends, however it ends", arguments: [true, false])
    func membersGone(byServer: Bool) throws {
        let rig = UsersRig()
        rig.join("a.test")
        try rig.enter("a.test")
        let members = rig.connections.members(of: UserID("u"))
        #expect(members.used == 1)
        if byServer { rig.breakConnection("a.test") } else { rig.close("a.test") }
        #expect(members.used == 0)
    }
}
