import HTTP
import Synchronization

@testable import SMSAdapter

/// A provider in memory. It keeps the requests, and gives the answers that a test sets, at once or later.
final class FakeProvider: Sendable {
    typealias Answer = Result<HTTPResponse, HTTPFailure>
    typealias Done = @Sendable (Answer) -> Void

    private struct State {
        var requests: [HTTPRequest] = []
        var answers: [Answer] = []
        var held: [Done] = []
        var isHolding = false
        var standing: Answer = .success(HTTPResponse(status: 202, body: Array("0: Accepted for delivery".utf8)))
    }

    private let state = Mutex(State())

    var transport: ProviderLink.Transport {
        { [self] request, done in
            let answer: Answer? = state.withLock { state in
                state.requests.append(request)
                guard !state.isHolding else {
                    state.held.append(done)
                    return nil
                }
                return state.answers.isEmpty ? state.standing : state.answers.removeFirst()
            }
            if let answer { done(answer) }
        }
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The fields of the query of each request.
    var queries: [FormFields] {
        requests.map { FormFields(decoding: ($0.url.split(separator: "?").last ?? "").utf8) ?? .none }
    }

    /// Sets the answers to the next requests. Later requests get `standing` again.
    func answer(_ answers: Answer...) { state.withLock { $0.answers += answers } }
    func answerAlways(_ answer: Answer) { state.withLock { $0.standing = answer } }

    /// Keeps requests waiting until `release`.
    func hold() { state.withLock { $0.isHolding = true } }

    /// Answers the oldest request that waits.
    func release(_ answer: Answer? = nil) {
        let (done, standing) = state.withLock { state in
            (state.held.isEmpty ? nil : state.held.removeFirst(), state.standing)
        }
        done?(answer ?? standing)
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
    static func http(_ status: Int, _ body: String = "", headers: [(String, String)] = []) -> Self {
        .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
}
