import GatewayKit
import GatewayTesting
import HTTP
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import SMSAdapter

/// Tests over real sockets. The provider is a web server of the test: our HTTP client calls it, and it calls our
/// webhook listener.
@Suite("An SMS provider on the loopback interface")
struct LoopbackTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a listener that plays Kannel and takes our webhooks, and an adapter with Alice's session on it.
    private func withGateway(
        limits: HTTPClientLimits = HTTPClientLimits(), port: Int? = nil, kannel: @escaping WebhookHandler,
        _ body: (Peer, inout AsyncStream<Event>.Iterator) async throws -> Void
    ) async throws {
        let listener = WebhookListener(host: "127.0.0.1", port: 0, logger: Self.logger)
        let http = HTTPClient(limits: limits, logger: Self.logger)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        defer { http.shutdown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let bound = try await listener.boundPort()
            listener.route("/cgi-bin/sendsms", kannel)
            let settings = try settings(port: port ?? bound)
            let (events, feed) = AsyncStream.makeStream(of: Event.self)
            let session = try await loop.submit {
                let adapter = SMSAdapter(
                    settings: settings, domain: "sms.example", eventLoop: loop, http: http, listener: listener,
                    publicURL: "http://127.0.0.1:\(bound)", clock: { Gateway.noon }, logger: Self.logger)
                let sink = EventSink { event, onAnswer in
                    if !event.isCapabilities { feed.yield(event) }
                    onAnswer?(.stored)
                }
                let session = adapter.open(Gateway.account(Gateway.alice), events: sink)
                return NIOLoopBound(session, eventLoop: loop)
            }.get()
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .state(.online(nick: Gateway.alice)))
            try await body(Peer(http: http, loop: loop, session: session, port: bound), &iterator)
            group.cancelAll()
        }
    }

    private func settings(port: Int) throws -> SMSSettings {
        let text = """
            accounts:
              box:
                provider: kannel
                settings: {base: "http://127.0.0.1:\(port)", username: m, password: {env: X}, token: {env: X}}
                numbers: ["+15550001111"]
            """
        let secrets = SecretSources(environment: { _ in "secret" }, file: { _ in "" })
        return try #require(try Profiles.settings(text, secrets: secrets).0)
    }

    private struct Peer: Sendable {
        let http: HTTPClient
        let loop: any EventLoop
        let session: NIOLoopBound<any AdapterSession>
        let port: Int

        func send(_ text: String, id: String) async throws {
            try await loop.submit { [session] in
                let peer = PeerAddress(network: SMSRules.network, name: Gateway.friend)
                session.value.perform(
                    Request(id: RequestID(id), action: .send(.text(Text(text)), to: .peer(peer))))
            }.get()
        }

        /// Calls an address as a provider would, and returns the status of the answer.
        func call(_ url: String) async -> Int? {
            await withCheckedContinuation { continuation in
                http.send(HTTPRequest(url: url)) { continuation.resume(returning: try? $0.get().status) }
            }
        }
    }

    @Test("A message, its report and an answer from the phone travel over HTTP")
    func roundTrip() async throws {
        let queries = Mutex<[String]>([])
        try await withGateway(kannel: { request, answer in
            queries.withLock { $0.append(request.rawQuery ?? "") }
            answer(WebhookReply(status: 202, text: "0: Accepted for delivery"))
        }) { peer, events in
            try await peer.send("Žluť & 1 + 1 😀", id: "r-1")
            #expect(await events.next() == .outcome(RequestID("r-1"), .accepted(as: nil)))
            let query = try #require(FormFields(decoding: (queries.withLock { $0.first } ?? "").utf8))
            #expect(query["text"] == "Žluť & 1 + 1 😀")
            #expect(query["coding"] == "2")

            let report = try #require(query["dlr-url"]).replacing("%d", with: "1").replacing("%A", with: "")
                .replacing("%F", with: "7")
            #expect(await peer.call(report) == 200)
            #expect(await events.next() == .outcome(RequestID("r-1"), .delivered))

            let inbound = "http://127.0.0.1:\(peer.port)/sms/sms.example/box/inbound?from=15551234567&to=15550001111"
            #expect(await peer.call(inbound + "&text=thanks&id=k1&token=wrong") == 403)
            #expect(await peer.call(inbound + "&text=thanks&id=k1&token=secret") == 200)
            guard case .message(let message)? = await events.next() else {
                Issue.record("no message")
                return
            }
            #expect(message.text == "thanks")
            #expect(await peer.call("http://127.0.0.1:\(peer.port)/sms/other.example/box/inbound?token=secret") == 404)
        }
    }

    @Test("A provider that does not listen has not taken the message, which may be tried again later")
    func refused() async throws {
        // Nothing listens on port 1 of the loopback interface.
        try await withGateway(port: 1, kannel: { _, answer in answer(WebhookReply(status: 500)) }) { peer, events in
            try await peer.send("x", id: "r-1")
            guard case .outcome(RequestID("r-1"), .failed(let failure))? = await events.next() else {
                Issue.record("no failure")
                return
            }
            #expect(failure.kind == .remoteDown)
            #expect(failure.retry == .after(.seconds(10)))
        }
    }

    @Test("If a provider takes the message and does not answer, the outcome is unknown, and it is not sent again")
    func silent() async throws {
        var limits = HTTPClientLimits()
        // Even a slow machine, or a sanitizer, sends the request within this time.
        limits.totalTimeout = .seconds(10)
        let calls = Mutex<[@Sendable (WebhookReply) -> Void]>([])
        try await withGateway(limits: limits, kannel: { _, answer in calls.withLock { $0.append(answer) } }) {
            peer, events in
            try await peer.send("x", id: "r-1")
            guard case .outcome(RequestID("r-1"), .failed(let failure))? = await events.next() else {
                Issue.record("no failure")
                return
            }
            #expect(failure.kind == .unknownOutcome)
            #expect(failure.retry == .never)
            let held = calls.withLock { $0 }
            #expect(held.count == 1)
            held.forEach { $0(WebhookReply(status: 202)) }
        }
    }
}
