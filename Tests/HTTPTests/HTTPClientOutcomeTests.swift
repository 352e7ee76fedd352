import Foundation
import NIOCore
import Testing

@testable import HTTP

@Suite("Whether a request can have reached the server", .timeLimit(.minutes(1)))
struct HTTPClientOutcomeTests {
    @Test("Refused: not sent")
    func refused() async throws {
        let server = try await RawServer(.ignore)
        try await server.stop()
        #expect(await HTTPClient.forTests().failure(HTTPRequest(url: server.url)) == .notSent(.refused))
    }

    @Test("A name without address: not sent")
    func unresolved() async {
        let client = HTTPClient.forTests { $0.connectTimeout = .seconds(2) }
        let failure = await client.failure(HTTPRequest(url: "http://nobody.invalid/"))
        #expect(failure == .notSent(.unresolved) || failure == .notSent(.connectTimeout))
    }

    @Test("No connection in time: not sent")
    func connectTimeout() async throws {
        let full = try FullBacklog()
        defer { full.close() }
        let client = HTTPClient.forTests { $0.connectTimeout = .milliseconds(300) }
        let failure = await client.failure(HTTPRequest(.post, url: "http://127.0.0.1:\(full.port)/", body: [1]))
        #expect(failure == .notSent(.connectTimeout))
    }

    @Test("A server that does not speak TLS: not sent")
    func handshake() async throws {
        let server = try await RawServer(.sayAndClose("220 smtp.example ESMTP\r\n"))
        let url = server.url.replacingOccurrences(of: "http:", with: "https:")
        let failure = await HTTPClient.forTests().failure(HTTPRequest(url: url))
        guard case .notSent(.tls) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("A certificate that no root vouches for: not sent, with words that say so")
    func certificate() async throws {
        let server = try await SelfSignedServer.start()
        let url = "https://127.0.0.1:\(server.localAddress?.port ?? 0)/"
        let failure = await HTTPClient.forTests().failure(HTTPRequest(.post, url: url, body: [1]))
        guard case .notSent(.tls(let words)) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(words.contains("certificate"))
    }

    @Test("Closed without an answer: outcome unknown")
    func closed() async throws {
        let server = try await RawServer(.close)
        let failure = await HTTPClient.forTests().failure(HTTPRequest(.post, url: server.url, body: Array("x".utf8)))
        #expect(failure == .outcomeUnknown(.connectionLost))
    }

    @Test("No answer in time: outcome unknown")
    func timeout() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests { $0.totalTimeout = .milliseconds(300) }
        #expect(await client.failure(HTTPRequest(url: server.url)) == .outcomeUnknown(.timeout))
    }

    @Test("An answer that comes a byte at a time has the same deadline as a whole")
    func drip() async throws {
        let server = try await RawServer(.drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
        let client = HTTPClient.forTests { $0.totalTimeout = .milliseconds(500) }
        #expect(await client.failure(HTTPRequest(url: server.url)) == .outcomeUnknown(.timeout))
    }

    @Test("A client without requests ends at once, and refuses later requests")
    func neverUsed() async {
        let client = HTTPClient.forTests()
        await withCheckedContinuation { continuation in client.shutdown { continuation.resume() } }
        #expect(await client.failure(HTTPRequest(url: "http://127.0.0.1:1/")) == .notSent(.shutDown))
    }

    @Test("A server that does not answer keeps its own transfers busy and nobody else's")
    func fairShare() async throws {
        let deaf = try await RawServer(.ignore)
        let good = try await RawServer(.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = HTTPClient.forTests {
            $0.transfersInFlight = 4
            $0.transfersPerServer = 3
        }
        for number in 0..<20 { _ = client.begin(HTTPRequest(url: deaf.url + "/\(number)")) }
        for _ in 0..<10 { #expect(await client.result(HTTPRequest(url: good.url)).failure == nil) }
        for _ in 0..<3 { _ = await deaf.nextRequest() }
        #expect(deaf.requests.count == 3)
        client.shutdown()
    }

    @Test(
        "Half an answer, or no HTTP at all: outcome unknown",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", HTTPFailureReason.connectionLost),
            ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost),
            ("+OK what is this\r\n", .malformedAnswer), ("\0\0\0\0\0\0\0\0", .malformedAnswer),
        ])
    func garbage(answer: String, reason: HTTPFailureReason) async throws {
        let server = try await RawServer(.sayAndClose(answer))
        let failure = await HTTPClient.forTests().failure(HTTPRequest(url: server.url))
        #expect(failure == .outcomeUnknown(reason))
    }

    @Test(
        "A kept connection that breaks under a request does not make libcurl send it again",
        arguments: [HTTPMethod.get, .post])
    func onlyOnce(method: HTTPMethod) async throws {
        let server = try await RawServer(.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), .close)
        let client = HTTPClient.forTests()
        let request = HTTPRequest(method, url: server.url + "/send?text=hi")
        _ = try await client.result(request).get()
        #expect(await client.failure(request) == .outcomeUnknown(.connectionLost))
        _ = await server.nextRequest()
        _ = await server.nextRequest()
        // The third request that arrives is ours, sent on purpose: no second try came before it.
        #expect(await client.failure(HTTPRequest(url: server.url + "/fence")) == .outcomeUnknown(.connectionLost))
        #expect(await server.nextRequest().hasPrefix("GET /fence "))
    }

