import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Values that outlive the program")
struct KeptValuesOfCoreTests {
    private func greet(_ scene: Scene, _ text: String) { scene.event(.state(.greeting(text)), network: "net") }

    /// A core that starts with what the registry of the other has.
    private func restarted(_ scene: Scene) throws -> Scene {
        var limits = CoreSettings.Limits()
        limits.stanzasPerSecond = 0
        let next = try Scene(LiveRules(), snapshot: GatewaySnapshot(kept: scene.store.kept), limits: limits)
        next.store = scene.store
        return next
    }

    private func enter(_ scene: Scene) throws {
        try scene.join()
        scene.joined()
        scene.event(.outcome(try #require(scene.takeRequests().last).id, .accepted(as: nil)), network: "net")
        scene.forget()
    }

    @Test("a greeting that was shown before a restart is not shown again, a changed one is")
    func greeting() throws {
        let scene = try Scene.inRoom()
        greet(scene, "Hello")
        #expect(scene.messages.map(\.body) == ["Message of the day of net:\nHello"])
        let next = try restarted(scene)
        try enter(next)
        greet(next, "Hello")
        #expect(next.messages.isEmpty)
        greet(next, "Good day")
        #expect(next.messages.map(\.body) == ["Message of the day of net:\nGood day"])
        let last = try restarted(next)
        try enter(last)
        greet(last, "Good day")
        #expect(last.messages.isEmpty)
    }

    @Test("a value of the adapter is acknowledged when it is durable, and refused when it cannot be kept")
    func acknowledged() throws {
        let scene = try Scene.inRoom()
        func keep(_ value: String?, _ token: Int, key: String = "k") {
            scene.event(.state(.keep(value, for: key)), network: "net", token: token)
        }
        scene.answersCommits = false
        keep("v", 1)
        #expect(scene.storageAnswers.isEmpty)
        scene.answersCommits = true
        scene.answerCommits()
        #expect(scene.storageAnswers == [StorageToken(1): .stored])
        #expect(scene.store.kept.map(\.value) == ["v"])
        keep(nil, 2)
        keep(nil, 3)
        #expect(scene.storageAnswers[StorageToken(2)] == .stored && scene.storageAnswers[StorageToken(3)] == .stored)
        #expect(scene.store.kept.isEmpty)
        scene.registryFailure = .unavailable("disk full")
        keep("v", 4)
        #expect(scene.storageAnswers[StorageToken(4)] == .refused(.registryAway))
        scene.registryFailure = nil
        keep(String(repeating: "x", count: 1_001), 5)
        guard case .refused? = scene.storageAnswers[StorageToken(5)] else {
            return #expect(Bool(false), "the value is too long")
        }
    }

    @Test(
        "a key whose values the registry has not stored is no key, and one that it has not removed is one",
        arguments: [true, false])
    func failedTwice(isKept: Bool) throws {
        let scene = try Scene.inRoom()
        func keep(_ value: String?) { scene.event(.state(.keep(value, for: "k")), network: "net") }
        if isKept { keep("old") }
        scene.answersCommits = false
        for value in isKept ? [nil, "new", nil] : ["a", "b"] { keep(value) }
        scene.registryFailure = .unavailable("disk full")
        scene.answerCommits()
        scene.registryFailure = nil
        let before = scene.changes.count
        keep(nil)
        #expect(scene.changes.count - before == (isKept ? 1 : 0))
        #expect(scene.accounts.keptKeys.count == 0)
    }

    @Test("the number of kept keys counts each key once, in any order of changes and answers")
    func keptKeys() {
        var keys = KeptKeys(["old"])
        keys.change("old", keeps: false)
        keys.change("new", keeps: true)
        keys.change("new", keeps: true)
        #expect(keys.count == 1 && !keys.contains("old") && keys.contains("new"))
        keys.answered("old", keeps: false, isStored: false)
        keys.answered("new", keeps: true, isStored: true)
        keys.answered("new", keeps: true, isStored: false)
        #expect(keys.count == 2 && keys.contains("old") && keys.contains("new"))
    }

    @Test("a greeting is kept as a hash, for one user and one network, and written when it changes alone")
    func mark() throws {
        let scene = try Scene.inRoom()
        let before = scene.changes.count
        for text in ["A secret word", "A secret word", "Another"] { greet(scene, text) }
        let kept = scene.store.record(of: UserID("anna@home.test")).kept
        #expect(kept.map(\.place) == ["net"] && kept.map(\.purpose) == [.greeting])
        #expect(scene.changes.count - before == 2)
        #expect(!"\(scene.changes)".contains("secret"))
    }

    @Test("a user without room in the registry sees the greeting each time, and nothing is written")
    func full() throws {
        let scene = try Scene.live { $0.rowsPerUser = 0 }
        try enter(scene)
        let before = scene.changes.count
        greet(scene, "Hello")
        greet(scene, "Hello")
        #expect(scene.messages.count == 2 && scene.changes.count == before)
    }

    @Test("the adapter gets at the start what its sessions have kept, and not what they have removed")
    func adapter() throws {
        let scene = try Scene.inRoom()
        for (value, key) in [("1", "a"), ("2", "b"), ("3", "a"), (nil, "b"), (nil, "c")] as [(String?, String)] {
            scene.event(.state(.keep(value, for: key)), network: "net")
        }
        #expect(scene.store.kept == [KeptValue(.adapter, key: "a", value: "3")])
        #expect(scene.recalled.isEmpty)
        let next = try restarted(scene)
        #expect(next.recalled == [["a": "3"]])
        #expect(next.messages.isEmpty && scene.messages.isEmpty)
        try enter(next)
        next.event(.state(.keep(nil, for: "a")), network: "net")
        #expect(next.store.kept.isEmpty)
    }

    @Test("an adapter can keep a limited number of values, and none that is too long")
    func bounds() throws {
        let scene = try Scene.inRoom()
        scene.event(.state(.keep(String(repeating: "x", count: 1_001), for: "a")), network: "net")
        scene.event(.state(.keep("1", for: String(repeating: "x", count: 401))), network: "net")
        #expect(scene.store.kept.isEmpty)
        for number in 0...2_000 { scene.event(.state(.keep("1", for: "k\(number)")), network: "net") }
        #expect(scene.store.kept.count == 2_000)
        scene.event(.state(.keep("2", for: "k7")), network: "net")
        #expect(scene.store.kept.last == KeptValue(.adapter, key: "k7", value: "2"))
    }

    @Test("a value that the registry could not store takes no place, and one that it could not remove keeps its place")
    func failed() throws {
        let scene = try Scene.inRoom()
        for number in 1..<2_000 { scene.event(.state(.keep("1", for: "k\(number)")), network: "net") }
        scene.registryFailure = .unavailable("disk full")
        scene.event(.state(.keep("1", for: "lost")), network: "net")
        scene.event(.state(.keep(nil, for: "k1")), network: "net")
        scene.registryFailure = nil
        scene.event(.state(.keep("1", for: "last")), network: "net")
        #expect(scene.store.kept.count == 2_000)
        scene.event(.state(.keep("1", for: "more")), network: "net")
        #expect(scene.store.kept.count == 2_000)
    }
}
