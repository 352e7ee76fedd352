import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct LedgerTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    /// The allowed moves from each state, if they come directly after the last change.
    static let moves: [(from: OutboundEntry.State, to: Set<OutboundEntry.State>)] = [
        (.waiting, [.handing, .failed, .delivered]),
        (.handing, [.waiting, .accepted, .failed, .unknown, .delivered]),
        (.accepted, [.failed, .delivered]),
        (.delivered, []),
        (.failed, [.delivered]),
        (.unknown, [.failed, .delivered]),
    ]

    @Test("Each move of an outbound entry is allowed or refused as in the table", arguments: moves)
    func table(from: OutboundEntry.State, allowed: Set<OutboundEntry.State>) async throws {
        for target in OutboundEntry.State.allCases {
            let id = "\(from)-\(target)"
            let entry = outbound(id, state: from)
            _ = await registry.commit(.appendOutbound(entry))
            let reply = await registry.commit(advance(id, to: target, foreignID: "f", notBefore: 30, at: 10))
            guard allowed.contains(target) else {
                #expect(reply == .success(.outbound(nil)), "\(from) to \(target)")
                #expect(try await registry.outbound(id: entry.id) == entry)
                continue
            }
            var moved = entry
            moved.state = target
            moved.attempts = target == .handing ? 1 : 0
            moved.notBefore = target == .waiting ? time(30) : nil
            moved.text = [.accepted, .delivered, .failed, .unknown].contains(target) ? "" : entry.text
            moved.foreignID = MessageID("f")
            moved.updatedAt = time(10)
            moved.wasDoubted = target == .failed || target == .unknown
            #expect(reply == .success(.outbound(moved)), "\(from) to \(target)")
            #expect(try await registry.outbound(id: entry.id) == moved)
        }
    }

    @Test(
        "A late report counts within its time limit and not after it",
        arguments: [
            (OutboundEntry.State.unknown, OutboundEntry.State.delivered, 7.0), (.unknown, .failed, 7),
            (.failed, .delivered, 1),
        ])
    func late(from: OutboundEntry.State, to: OutboundEntry.State, days: Double) async throws {
        for (id, seconds, moves) in [("in", days * 86_400, true), ("out", days * 86_400 + 1, false)] {
            _ = await registry.commit(.appendOutbound(outbound(id, state: from)))
            let reply = await registry.commit(advance(id, to: to, at: seconds))
            #expect((reply != .success(.outbound(nil))) == moves, "\(seconds) s after \(from)")
        }
    }

    @Test("A message that needs two attempts passes through all its states")
    func way() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a")))
        let steps = [
            advance("a", to: .handing, at: 1), advance("a", to: .waiting, notBefore: 60, at: 2),
            advance("a", to: .handing, at: 60), advance("a", to: .accepted, foreignID: "SM1", at: 61),
            advance("a", to: .delivered, at: 70),
        ]
        for step in steps { #expect(await registry.commit(step) != .success(.outbound(nil))) }
        let entry = try #require(try await registry.outbound(id: RequestID("a")))
        #expect(entry.attempts == 2)
        #expect(entry.foreignID == MessageID("SM1"))
        #expect(entry.text.isEmpty)
        #expect(entry.createdAt == time(0))
        #expect(entry.updatedAt == time(70))
    }

    @Test("An outcome is untold until the XMPP server has it, even if an earlier outcome was told")
    func untold() async throws {
        for id in ["ok", "bad", "late"] { _ = await registry.commit(.appendOutbound(outbound(id, state: .accepted))) }
        let failure = Failure(.notFound, "no such number")
        _ = await registry.commit(advance("ok", to: .delivered, at: 1))
        for id in ["bad", "late"] {
            _ = await registry.commit(.advance(RequestID(id), to: .failed, failure: failure, at: time(2)))
        }
        var untold = try await registry.snapshot(gateway: sms).unreported
        #expect(untold.map(\.entry.id.rawValue) == ["ok", "bad", "late"])
        #expect(untold.map(\.failure) == [nil, failure, failure])
        _ = await registry.commit(.reported([RequestID("ok"), RequestID("late")]))
        _ = await registry.commit(advance("late", to: .delivered, at: 3))
        untold = try await registry.snapshot(gateway: sms).unreported
        #expect(untold.map(\.entry.id.rawValue) == ["bad", "late"])
        #expect(untold.map(\.failure) == [failure, nil])
    }

    @Test("A sender who wants no receipt is owed a failure, but no delivery", arguments: [true, false])
    func untoldWithoutReceipt(wantsReceipt: Bool) async throws {
        for id in ["ok", "bad"] {
            var entry = outbound(id, state: .accepted)
            entry.wantsReceipt = wantsReceipt
            _ = await registry.commit(.appendOutbound(entry))
        }
        _ = await registry.commit(advance("ok", to: .delivered, at: 1))
        _ = await registry.commit(
            .advance(RequestID("bad"), to: .failed, failure: Failure(.notFound, "no such number"), at: time(2)))
        let untold = try await registry.snapshot(gateway: sms).unreported
        #expect(untold.map(\.entry.id.rawValue) == (wantsReceipt ? ["ok", "bad"] : ["bad"]))
    }

    @Test("Moving an entry that does not exist changes nothing")
    func missing() async throws {
        #expect(await registry.commit(advance("none", to: .failed)) == .success(.outbound(nil)))
        #expect(try await registry.outbound(id: RequestID("none")) == nil)
    }

    @Test("A request id cannot be used twice")
    func repeatedRequest() async throws {
        var entry = outbound("a")
        #expect(await registry.commit(.appendOutbound(entry)) == .success(.done))
        entry.text = "another"
        #expect(await registry.commit(.appendOutbound(entry)) == .failure(.conflict(key: "id")))
        #expect(try await registry.outbound(id: entry.id)?.text == "Tide at six")
    }

    @Test("The snapshot has the open entries of both directions, oldest first")
    func snapshot() async throws {
        for (index, state) in OutboundEntry.State.allCases.enumerated() {
            _ = await registry.commit(.appendOutbound(outbound("\(9 - index)", state: state)))
        }
        _ = await registry.commit(.appendInbound(inbound("z", key: "1")))
        _ = await registry.commit(.appendInbound(inbound("a", key: "2")))
        let snapshot = try await registry.snapshot(gateway: sms)
        #expect(snapshot.outbound == [outbound("9"), outbound("8", state: .handing)])
        #expect(snapshot.inbound == [inbound("z", key: "1"), inbound("a", key: "2")])
    }

    @Test("An inbound message is stored once for each network, and again after its key has expired")
    func deduplication() async throws {
        let week = 7 * 86_400.0
        let offers: [(InboundEntry, taken: Bool)] = [
            (inbound("a", key: "k"), true), (inbound("b", key: "k", at: 5), false),
            (inbound("c", key: "k", network: NetworkID("other")), true), (inbound("d", key: "l"), true),
            (inbound("e", key: "k", at: week - 1), false), (inbound("f", key: "k", at: week), true),
            (inbound("g", key: "k", at: week + 1), false),
        ]
        for (entry, taken) in offers {
            #expect(await registry.commit(.appendInbound(entry)) == .success(.inserted(taken)), "\(entry.id)")
        }
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["a", "c", "d", "f"])
    }

    @Test("A message that still waits when another message takes its expired key is not lost")
    func waitingWithExpiredKey() async throws {
        let week = 7 * 86_400.0
        _ = await registry.commit(.appendInbound(inbound("a", key: "k")))
        #expect(await registry.commit(.appendInbound(inbound("b", key: "k", at: week))) == .success(.inserted(true)))
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["a", "b"])
        _ = await registry.commit(.finishInbound(ids: ["a", "b"]))
        #expect(
            await registry.commit(.appendInbound(inbound("c", key: "k", at: week + 1))) == .success(.inserted(false)))
    }

    @Test("An inbound message with a used id is refused, and its key stays free")
    func repeatedInboundID() async throws {
        _ = await registry.commit(.appendInbound(inbound("a", key: "k")))
        #expect(await registry.commit(.appendInbound(inbound("a", key: "l"))) == .failure(.conflict(key: "id")))
        #expect(await registry.commit(.appendInbound(inbound("b", key: "l"))) == .success(.inserted(true)))
    }

    @Test("Open inbound messages of all users or of one user are read in pages, oldest first")
    func openPages() async throws {
        for number in 0..<7 {
            _ = await registry.commit(.appendInbound(inbound("\(9 - number)", key: "\(number)")))
        }
        _ = await registry.commit(.finishInbound(ids: ["8"]))
        func page(_ user: UserID? = nil, after: String?) async throws -> [String] {
            try await registry.read(OpenInbound(gateway: sms, user: user, after: after, limit: 3)).map(\.id)
        }
        #expect(try await page(after: nil) == ["9", "7", "6"])
        #expect(try await page(after: "6") == ["5", "4", "3"])
        #expect(try await page(after: "8") == ["7", "6", "5"], "a message that is no longer open keeps its position")
        #expect(try await page(after: "never") == ["9", "7", "6"])
        #expect(try await page(ann, after: "5") == ["4", "3"])
        #expect(try await page(UserID("nobody"), after: nil) == [])
        let first = try #require(try await registry.read(OpenInbound(gateway: sms, limit: 1)).first)
        #expect(first == inbound("9", key: "0"))
    }

    @Test("Inbound messages that the XMPP server has leave the snapshot, but their keys stay")
    func finishing() async throws {
        for id in ["a", "b", "c"] { _ = await registry.commit(.appendInbound(inbound(id, key: id))) }
        #expect(await registry.commit(.finishInbound(ids: ["a", "c", "never"])) == .success(.done))
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["b"])
        #expect(await registry.commit(.appendInbound(inbound("d", key: "a"))) == .success(.inserted(false)))
    }

    @Test("Only its own account can move an entry")
    func byAccount() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a", state: .accepted)))
        let id = RequestID("a")
        for stranger in [
            AccountID(user: UserID("eve@example.org"), network: kannel),
            AccountID(user: ann, network: NetworkID("elsewhere")),
        ] {
            let reply = await registry.commit(.advance(id, to: .delivered, at: time(2), by: stranger))
            #expect(reply == .success(.outbound(nil)))
        }
        let own = AccountID(user: ann, network: kannel)
        guard
            case .success(.outbound(let entry?)) = await registry.commit(
                .advance(id, to: .delivered, at: time(2), by: own))
        else {
            Issue.record("the entry's own account was refused")
            return
        }
        #expect(entry.state == .delivered)
    }
}

