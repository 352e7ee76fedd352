import ServerRig
import Testing

extension Continuity {
    @Test("an SMS that arrives while the XMPP server is down is delivered once it is back, once, with its time")
    func smsWhileXMPPServerIsDown() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)

            await deployment.home.daemon.stop()
            try await alice.user.awaitOffline()
            let answer = try await alice.webhook(from: "+12025550184", text: "are you up?", id: "outage-1")
            #expect(answer.status == 200)
            try await deployment.home.daemon.start()
            try await alice.user.connect()

            let phone = alice.address("+12025550184")
            let message = try await alice.user.expectChat("are you up?", from: phone, within: .seconds(60))
            #expect(message.child("delay", "urn:xmpp:delay") != nil)
            try await alice.user.fence(deployment.sms)
            #expect(alice.user.stanzas.present { $0.body == "are you up?" }.isEmpty)
        }
    }

    @Test("an SMS waits while Kannel is down, and is sent once when Kannel is back")
    func smsWhileKannelIsDown() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let telephony = try deployment.phoneSide

            await telephony.kannel.stop()
            let id = try alice.user.chat("no hurry", to: alice.address("+12025550182"), receipt: true)
            try await alice.user.fence(deployment.sms)
            try await telephony.kannel.start()
            try telephony.phones.connect()

            try await telephony.phones.expect("no hurry", from: alice.number, to: "+12025550182", within: .seconds(60))
            try await alice.user.expectReceipt(for: id, from: alice.address("+12025550182"))
            try await alice.expectNothingMore(than: "no hurry")
        }
    }

    @Test("a waiting SMS survives a kill of the gateway, and is sent once")
    func killedWithSMSWaiting() async throws {
        try await Stage.with(Plan(hasPhones: true)) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let telephony = try deployment.phoneSide

            await telephony.kannel.stop()
            let id = try alice.user.chat("keep this", to: alice.address("+12025550182"), receipt: true)
            try await deployment.martlet.awaitLog("not handed over")
            // The registry writes in order, so it has the waiting message when it has this registration.
            _ = try await Subscriber.registered("bob", number: "+12025550101", in: deployment)
            await deployment.martlet.daemon.crash()
            try await telephony.kannel.start()
            try telephony.phones.connect()
            try await deployment.startMartlet()

            try await telephony.phones.expect("keep this", from: alice.number, to: "+12025550182", within: .seconds(60))
            try await alice.user.expectReceipt(for: id, from: alice.address("+12025550182"))
            try await alice.expectNothingMore(than: "keep this")
        }
    }
}

extension Subscriber {
    /// Sends one more SMS and takes it: anything sent before would have arrived before it.
    func expectNothingMore(than text: String) async throws {
        let phones = try deployment.phoneSide.phones
        try user.chat("and this", to: address("+12025550182"))
        try await phones.expect("and this", from: number, to: "+12025550182")
        let more = phones.messages.present { $0.text == text }
        guard more.isEmpty else { throw RigFailure("“\(text)” was sent again: \(more)") }
    }
}
