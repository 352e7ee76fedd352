import Basics
import GatewayKit
import GatewayTesting
import Testing
import XMPP

@testable import GatewayCore

@Suite("Tables of requests, networks and users")
struct SessionTablesTests {
    private static let message = Message(StanzaHead(), type: .groupchat)

    @Test("each request is found once, in whatever order the outcomes come", arguments: 0..<20)
    func anyOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var requests = PendingRequests()
        var expected: [UInt64: RoomAddress] = [:]
        var number: UInt64 = 0
        for _ in 0..<300 {
            if Bool.random(using: &random) || expected.isEmpty {
                // Requests of other users take the numbers in between.
                number += UInt64.random(in: 1...4, using: &random)
                let room = RoomAddress(network: NetworkID("sea"), name: "#\(number)")
                requests.add(number, .groupMessage(room, Self.message))
                expected[number] = room
            } else {
                let open = expected.keys.sorted()
                let taken = Bool.random(using: &random) ? open[0] : open[Int.random(in: open.indices, using: &random)]
                guard case .groupMessage(let room, _)? = requests.take(RequestID(number: taken)) else {
                    Issue.record("\(taken) was not found")
                    return
                }
                #expect(room == expected.removeValue(forKey: taken))
                let again = requests.take(RequestID(number: taken)) == nil
                #expect(again, "a request is taken only once")
            }
            let (count, isEmpty) = (requests.count, requests.isEmpty)
            #expect(count == expected.count && isEmpty == expected.isEmpty)
        }
    }

    @Test("requests of another user and of the ledger are not found")
    func foreign() {
        var requests = PendingRequests()
        for number: UInt64 in [3, 5, 9] { requests.add(number, .none) }
        for id in [RequestID(number: 1), RequestID(number: 4), RequestID(number: 10), RequestID("live-3")] {
            let isFound = requests.take(id) != nil
            #expect(!isFound, "\(id)")
        }
        let count = requests.count
        #expect(count == 3)
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

    @Test("until a session reports otherwise, it counts as offline and its capabilities as unknown")
    func silentSession() {
        let sea = NetworkID("sea")
        let account = AccountID(user: UserID("ann@home.test"), network: sea)
        let full = Capabilities([.reaction: .full])
        func capabilities(_ links: NetworkLinks) -> Capabilities? {
            links.capabilities(of: .network(sea), on: sea) { _ in nil }
        }
        var links = NetworkLinks()
        links[sea] = NetworkLink(account: account, nick: nil)
        #expect(!links.isOnline(on: sea) && capabilities(links) == nil)
        links.set(.network, full, on: sea, sharing: SharedCapabilities())
        #expect(!links.isOnline(on: sea) && capabilities(links) == full)
    }

    @Test("users are loaded once, found again, and forgotten when there are too many and no feature keeps them")
    func users() throws {
        let kernel = Kernel(
            settings: CoreSettings(
                domain: try JID("gw.test"), allows: { _ in true }, version: "1",
                occupantKey: OccupantKey(secret: Secret("test"))), rules: LiveRules(),
            world: World(now: { Timestamp(secondsSince1970: 0) }, newID: { "" }, count: { _ in }))
        let ann = try JID("ann@home.test/a")
        #expect(kernel.users[ann] == nil)
        let (user, _) = kernel.users.add(ann, isAllowed: true)
        #expect(kernel.users[ann] === user && kernel.users[UserID("ann@home.test")] === user && user.jid == ann.bare)
        for number in 0..<3 * Users.most {
            _ = kernel.users.add(try JID("\(number)@home.test"), isAllowed: true)
            kernel.users.forgetSome(keeps: { $0 === user }, forget: { #expect($0 !== user) })
        }
        #expect(kernel.users[ann] === user && kernel.users.loaded.count < 2 * Users.most)
    }
}
