import GatewayTesting
import Testing

@testable import Networking

@Suite("The choice of the next name to look up")
struct LookUpQueueTests {
    /// A queue and its requesters, by names.
    private struct Desk {
        var queue: LookUpQueue
        private var ids = 0
        private var askers: [UInt64: String] = [:]

        init(perUser: Int = 2, waiting: Int = 50, total: Int = 256, reserved: Int = 32) {
            var limits = LookUpLimits()
            (limits.perUser, limits.waitingPerUser, limits.total, limits.reserved) = (perUser, waiting, total, reserved)
            queue = LookUpQueue(limits)
        }

        /// Asks for `name` on behalf of `user`; "" is the configuration. Returns the id, or nil if the look-up is
        /// refused.
        @discardableResult
        mutating func ask(_ user: String, _ name: String) -> UInt64? {
            ids += 1
            let id = UInt64(ids)
            let requester = requester(user)
            guard queue.add(id, LookUpQueue.Query(name, for: requester), for: requester) else { return nil }
            askers[id] = user
            return id
        }

        mutating func start() -> [String] {
            var names: [String] = []
            while let query = queue.next() { names.append(query.name) }
            return names
        }

        /// Ends the query for `name`, and returns the look-ups that are answered.
        mutating func end(_ name: String, of user: String = "u", isTemporary: Bool = false) -> [String] {
            queue.ended(LookUpQueue.Query(name, for: requester(user)), isTemporary: isTemporary).compactMap {
                askers[$0]
            }
        }

        private func requester(_ user: String) -> Requester { user.isEmpty ? .configuration : .user(user) }
    }

    @Test("of one user's names only so many are looked up at once; each that ends makes room for the next, in order")
    func perUser() {
        var desk = Desk()
        for number in 1...5 { desk.ask("mallory", "n\(number)") }
        #expect(desk.start() == ["n1", "n2"])
        #expect(desk.end("n2") == ["mallory"])
        #expect(desk.start() == ["n3"])
        #expect(desk.end("n1") == ["mallory"])
        #expect(desk.end("n3") == ["mallory"])
        #expect(desk.start() == ["n4", "n5"])
    }

    @Test("a user whose names are many does not delay another one's first")
    func bystander() {
        var desk = Desk()
        for number in 1...40 { desk.ask("mallory", "dead\(number)") }
        desk.ask("alice", "irc.test")
        #expect(desk.start() == ["dead1", "irc.test", "dead2"])
    }

    @Test("users take turns where places are few")
    func turns() {
        var desk = Desk(perUser: 10, total: 3, reserved: 0)
        for user in ["a", "b", "c"] { for number in 1...3 { desk.ask(user, "\(user)\(number)") } }
        #expect(desk.start() == ["a1", "b1", "c1"])
        #expect(desk.end("a1") == ["a"])
        #expect(desk.start() == ["a2"])
        #expect(desk.end("a2") == ["a"])
        #expect(desk.start() == ["b2"])
        #expect(desk.end("b1") == ["b"])
        #expect(desk.end("c1") == ["c"])
        #expect(desk.start() == ["c2", "a3"])
    }

    @Test("one name too many is refused, and only that user's")
    func full() {
        var desk = Desk(waiting: 3)
        var taken: [Int] = []
        for number in 1...10 where desk.ask("mallory", "n\(number)") != nil { taken.append(number) }
        #expect(taken == [1, 2, 3])
        #expect(desk.start() == ["n1", "n2"])
        #expect(desk.ask("mallory", "m1") != nil)
        #expect(desk.ask("mallory", "m2") != nil)
        #expect(desk.ask("mallory", "m3") == nil)
        #expect(desk.ask("alice", "n") != nil)
    }