@Suite("The messages that a user has sent")
struct SentMessageTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func sent(by user: UserID = ann, limit: Int = 10) async throws -> [SentMessage] {
        try await registry.read(SentMessages(gateway: sms, user: user, limit: limit))
    }

    @Test("The newest messages come first, each with its state and failure, and without those of other users")
    func states() async throws {
        let failure = Failure(.notFound, "no such number")
        for id in ["a", "b", "c"] { _ = await registry.commit(.appendOutbound(outbound(id, state: .handing))) }
        _ = await registry.commit(.appendOutbound(outbound("d", user: bob)))
        _ = await registry.commit(advance("a", to: .accepted, foreignID: "SM1", at: 5))
        _ = await registry.commit(.advance(RequestID("b"), to: .failed, failure: failure, at: time(6)))
        _ = await registry.commit(.reported([RequestID("b")]))
        var (a, b) = (outbound("a", state: .accepted), outbound("b", state: .failed))
        (a.foreignID, a.updatedAt, b.updatedAt) = (MessageID("SM1"), time(5), time(6))
        let c = SentMessage(outbound("c", state: .handing), failure: nil)
        #expect(try await sent() == [c, SentMessage(b, failure: failure), SentMessage(a, failure: nil)])
        #expect(try await sent().map(\.originID) == ["m1", "m1", "m1"])
        #expect(try await sent().map(\.foreignID) == [nil, nil, MessageID("SM1")])
        #expect(try await sent(limit: 1) == [c])
        #expect(try await sent(by: bob).map(\.id.rawValue) == ["d"])
    }

    @Test("A late delivery report removes the failure")
    func late() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a", state: .handing)))
        let failure = Failure(.remoteDown, "no answer")
        _ = await registry.commit(.advance(RequestID("a"), to: .unknown, failure: failure, at: time(1)))
        #expect(try await sent().map(\.failure) == [failure])
        _ = await registry.commit(advance("a", to: .delivered, at: 2))
        #expect(try await sent().map(\.failure) == [nil])
        #expect(try await sent().map(\.state) == [.delivered])
    }
}
