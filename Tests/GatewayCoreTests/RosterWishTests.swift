import Testing
import XMPP

@testable import GatewayCore

@Suite("Wishes for the roster")
struct RosterWishTests {
    private let bob: JID
    private let eve: JID

    init() throws {
        bob = try JID("bob%net@gw.test")
        eve = try JID("eve%net@gw.test")
    }

    @Test("a contact waits once to be added and once to be removed, and the oldest comes first")
    func once() {
        var wishes = RosterWishes()
        let isNew = [
            wishes.append(RosterItem(bob, name: "Bob", subscription: .both)),
            wishes.append(RosterItem(bob, name: "Bobby", subscription: .to)),
            wishes.append(RosterItem(bob, subscription: .remove)),
            wishes.append(RosterItem(bob, subscription: .remove)),
        ]
        #expect(isNew == [true, false, true, false])
        #expect(wishes.count == 2 && wishes.first?.name == "Bob" && wishes.additions.map(\.name) == ["Bob"])
    }

    @Test("a contact whose wish was taken out can wait again")
    func again() {
        var wishes = RosterWishes(removing: [bob, eve])
        let taken = [
            wishes.remove(bob, isRemoval: false), wishes.remove(bob, isRemoval: true),
            wishes.remove(bob, isRemoval: true),
        ]
        #expect(taken.map { $0?.jid } == [nil, bob, nil])
        let isNew = wishes.append(RosterItem(bob, subscription: .remove))
        #expect(isNew && wishes.count == 2)
    }

    @Test("dropped additions and removals can wait again, and the others stay")
    func dropped() {
        var wishes = RosterWishes(removing: [bob])
        _ = wishes.append(RosterItem(bob, subscription: .both))
        _ = wishes.append(RosterItem(eve, subscription: .both))
        wishes.dropFirstRemovals()
        let isRemovalNew = wishes.append(RosterItem(bob, subscription: .remove))
        #expect(isRemovalNew && wishes.count == 3)
        wishes.dropAdditions { $0 == bob }
        #expect(wishes.addition(of: bob) == nil && wishes.addition(of: eve) != nil && wishes.count == 2)
        let isNew = wishes.append(RosterItem(bob, subscription: .both))
        #expect(isNew)
    }

    @Test("tens of thousands of contacts wait without a comparison of every pair")
    func verymany() throws {
        let items = try (0..<20_000).map { RosterItem(try JID("p\($0)%net@gw.test"), subscription: .both) }
        var wishes = RosterWishes()
        let time = ContinuousClock().measure { for item in items { _ = wishes.append(item) } }
        #expect(wishes.count == items.count)
        #expect(time < .seconds(10), "a comparison of every pair would take a minute")
    }
}
