import ServerRig
import Testing

extension Telephony {
    @Test("after STOP from a phone a text to it is refused with the reason, until START")
    func stopAndStart() async throws {
        let alice = try await Subscriber.registered(number: "+12025550125", in: Stage.deployment)
        let (phone, phones) = ("+12025550186", try alice.deployment.phoneSide.phones)

        try phones.send("Stop", from: phone, to: alice.number)
        try await alice.user.expectChat("Stop", from: alice.address(phone), within: .patience)
        try alice.user.chat("are you sure?", to: alice.address(phone))
        let refused = try await alice.user.expect("an error from \(phone)") {
            $0.name == "message" && $0.type == "error" && $0.from == alice.address(phone)
        }
        #expect(refused.error == "modify/policy-violation")
        #expect(refused.errorText?.contains("texts START to your number") == true)

        try phones.send("START", from: phone, to: alice.number)
        try await alice.user.expectChat("START", from: alice.address(phone), within: .patience)
        try alice.user.chat("hello again", to: alice.address(phone))
        try await phones.expect("hello again", from: alice.number, to: phone)
    }
}
