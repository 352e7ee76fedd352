import Testing

@testable import HTTP

@Suite("Words and meanings of failures")
struct HTTPFailureTests {
    @Test(
        "each failure has words of its own, and says whether the server can have got the request",
        arguments: [
            (HTTPFailureReason.invalidRequest("no host"), "no host"),
            (.unresolved, "the host's name cannot be resolved"), (.refused, "the connection was refused"),
            (.connectTimeout, "no connection within the time allowed"),
            (.tls("expired"), "no TLS connection (expired)"),
            (.cancelled, "cancelled"), (.overloaded, "too many requests are waiting"),
            (.shutDown, "the client was shut down"), (.timeout, "no answer within the time allowed"),
            (.connectionLost, "the connection broke before the answer was complete"),
            (.malformedAnswer, "the answer is not valid HTTP"), (.answerTooLarge, "the answer is too large"),
            (.other(99, "odd"), "odd (curl 99)"),
        ])
    func words(reason: HTTPFailureReason, words: String) {
        let (notSent, unknown) = (HTTPFailure.notSent(reason), HTTPFailure.outcomeUnknown(reason))
        #expect("\(notSent)" == "not sent: \(words)" && notSent.isSafeToRepeat)
        #expect("\(unknown)" == "outcome unknown: \(words)" && !unknown.isSafeToRepeat)
        #expect(notSent.reason == reason && unknown.reason == reason)
    }
}
