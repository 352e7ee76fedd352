import ServerRig
import Testing

extension Telephony {
    @Test(
        "an SMS reaches the phone, and its delivery report becomes a receipt",
        arguments: ["see you at 8", "Žluťoučký kůň 🐎"])
    func receipt(text: String) async throws {
        let number = text.hasPrefix("see") ? "+12025550105" : "+12025550106"
        let alice = try await Subscriber.registered(number: number, in: Stage.deployment)
        let phone = alice.address("+12025550182")

        let id = try alice.user.chat(text, to: phone, receipt: true)

        try await alice.deployment.phoneSide.phones.expect(text, from: alice.number, to: "+12025550182")
        let receipt = try await alice.user.expectReceipt(for: id, from: phone)
        #expect(receipt.type != "error")
        #expect(receipt.body == nil)
    }

    @Test("a message that requested no receipt gets none")
    func noReceipt() async throws {
        let alice = try await Subscriber.registered(number: "+12025550200", in: Stage.deployment)
        let phone = alice.address("+12025550180")
        let carrier = try alice.deployment.phoneSide.carrier

        let silent = try alice.user.chat("no answer needed", to: phone)
        _ = try await carrier.messages.first("the first SMS", within: .patience) { $0.text == "no answer needed" }
        let asked = try alice.user.chat("but this one", to: phone, receipt: true)

        // The carrier reports on the messages in the order in which it received them.
        try await alice.user.expectReceipt(for: asked, from: phone)
        try await alice.user.fence(alice.deployment.sms)
        #expect(alice.user.stanzas.present { $0.isReceipt(for: silent) }.isEmpty)
        #expect(alice.user.stanzas.present { $0.type == "error" }.isEmpty)
    }

    @Test("a message that is buffered first gets one receipt, when it has arrived")
    func buffered() async throws {
        let alice = try await Subscriber.registered(number: "+12025550201", in: Stage.deployment)
        let phone = alice.address("+12025550182")

        let id = try alice.user.chat("when you are back", to: phone, receipt: true)

        try await alice.user.expectReceipt(for: id, from: phone)
        try await alice.user.fence(alice.deployment.sms)
        #expect(alice.user.stanzas.present { $0.isReceipt(for: id) || $0.type == "error" }.isEmpty)
    }

    @Test("a long SMS arrives whole")
    func longMessage() async throws {
        let alice = try await Subscriber.registered(number: "+12025550203", in: Stage.deployment)
        let text = (1...60).map { "part\($0)" }.joined(separator: " ")

        try alice.user.chat(text, to: alice.address("+12025550180"))

        let carrier = try alice.deployment.phoneSide.carrier
        // Kannel splits the message, and the parts arrive in any order.
        var rest = text[...]
        var parts: [String] = []
        while !rest.isEmpty {
            if let next = parts.firstIndex(where: { rest.hasPrefix($0) }) {
                rest = rest.dropFirst(parts.remove(at: next).count)
            } else {
                let part = try await carrier.messages.first(
                    "the part that begins “\(rest.prefix(20))”", within: .patience
                ) {
                    $0.from == alice.number
                }
                parts.append(part.text)
            }
        }
        #expect(parts.isEmpty, "more arrived than was sent")
    }
}

extension XMPPUser {
    /// Takes the receipt (XEP-0184) for that message.
    @discardableResult
    func expectReceipt(for id: String, from peer: String) async throws -> XMLNode {
        try await expect("a receipt for \(id) from \(peer)", within: .patience) {
            $0.isReceipt(for: id) && $0.from == peer
        }
    }
}

extension XMLNode {
    func isReceipt(for id: String) -> Bool { child("received", "urn:xmpp:receipts")?["id"] == id }
}
