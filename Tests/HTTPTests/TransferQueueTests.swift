import Testing

@testable import HTTP

@Suite("Requests that wait for a transfer")
struct TransferQueueTests {
    private static func job(_ id: UInt64, _ url: String) -> CurlJob {
        CurlJob(id: id, request: HTTPRequest(url: url), done: { _ in }, since: .now)
    }

    @Test("Each server's requests start in order, servers take turns, and each has its limit")
    func turns() {
        var queue = TransferQueue(perServer: 2)
        for id in 1...4 { queue.add(Self.job(UInt64(id), "http://a/\(id)")) }
        for id in 5...6 { queue.add(Self.job(UInt64(id), "http://b/\(id)")) }
        var started: [CurlJob] = []
        while let job = queue.next() { started.append(job) }
        #expect(started.map(\.id) == [1, 5, 2, 6])
        queue.ended(started[0])
        #expect(queue.next()?.id == 3)
        #expect(queue.next() == nil)
        queue.ended(started[2])
        #expect(queue.next()?.id == 4)
    }

    @Test("A request that is removed is not started, and the others come back in order")
    func removing() {
        var queue = TransferQueue(perServer: 1)
        for id in 1...4 { queue.add(Self.job(UInt64(id), "http://a/")) }
        #expect(queue.remove(1)?.id == 1)
        #expect(queue.remove(1) == nil)
        let first = queue.next()
        #expect(first?.id == 2)
        #expect(queue.remove(2) == nil)
        #expect(queue.removeAll().map(\.id) == [3, 4])
        #expect(queue.next() == nil)
    }

    @Test("A server without requests is forgotten, and starts anew")
    func forgetting() {
        var queue = TransferQueue(perServer: 1)
        for id in 1...1_000 {
            queue.add(Self.job(UInt64(id), "http://server-\(id):80/x?y"))
            guard let job = queue.next() else {
                Issue.record("nothing to start")
                return
            }
            queue.ended(job)
        }
        #expect(queue.servers == 0)
    }

    @Test(
        "A server is its scheme, name and port",
        arguments: [
            ("http://a/x", "http://a"), ("https://a:1/", "https://a:1"), ("http://a?x=/", "http://a"),
            ("http://a", "http://a"), ("http://a/b://c", "http://a"),
        ])
    func servers(url: String, server: String) {
        #expect(Self.job(1, url).server == server)
    }
}
