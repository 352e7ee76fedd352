import ServerRig
import Testing

extension Telephony {
    @Test("a number is registered, shown, changed and unregistered")
    func registerEditUnregister() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let form = "<query xmlns='jabber:iq:register'/>"

        let empty = try await alice.query("get", to: deployment.sms, form)
        #expect(empty.child("query")?.child("phone") != nil)
        #expect(empty.child("query")?.child("registered") == nil)
        #expect(empty.child("query")?.child("instructions")?.text.isEmpty == false)

        #expect(try await alice.register(with: deployment.sms, ["phone": "+12025550100"]).type == "result")
        let words = try await alice.expect("words about the registration") {
            $0.name == "message" && $0.type == "chat" && $0.from == deployment.sms
        }
        #expect(words.body?.contains("+12025550100") == true && words.body?.contains("Next: ") == true)
        let filled = try await alice.query("get", to: deployment.sms, form)
        #expect(filled.child("query")?.child("registered") != nil)
        #expect(filled.child("query")?.child("phone")?.text == "+12025550100")

        #expect(try await alice.register(with: deployment.sms, ["phone": "(202) 555-0101"]).type == "result")
        let changed = try await alice.query("get", to: deployment.sms, form)
        #expect(changed.child("query")?.child("phone")?.text == "+12025550101")

        let removal = "<query xmlns='jabber:iq:register'><remove/></query>"
        #expect(try await alice.query("set", to: deployment.sms, removal).type == "result")
        let gone = try await alice.query("get", to: deployment.sms, form)
        #expect(gone.child("query")?.child("registered") == nil)
        let id = try alice.chat("still there?", to: "+12025550190@\(deployment.sms)")
        let refusal = try await alice.expectError("message", id: id, from: "+12025550190@\(deployment.sms)")
        #expect(refusal.error == "auth/registration-required")
    }

    @Test("a number that the operator does not own is refused")
    func foreignNumber() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let answer = try await alice.register(with: deployment.sms, ["phone": "+442079460000"])

        #expect(answer.type == "error")
        #expect(["auth/forbidden", "modify/not-acceptable"].contains(answer.error))
        #expect(answer.errorText?.isEmpty == false)
    }

    @Test("a registration without a valid number is refused", arguments: ["", "call me"])
    func noNumber(text: String) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let answer = try await alice.register(with: deployment.sms, ["phone": text])

        #expect(answer.error?.hasPrefix("modify/") == true)
        #expect(answer.errorText?.isEmpty == false)
    }

    @Test("a number that another user has is refused with conflict")
    func numberTaken() async throws {
        let deployment = try Stage.deployment
        _ = try await Subscriber.registered(number: "+12025550102", in: deployment)
        let bob = try await deployment.user("bob")

        let answer = try await bob.register(with: deployment.sms, ["phone": "+12025550102"])

        #expect(answer.error == "cancel/conflict")
    }
}
