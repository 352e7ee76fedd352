import Logging
import Synchronization

@testable import HTTP

/// A logger that says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension HTTPClient {
    /// A client with short limits.
    static func forTests(_ change: (inout HTTPClientLimits) -> Void = { _ in }) -> HTTPClient {
        var limits = HTTPClientLimits()
        // A machine that runs all tests at once under a sanitizer may need long for a handshake.
        limits.totalTimeout = .seconds(50)
        limits.connectTimeout = .seconds(50)
        change(&limits)
        return HTTPClient(limits: limits, logger: silent)
    }

    func result(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        await withCheckedContinuation { continuation in send(request) { continuation.resume(returning: $0) } }
    }

    func failure(_ request: HTTPRequest) async -> HTTPFailure? {
        if case .failure(let failure) = await result(request) { failure } else { nil }
    }

    /// Begins a request whose outcome is awaited later.
    func begin(_ request: HTTPRequest) -> (id: HTTPTransferID, outcome: Outcome<Result<HTTPResponse, HTTPFailure>>) {
        let outcome = Outcome<Result<HTTPResponse, HTTPFailure>>()
        return (send(request) { outcome.settle($0) }, outcome)
    }
}

/// A value that comes once, from any thread.
final class Outcome<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    func settle(_ value: Value) { continuation.yield(value) }

    func value() async -> Value? {
        for await value in stream { return value }
        return nil
    }
}

/// Runs a listener on a free port while `body` works with it.
func withListener(
    limits: (inout WebhookLimits) -> Void = { _ in },
    onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void = { _ in }, routes: (WebhookListener) -> Void,
    _ body: (_ port: Int) async throws -> Void
) async throws {
    var chosen = WebhookLimits()
    limits(&chosen)
    let listener = WebhookListener(host: "127.0.0.1", port: 0, limits: chosen, logger: silent, onRefusal: onRefusal)
    routes(listener)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run() }
        try await body(listener.boundPort())
        group.cancelAll()
    }
}

/// Answers with the parts of the request: `METHOD path?query body`.
let echo: WebhookHandler = { request, answer in
    let query = request.rawQuery.map { "?" + $0 } ?? ""
    let body = String(decoding: request.body, as: UTF8.self)
    answer(WebhookReply(status: 200, text: "\(request.method.rawValue) \(request.path)\(query) \(body)"))
}
