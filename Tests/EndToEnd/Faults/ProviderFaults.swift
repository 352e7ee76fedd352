import ServerRig
import Testing

extension PhoneFaults {
    static let lostAnswers = [
        Faults.Break(testDescription: "cut", fault: .cut, point: .before("HTTP/1.", .inward)),
        Faults.Break(testDescription: "ended", fault: .close, point: .before("HTTP/1.", .inward)),
        Faults.Break(testDescription: "cut in its middle", fault: .cut, point: .after("HTTP/1.", .inward)),
        Faults.Break(
            testDescription: "half-closed by the provider", fault: .halfClose, point: .before("HTTP/1.", .inward)),
    ]

    @Test("when the provider's answer is lost, the SMS is sent once, and its report decides", arguments: lostAnswers)
    func lostAnswer(how: Faults.Break) async throws {
        try await Stage.with(.phonesWithFaults) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let phones = try deployment.phoneSide.phones
            let rule = try deployment.faults.phones.arm(how.fault, at: how.point)

            let id = try alice.user.chat("once only", to: alice.address("+12025550182"), receipt: true)
            try await rule.struck()

            try await phones.expect("once only", from: alice.number, to: "+12025550182")
            try await alice.user.expectReceipt(for: id, from: alice.address("+12025550182"))
            try await alice.expectNothingMore(than: "once only")
            #expect(alice.user.stanzas.present { $0.type == "error" }.isEmpty)
        }
    }

    @Test("without answer and report, the sender is told within a minute, and a late report brings the final word")
    func unknownOutcome() async throws {
        try await Stage.with(.phonesWithFaults) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let phones = try deployment.phoneSide.phones
            try deployment.faults.webhooks.refuse(true)
            let rule = try deployment.faults.phones.arm(.cut, at: .before("HTTP/1.", .inward))

            let id = try alice.user.chat("who knows", to: alice.address("+12025550182"))
            try await rule.struck()
            try await phones.expect("who knows", from: alice.number, to: "+12025550182")

            let told = try await alice.user.expect("a first word about \(id)", within: .seconds(60)) {
                $0.type == "error" && $0.id == id
            }
            #expect(told.error == "wait/remote-server-timeout")
            #expect(told.errorText?.contains("may or may not have arrived") == true)

            try deployment.faults.webhooks.refuse(false)
            let final = try await alice.user.expect("the final word", within: .seconds(60)) {
                $0.from == alice.address("+12025550182") && $0.body?.hasSuffix("has arrived after all.") == true
            }
            #expect(final.type == "chat")
            #expect(phones.messages.present { $0.text == "who knows" }.isEmpty)
        }
    }

    @Test("a provider that did not get our answer calls again, and the message is delivered once")
    func repeatedWebhook() async throws {
        try await Stage.with(.phonesWithFaults) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let webhooks = try deployment.faults.webhooks
            let lost = webhooks.arm(.cut, at: .before("HTTP/1.1 200", .inward))
            let heard = webhooks.arm(.call {}, at: .after("HTTP/1.1 200", .inward), skip: 1)

            try deployment.phoneSide.phones.send("hello", from: "+12025550184", to: alice.number)
            try await lost.struck()
            try await heard.struck(within: .patience)

            try await alice.user.expectChat("hello", from: alice.address("+12025550184"))
            try await alice.user.fence(deployment.sms)
            #expect(alice.user.stanzas.present { $0.body == "hello" }.isEmpty)
        }
    }
}

extension Patience {
    @Test("an answer of the provider after its deadline changes nothing: the report decides the outcome")
    func lateAnswer() async throws {
        try await Stage.with(.phonesWithFaults) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let rule = try deployment.faults.phones.arm(.delay(.seconds(33)), at: .before("HTTP/1.", .inward))

            let id = try alice.user.chat("slowly", to: alice.address("+12025550182"), receipt: true)
            try await rule.struck()
            try await deployment.phoneSide.phones.expect("slowly", from: alice.number, to: "+12025550182")

            let receipt = try await alice.user.expect("a receipt", within: .seconds(60)) { $0.isReceipt(for: id) }
            #expect(receipt.from == alice.address("+12025550182"))
            try await alice.expectNothingMore(than: "slowly")
            #expect(alice.user.stanzas.present { $0.type == "error" }.isEmpty)
        }
    }
}

extension Plan {
    fileprivate static var phonesWithFaults: Plan {
        var plan = Plan(hasPhones: true)
        plan.hasFaults = true
        return plan
    }
}
