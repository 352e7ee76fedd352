import Foundation
import ServerRig
import Testing

extension PhoneFaults {
    /// The offsets from the true time: an hour ahead, then a day back, then an hour ahead of that.
    static let jumps: [Duration] = [.seconds(3600), .seconds(-86_400), .seconds(-82_800)]

    @Test(
        "jumps of the clock lose and repeat no message, and no timer fires without pause",
        .enabled(if: MovableClock.obstacle == nil, "libfaketime is not installed"))
    func jumpingClock() async throws {
        var plan = Plan(networks: [.ngircd], hasPhones: true)
        plan.hasMovableClock = true
        try await Stage.with(plan) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let phone = alice.address("+12025550182")
            for (number, jump) in Self.jumps.enumerated() {
                let before = try alice.user.chat("before \(number)", to: phone, receipt: true)
                try deployment.clock.move(by: jump)
                let after = try alice.user.chat("after \(number)", to: phone, receipt: true)
                for (text, id) in [("before \(number)", before), ("after \(number)", after)] {
                    try await deployment.phoneSide.phones.expect(text, from: alice.number, to: "+12025550182")
                    try await alice.user.expectReceipt(for: id, from: phone)
                }
                for id in ["a-\(number)", "a-\(number)"] {
                    #expect(try await alice.webhook(from: "+12025550182", text: id, id: id).status == 200)
                }
                let message = try await alice.user.expectChat("a-\(number)", from: phone)
                #expect(message.child("delay", "urn:xmpp:delay") == nil)
                try await meeting.expectTalk()
            }
            try await alice.expectNothingMore(than: "before 0")
            #expect(alice.user.stanzas.present { $0.body != nil || $0.type == "error" }.isEmpty)
            try await deployment.expectQuiet()
        }
    }
}

extension Deployment {
    /// Checks that Martlet is idle apart from this test. A timer that fires without pause would use a whole processor.
    fileprivate func expectQuiet() async throws {
        let start = try #require(await martlet.daemon.processorTime)
        let begun = ContinuousClock.now
        for _ in 1...20 { try await awaitGateways() }
        let spent = try #require(await martlet.daemon.processorTime) - start
        #expect(spent < (ContinuousClock.now - begun) / 2, "\(spent.words)")
    }
}
