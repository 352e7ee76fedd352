import Basics
import Foundation
import Synchronization
import Testing

@testable import HTTP

/// Callers that hold connections so that other callers get none.
@Suite("Connections as a weapon", .timeLimit(.minutes(2)), .serialized)
struct ConnectionAttackTests {
    private static let call = "GET /hooks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(
        "1,400 idle connections of one address leave a call answered within a second, from there and from elsewhere",
        arguments: ["127.0.0.1", "127.0.0.2"])
    func idle(attacker: String) async throws {
        let closed = Mutex<[ConnectionRefusal: Int]>([:])
        // On a busy machine the connections take longer than an idle one may last.
        try await withListener(
            limits: { $0.idle = .seconds(600) },
            onRefusal: { reason in closed.withLock { $0[reason, default: 0] += 1 } },
            routes: { $0.route("/hooks", echo) }
        ) { port in
            var clients: [RawClient] = []
            for _ in 0..<1_400 { clients.append(try await RawClient(port: port, from: attacker)) }
            let start = ContinuousClock.now
            #expect(try await RawClient.exchange(port: port, Self.call).hasPrefix("HTTP/1.1 200 "))
            #expect(ContinuousClock.now - start < .seconds(1))
            // The remaining ones were closed on the way to the limit of one address.
            for client in clients.prefix(1_300) { #expect(try await client.answer().isEmpty) }
            #expect(closed.withLock { $0[.evicted, default: 0] } >= 1_300)
            for client in clients { await client.close() }
        }
    }

    @Test("Slow bodies of many addresses take all but the reserve, which is for callers that were verified")
    func reserve() async throws {
        try await withListener(
            limits: { limits in
                (limits.connections, limits.connectionsPerAddress) = (40, 10)
                limits.body = .seconds(60)
            },
            routes: { listener in
                listener.route("/hooks", echo)
                listener.route("/proof") { request, answer in
                    request.callerIsVerified()
                    echo(request, answer)
                }
            }
        ) { port in
            let proof = "GET /proof HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            #expect(try await RawClient.exchange(port: port, proof, from: "127.0.0.2").hasPrefix("HTTP/1.1 200 "))
            var clients: [RawClient] = []
            for number in 0..<36 {
                let client = try await RawClient(port: port, from: "127.0.1.\(number / 9 + 1)")
                await client.send(
                    "POST /hooks HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
                clients.append(client)
            }
            for client in clients { #expect(await client.firstBytes().hasPrefix("HTTP/1.1 100 ")) }
            #expect(try await RawClient.exchange(port: port, Self.call, from: "127.0.0.3").isEmpty)
            for _ in 0..<3 {
                let answer = try await RawClient.exchange(port: port, Self.call, from: "127.0.0.2")
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }
            for client in clients { await client.close() }
        }
    }

    @Test("The connection over which a caller was verified is a known caller's from then on, and keeps its place")
    func verifiedConnection() async throws {
        try await withListener(
            limits: { limits in
                (limits.connections, limits.reserve) = (4, 2)
                limits.body = .seconds(60)
            },
            routes: { listener in
                listener.route("/hooks", echo)
                listener.route("/proof") { request, answer in
                    request.callerIsVerified()
                    echo(request, answer)
                }
            }
        ) { port in
            let known = try await RawClient(port: port, from: "127.0.0.2")
            await known.send("GET /proof HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await known.firstBytes().hasPrefix("HTTP/1.1 200 "))
            var others: [RawClient] = []
            for number in 1...2 {
                let other = try await RawClient(port: port, from: "127.0.1.\(number)")
                await other.send(
                    "POST /hooks HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
                #expect(await other.firstBytes().hasPrefix("HTTP/1.1 100 "))
                others.append(other)
            }
            await known.send(Self.call)
            #expect(try await known.answer().components(separatedBy: "HTTP/1.1 200 ").count == 3)
            for other in others { await other.close() }
        }
    }

    @Test("Past the limit of an address a connection whose request is in hand is kept, and the new one is closed")
    func busy() async throws {
        let held = Outcome<@Sendable (WebhookReply) -> Void>()
        try await withListener(
            limits: { $0.connectionsPerAddress = 1 },
            routes: { listener in listener.route("/slow") { _, answer in held.settle(answer) } }
        ) { port in
            let first = try await RawClient(port: port)
            await first.send("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try #require(await held.value())
            #expect(try await RawClient.exchange(port: port, Self.call).isEmpty)
            answer(WebhookReply(status: 200, text: "done"))
            #expect(try await first.answer().hasSuffix("done"))
        }
    }

    @Test("Behind a trusted proxy the caller counts, and gets 429 when it asks too much at once")
    func proxied() async throws {
        let held = Outcome<@Sendable (WebhookReply) -> Void>()
        let proxies = try TrustedProxies([#require(AddressRange("127.0.0.1"))])
        try await withListener(
            limits: { limits in
                limits.connectionsPerAddress = 1
                limits.trustedProxies = proxies
            },
            routes: { listener in
                listener.route("/slow") { _, answer in held.settle(answer) }
                listener.route("/who") { request, answer in
                    answer(WebhookReply(status: 200, text: request.remoteAddress))
                }
            }
        ) { port in
            func get(_ path: String, for caller: String) -> String {
                "GET \(path) HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(caller)\r\nConnection: close\r\n\r\n"
            }
            let first = try await RawClient(port: port)
            await first.send(get("/slow", for: "192.0.2.1"))
            let answer = try #require(await held.value())
            let refused = try await RawClient.exchange(port: port, get("/who", for: "192.0.2.1"))
            #expect(refused.hasPrefix("HTTP/1.1 429 "))
            #expect(try await RawClient.exchange(port: port, get("/who", for: "192.0.2.2")).hasSuffix("192.0.2.2"))
            answer(WebhookReply(status: 200, text: "done"))
            #expect(try await first.answer().hasSuffix("done"))
            #expect(try await RawClient.exchange(port: port, get("/who", for: "192.0.2.1")).hasSuffix("192.0.2.1"))
            // A header from a caller that is no trusted proxy does not count.
            let other = try await RawClient.exchange(port: port, get("/who", for: "192.0.2.2"), from: "127.0.0.2")
            #expect(other.hasSuffix("127.0.0.2"))
        }
    }
}
