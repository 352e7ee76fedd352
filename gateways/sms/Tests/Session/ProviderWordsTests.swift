import GatewayKit
import GatewayTesting
import Testing

@testable import SMSAdapter

@Suite("The provider's words for the user")
struct ProviderWordsTests {
    private func failure(_ answer: FakeProvider.Answer) throws -> Failure {
        let gateway = try Gateway()
        gateway.provider.answer(answer)
        gateway.send(gateway.open(Gateway.bob), "hi")
        guard case .outcome(_, .failed(let failure))? = gateway.events.first else {
            Issue.record("no failure: \(gateway.events)")
            return Failure(.internal, "")
        }
        return failure
    }

    @Test("the reason of a refusal is told to the user in the provider's words, on one line")
    func reason() throws {
        let body = #"{"code": 21211, "message": "The 'To' number +1\n is not a valid phone number. "}"#
        let failure = try failure(.http(400, body))
        #expect(failure.kind == .notFound)
        #expect(
            failure.text == "This number does not exist or cannot get text messages. The network said: "
                + "The 'To' number +1  is not a valid phone number.")
    }

    @Test(
        "a failure of the operator's account, one that may pass, and one without words say nothing more",
        arguments: [
            (401, #"{"code": 20003, "message": "Authenticate"}"#), (429, #"{"code": 20429, "message": "Slow down"}"#),
            (503, #"{"message": "Away"}"#), (500, #"{"message": "Oops"}"#), (400, #"{"code": 21211, "message": " "}"#),
        ])
    func silent(status: Int, body: String) throws {
        #expect(try !failure(.http(status, body)).text.contains("The network said"))
    }

    @Test("long words are shortened")
    func bounded() {
        let failure = Failure(.policy, "No.").quoting(String(repeating: "x", count: 10_000))
        #expect(failure.text == "No. The network said: " + String(repeating: "x", count: 200) + "…")
    }
}