    @Test("Cancelled on its way: outcome unknown; while it waits: not sent")
    func cancel() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests { $0.transfersInFlight = 1 }
        let first = client.begin(HTTPRequest(url: server.url))
        _ = await server.nextRequest()
        let second = client.begin(HTTPRequest(url: server.url))
        client.cancel(second.id)
        #expect(await second.outcome.value()?.failure == .notSent(.cancelled))
        client.cancel(first.id)
        #expect(await first.outcome.value()?.failure == .outcomeUnknown(.cancelled))
        client.cancel(first.id)
    }

    @Test("The id of a request that was refused at once cancels no other request")
    func refusedID() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests()
        let refused = client.begin(HTTPRequest(url: "ftp://127.0.0.1/"))
        let good = client.begin(HTTPRequest(url: server.url))
        _ = await server.nextRequest()
        client.cancel(refused.id)
        client.shutdown()
        #expect(await good.outcome.value()?.failure == .outcomeUnknown(.shutDown))
    }

    @Test("A cancel right after the request is never lost")
    func cancelAtOnce() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests()
        for _ in 0..<200 {
            let transfer = client.begin(HTTPRequest(url: server.url))
            client.cancel(transfer.id)
            #expect(await transfer.outcome.value()?.failure?.reason == .cancelled)
        }
    }

    @Test("Too many at once: not sent")
    func overloaded() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests {
            $0.transfersInFlight = 1
            $0.waitingRequests = 1
        }
        let first = client.begin(HTTPRequest(url: server.url))
        let second = client.begin(HTTPRequest(url: server.url))
        #expect(await client.failure(HTTPRequest(url: server.url)) == .notSent(.overloaded))
        client.shutdown()
        _ = await first.outcome.value()
        _ = await second.outcome.value()
    }

    @Test("Shut down: requests on their way are unknown, waiting and later ones are not sent")
    func shutdown() async throws {
        let server = try await RawServer(.ignore)
        let client = HTTPClient.forTests { $0.transfersInFlight = 1 }
        let first = client.begin(HTTPRequest(url: server.url))
        _ = await server.nextRequest()
        let second = client.begin(HTTPRequest(url: server.url))
        await withCheckedContinuation { continuation in client.shutdown { continuation.resume() } }
        #expect(await first.outcome.value()?.failure == .outcomeUnknown(.shutDown))
        #expect(await second.outcome.value()?.failure == .notSent(.shutDown))
        #expect(await client.failure(HTTPRequest(url: server.url)) == .notSent(.shutDown))
        await withCheckedContinuation { continuation in client.shutdown { continuation.resume() } }
    }
}

extension Result {
    var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}

/// A listening socket whose queue is full, so that the kernel answers no further connection.
private struct FullBacklog {
    let port: Int
    private let sockets: [Int32]

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var sockets = [listener]
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(listener, generic, length)
                _ = listen(listener, 0)
                _ = getsockname(listener, generic, &length)
                for _ in 0..<4 {
                    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                    _ = connect(client, generic, length)
                    sockets.append(client)
                }
            }
        }
        self.sockets = sockets
        port = Int(address.sin_port.bigEndian)
    }

    func close() { for socket in sockets { _ = Foundation.close(socket) } }
}