    @Test("names of the configuration go first, are never refused, and have places that users cannot take")
    func configuration() {
        var desk = Desk(perUser: 1, waiting: 5, total: 4, reserved: 2)
        for user in 1...9 { desk.ask("u\(user)", "dead\(user)") }
        #expect(desk.start() == ["dead1", "dead2"])
        for number in 1...3 { #expect(desk.ask("", "c\(number)") != nil) }
        #expect(desk.start() == ["c1", "c2"])
        #expect(desk.end("dead1") == ["u1"])
        #expect(desk.start() == ["c3"])
        for number in 1...100 { #expect(desk.ask("", "more\(number)") != nil) }
    }

    @Test("a user who asks for a name that is under way shares the query, and uses a place of their own")
    func shared() {
        var desk = Desk()
        desk.ask("a", "Same.Test")
        desk.ask("b", "same.test")
        desk.ask("b", "other.test")
        desk.ask("b", "third.test")
        #expect(desk.start() == ["same.test", "other.test"])
        #expect(desk.end("same.test") == ["a", "b"])
        #expect(desk.start() == ["third.test"])
    }

    @Test("a thousand who ask for one name of the configuration are one query")
    func sharedByMany() {
        var desk = Desk()
        for _ in 0..<1000 { desk.ask("", "irc.test") }
        #expect(desk.start() == ["irc.test"])
        #expect(desk.end("irc.test", of: "").count == 1000)
        #expect(desk.queue.count == 0)
    }

    @Test("a name of the configuration does not join a user's query, which has no search list")
    func notShared() {
        var desk = Desk()
        desk.ask("mallory", "irc")
        desk.ask("", "irc")
        #expect(desk.start() == ["irc", "irc"])
        #expect(desk.end("irc", of: "") == [""])
    }

    @Test("a user who joined a query that fails gets one of their own, once, unless the name does not exist")
    func secondTry() {
        var desk = Desk()
        for user in ["a", "b", "c"] { desk.ask(user, "same.test") }
        #expect(desk.start() == ["same.test"])
        #expect(desk.end("same.test", isTemporary: true) == ["a"])
        #expect(desk.start() == ["same.test"])
        #expect(desk.end("same.test", isTemporary: true) == ["b", "c"])
        for user in ["a", "b"] { desk.ask(user, "none.test") }
        #expect(desk.start() == ["none.test"])
        #expect(desk.end("none.test", isTemporary: false) == ["a", "b"])
        #expect(desk.queue.count == 0)
    }

    @Test("a user who gives up makes room, even if the query goes on for another; a query for nobody ends")
    func cancelling() throws {
        var desk = Desk(perUser: 1)
        let asked = [desk.ask("a", "same.test"), desk.ask("b", "same.test"), desk.ask("a", "n1")].compactMap(\.self)
        let (first, second, waiting) = try #require(asked.count == 3 ? (asked[0], asked[1], asked[2]) : nil)
        desk.ask("a", "n2")
        #expect(desk.start() == ["same.test"])
        #expect(desk.queue.cancel(waiting) == nil)
        #expect(desk.queue.cancel(first) == nil)
        #expect(desk.start() == ["n2"])
        #expect(desk.queue.cancel(first) == nil)
        #expect(desk.queue.cancel(second)?.name == "same.test")
        #expect(desk.end("same.test") == [])
        #expect(desk.end("n2") == ["a"])
        #expect(desk.queue.runningCount == 0)
        #expect(desk.queue.count == 0)
    }

    @Test("no user ever has more than their share, and everybody is answered", arguments: 1...20)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var limits = LookUpLimits()
        (limits.perUser, limits.waitingPerUser, limits.total, limits.reserved) = (2, 5, 8, 3)
        var queue = LookUpQueue(limits)
        var open: Set<UInt64> = []
        var running: [LookUpQueue.Query] = []
        for id in UInt64(1)...2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let user = Int.random(in: 0..<8, using: &random)
                let requester = user == 0 ? Requester.configuration : .user("\(user)")
                let query = LookUpQueue.Query("n\(Int.random(in: 0..<12, using: &random))", for: requester)
                if queue.add(id, query, for: requester) { open.insert(id) }
            case 5:
                guard let id = open.randomElement(using: &random) else { continue }
                open.remove(id)
                if let query = queue.cancel(id) { running.removeAll { $0 == query } }
            case 6..<8:
                guard let query = running.randomElement(using: &random) else { continue }
                running.removeAll { $0 == query }
                for id in queue.ended(query, isTemporary: Bool.random(using: &random)) {
                    #expect(open.remove(id) != nil)
                }
            default: break
            }
            while let query = queue.next() { running.append(query) }
            #expect(running.count == queue.runningCount)
            #expect(Set(running).count == running.count)
            #expect(running.count <= 8)
            #expect(running.count { !$0.usesSearchList } <= 5)
            #expect(queue.count == open.count)
        }
        while !open.isEmpty, let query = running.popLast() {
            for id in queue.ended(query, isTemporary: false) { open.remove(id) }
            while let query = queue.next() { running.append(query) }
        }
        #expect(open.isEmpty)
    }
}
