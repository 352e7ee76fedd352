import ServerRig
import Testing

extension PhoneFaults {
    @Test(
        "while the disk is full, SMS are refused in both directions and all else works; later SMS work again",
        .enabled(if: SmallDisk.obstacle == nil, "mounting is not permitted here"))
    func fullDisk() async throws {
        var plan = Plan(networks: [.ngircd], hasPhones: true)
        plan.disk = 4
        try await Stage.with(plan) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            let phone = alice.address("+12025550182")
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            #expect(try await deployment.martlet.health().status == 200)

            try deployment.disk.fill()
            // No user has written anything yet.
            try await deployment.martlet.awaitHealth(503)
            for number in 1...20 {
                let id = try alice.user.chat("no room \(number)", to: phone)
                let refusal = try await alice.user.expectError("message", id: id, from: phone)
                #expect(refusal.error == "wait/resource-constraint")
                let call = try await alice.webhook(from: "+12025550182", text: "in \(number)", id: "in-\(number)")
                #expect(call.status == 503)
            }
            try await meeting.expectTalk()
            let health = try await deployment.martlet.health()
            #expect(health.status == 503 && health.body.contains("the disk is full"))
            #expect(deployment.martlet.log.components("the registry cannot be written").count == 2)

            try deployment.disk.empty()
            try await deployment.martlet.awaitHealth(200)
            let id = try alice.user.chat("room again", to: phone, receipt: true)
            try await deployment.phoneSide.phones.expect("room again", from: alice.number, to: "+12025550182")
            try await alice.user.expectReceipt(for: id, from: phone)
            // The provider calls again for the message that was refused.
            #expect(try await alice.webhook(from: "+12025550182", text: "in 1", id: "in-1").status == 200)
            try await alice.user.expectChat("in 1", from: phone)
            #expect(try deployment.phoneSide.phones.messages.present { $0.text.hasPrefix("no room") }.isEmpty)
            #expect(deployment.martlet.log.components("the registry can be written again").count == 2)
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
