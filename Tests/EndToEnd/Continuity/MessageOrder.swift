import ServerRig
import Testing

extension Continuity {
    @Test("texts to one person that have waited for Kannel arrive in their order")
    func orderAfterAnOutage() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let telephony = try deployment.phoneSide
            let texts = ["one", "two", "three", "four"]

            await telephony.kannel.stop()
            try alice.user.chat(texts[0], to: alice.address("+12025550182"))
            // The first one is being tried again when the others come.
            try await deployment.martlet.awaitLog("not handed over")
            for text in texts.dropFirst() { try alice.user.chat(text, to: alice.address("+12025550182")) }
            try await alice.user.fence(deployment.sms)
            try await telephony.kannel.start()
            try telephony.phones.connect()

            #expect(try await alice.nextTexts(texts.count, within: .seconds(60)) == texts)
        }
    }

    @Test("300 texts at once to one person arrive in their order, and none is refused")
    func manyTexts() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let texts = (1...300).map { "text \($0)" }

            for text in texts { try alice.user.chat(text, to: alice.address("+12025550182")) }

            #expect(try await alice.nextTexts(texts.count, within: .seconds(60)) == texts)
            try await alice.user.fence(deployment.sms)
            #expect(alice.user.stanzas.present { $0.type == "error" }.isEmpty)
        }
    }
}

extension Subscriber {
    /// Takes the next texts from this number, in the order in which the phones get them.
    fileprivate func nextTexts(_ count: Int, within limit: Duration) async throws -> [String] {
        let phones = try deployment.phoneSide.phones
        var texts: [String] = []
        for _ in 0..<count {
            texts.append(try await phones.messages.first("the next SMS", within: limit) { $0.from == number }.text)
        }
        return texts
    }
}
