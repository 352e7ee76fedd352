import ServerRig
import Testing

extension Telephony {
    /// A carrier's way to end a message, chosen by the last digit of the recipient's number.
    struct Ending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let recipient: String
        let sender: String
    }

    static let endings = [
        Ending(testDescription: "undeliverable", recipient: "+12025550181", sender: "+12025550204"),
        Ending(testDescription: "rejected", recipient: "+12025550185", sender: "+12025550205"),
        Ending(testDescription: "refused", recipient: "+12025550183", sender: "+12025550206"),
    ]

    @Test("an SMS that cannot be delivered comes back as an error with the message's id", arguments: endings)
    func failure(ending: Ending) async throws {
        let alice = try await Subscriber.registered(number: ending.sender, in: Stage.deployment)
        let phone = alice.address(ending.recipient)

        let id = try alice.user.chat("will this arrive?", to: phone, receipt: true)

        let failure = try await alice.user.expect("an error to \(id)", within: .patience) {
            $0.type == "error" && $0.id == id
        }
        #expect(failure.from == phone)
        #expect(failure.error != nil)
        #expect(failure.errorText?.isEmpty == false)
        try await alice.user.fence(alice.deployment.sms)
        #expect(alice.user.stanzas.present { $0.isReceipt(for: id) || $0.type == "error" }.isEmpty)
    }

    @Test("an address that is no telephone number is refused with a reason", arguments: ["bakery", "+1202555", "0180"])
    func noSuchNumber(local: String) async throws {
        let number = ["bakery": "+12025550107", "+1202555": "+12025550108", "0180": "+12025550109"][local]
        let alice = try await Subscriber.registered(number: try #require(number), in: Stage.deployment)
        let peer = alice.address(local)

        let id = try alice.user.chat("hello?", to: peer)

        let refusal = try await alice.user.expectError("message", id: id, from: peer)
        #expect(["modify/jid-malformed", "cancel/item-not-found"].contains(refusal.error))
        #expect(refusal.errorText?.isEmpty == false)
    }
}
