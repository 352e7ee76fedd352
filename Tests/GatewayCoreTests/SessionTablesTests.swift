import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("What a session keeps")
struct SessionTablesTests {
    private static let quay = RoomAddress(network: NetworkID("sea"), name: "#quay")
    private static let lagoon = RoomAddress(network: NetworkID("sea"), name: "#lagoon")

    @Test("requests are found in whatever order their outcomes come, each once", arguments: 0..<20)
    func anyOrder(seed: UInt64) {
        var random = SeededRandom(seed)
        var requests = PendingRequests()
        var expected: [UInt64: RoomAddress] = [:]
        var number: UInt64 = 0
        for _ in 0..<300 {
            if Bool.random(using: &random) || expected.isEmpty {
                // Other users' requests take numbers in between.
                number += UInt64.random(in: 1...4, using: &random)
                let room = RoomAddress(network: NetworkID("sea"), name: "#\(number)")
                requests.add(number, .join(room))
                expected[number] = room
            } else {
                let open = expected.keys.sorted()
                let taken = Bool.random(using: &random) ? open[0] : open[Int.random(in: open.indices, using: &random)]
                guard case .join(let room)? = requests.take(RequestID(number: taken)) else {
                    Issue.record("\(taken) was not found")
                    return
                }
                #expect(room == expected.removeValue(forKey: taken))
                let again = requests.take(RequestID(number: taken)) == nil
                #expect(again, "it has had its outcome")
            }
            let (count, isEmpty) = (requests.count, requests.isEmpty)
            #expect(count == expected.count && isEmpty == expected.isEmpty)
        }
    }

    @Test("nobody's request is found: neither another user's, nor one that outlives the process")
    func foreign() {
        var requests = PendingRequests()
        for number: UInt64 in [3, 5, 9] { requests.add(number, .initialNick) }
        for id in [RequestID(number: 1), RequestID(number: 4), RequestID(number: 10), RequestID("live-3")] {
            let isFound = requests.take(id) != nil
            #expect(!isFound, "\(id)")
        }
        let count = requests.count
        #expect(count == 3)
    }

    @Test("the request to leave a room is found by the room, and its reason can be changed")
    func leaving() throws {
        var requests = PendingRequests()
        requests.add(1, .initialNick)
        requests.add(2, .leave(Self.quay, then: nil))
        let (quay, lagoon) = (requests.leaving(Self.quay), requests.leaving(Self.lagoon))
        #expect(quay == 2 && lagoon == nil)
        requests.change(2, to: .leave(Self.quay, then: .join(Self.quay, password: nil)))
        guard case .leave(Self.quay, let then)? = requests.take(RequestID(number: 2)) else {
            Issue.record("the request is gone")
            return
        }
        #expect(then == .join(Self.quay, password: nil))
    }

    @Test("networks are found, changed and forgotten one by one, and all at once")
    func networks() {
        var links = NetworkLinks()
        let (sea, lake) = (NetworkID("sea"), NetworkID("lake"))
        let user = UserID("ann@home.test")
        for network in [sea, lake] {
            links[network] = NetworkLink(account: AccountID(user: user, network: network), nick: "ann")
        }
        links[lake]?.isOnline = true
        links[NetworkID("nowhere")]?.isOnline = true
        #expect(links[lake]?.isOnline == true && links[sea]?.isOnline == false && links[NetworkID("nowhere")] == nil)
        links[sea] = nil
        #expect(links[sea] == nil && links.accounts.map(\.network) == [lake] && !links.isEmpty)
        #expect(links.removeAll().map(\.network) == [lake] && links.isEmpty)
    }

    @Test("a session that was found last is not found after it has gone")
    func forgotten() throws {
        var sessions = Sessions()
        let ann = Session(user: UserID("ann@home.test"), jid: try JID("ann@home.test"))
        let ben = Session(user: UserID("ben@home.test"), jid: try JID("ben@home.test"))
        for session in [ann, ben] { sessions[session.user] = session }
        #expect(sessions[ann.user] === ann && sessions[ann.user] === ann && sessions[ben.user] === ben)
        sessions[ben.user] = nil
        #expect(sessions[ben.user] == nil && sessions[ann.user] === ann && sessions.count == 1)
        sessions[ann.user] = nil
        #expect(sessions[ann.user] == nil && sessions.isEmpty)
    }
}
