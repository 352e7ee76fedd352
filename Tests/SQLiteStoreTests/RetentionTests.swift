import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct RetentionTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("Pruning deletes expired rows, and keeps open messages of any age")
    func prune() async throws {
        for state in OutboundEntry.State.allCases {
            _ = await registry.commit(.appendOutbound(outbound("old-\(state)", state: state)))
            _ = await registry.commit(.appendOutbound(outbound("new-\(state)", state: state, at: 86_400)))
        }
        let fortnight = time(14 * 86_400 + 1)
        #expect(await registry.commit(.prune(now: fortnight)) == .success(.done))
        var left: [OutboundEntry.State: Int] = [:]
        for state in OutboundEntry.State.allCases {
            for age in ["old", "new"] where try await registry.outbound(id: RequestID("\(age)-\(state)")) != nil {
                left[state, default: 0] += 1
            }
        }
        #expect(left == [.waiting: 2, .handing: 2, .accepted: 1, .delivered: 1, .failed: 1, .unknown: 1])
    }

    @Test("The newest million ended messages are kept, and all open ones")
    func number() async throws {
        for id in ["open", "ended", "kept", "last"] {
            let isOpen = id == "open"
            _ = await registry.commit(.appendInbound(inbound(id, key: id)))
            if !isOpen { _ = await registry.commit(.finishInbound(ids: [id])) }
            _ = await registry.commit(.appendOutbound(outbound(id, state: isOpen ? .waiting : .delivered)))
        }
        for table in ["inbound", "outbound"] {
            try await registry.execute(
                """
                UPDATE \(table) SET sequence = 1000002 WHERE id = 'last';
                UPDATE \(table) SET sequence = 3 WHERE id = 'kept';
                """)
        }
        _ = await registry.commit(.prune(now: time(1)))
        for table in ["inbound", "outbound"] {
            let left = try await registry.access {
                try String.fetchAll($0, sql: "SELECT id FROM \(table) ORDER BY sequence")
            }
            #expect(left == ["open", "kept", "last"], "\(table)")
        }
    }

    @Test("Keys stay a week, peers a year, and open inbound messages until they are finished")
    func others() async throws {
        _ = await registry.commit(.appendInbound(inbound("a", key: "k")))
        let peer = PeerRecord(gateway: sms, user: ann, localpart: "+1", displayName: nil, lastSeen: time(0))
        _ = await registry.commit(.savePeer(peer))
        _ = await registry.commit(.appendInbound(inbound("b", key: "l")))
        _ = await registry.commit(.finishInbound(ids: ["b"]))
        let stages: [(days: Double, keys: Int, peers: Int)] = [(6.9, 2, 1), (7, 1, 1), (365, 1, 1), (365.1, 1, 0)]
        for (days, keys, peers) in stages {
            _ = await registry.commit(.prune(now: time(days * 86_400)))
            #expect(try await registry.count("inbound") == keys, "after \(days) days")
            #expect(try await registry.count("peers") == peers, "after \(days) days")
        }
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["a"])
    }
}
