import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import HTTP

@Suite("Stopping the webhook listener", .timeLimit(.minutes(1)))
struct WebhookListenerStopTests {
    private static let get = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("Graceful: the request in hand is answered, idle connections are closed, new ones refused")
    func graceful() async throws {
        try await testGracefulShutdown { trigger in
            try await check { trigger.triggerGracefulShutdown() }
        }
    }

    @Test("Cancelled: the same")
    func cancelled() async throws {
        let listener = WebhookListener(host: "127.0.0.1", port: 0, logger: silent)
        let answers = Outcome<@Sendable (WebhookReply) -> Void>()
        listener.route("/slow") { _, answer in answers.settle(answer) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let (idle, busy, answer) = try await open(listener, answers)
            group.cancelAll()
            #expect(try await idle.answer() == "")
            answer(WebhookReply(status: 200, text: "done"))
            #expect(try await busy.answer().hasSuffix("\r\n\r\ndone"))
            try await group.waitForAll()
        }
    }

    private func check(_ stop: @escaping @Sendable () -> Void) async throws {
        let listener = WebhookListener(host: "127.0.0.1", port: 0, logger: silent)
        let answers = Outcome<@Sendable (WebhookReply) -> Void>()
        listener.route("/slow") { _, answer in answers.settle(answer) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let port = try await listener.boundPort()
            let (idle, busy, answer) = try await open(listener, answers)
            stop()
            #expect(try await idle.answer() == "")
            await #expect(throws: (any Error).self) { try await RawClient(port: port) }
            answer(WebhookReply(status: 200, text: "done"))
            #expect(try await busy.answer().hasSuffix("\r\n\r\ndone"))
            try await group.waitForAll()
        }
    }

    /// Makes one connection that has sent nothing, and one whose request the handler has; returns both, and the way to
    /// answer.
    private func open(
        _ listener: WebhookListener, _ answers: Outcome<@Sendable (WebhookReply) -> Void>
    ) async throws -> (idle: RawClient, busy: RawClient, answer: @Sendable (WebhookReply) -> Void) {
        let port = try await listener.boundPort()
        let idle = try await RawClient(port: port)
        let busy = try await RawClient(port: port)
        await busy.send(Self.get)
        return (idle, busy, try #require(await answers.value()))
    }
}
