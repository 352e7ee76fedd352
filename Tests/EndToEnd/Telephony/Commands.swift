import ServerRig
import Testing

extension Telephony {
    @Test("a user whose client has no registration forms registers by a command")
    func registerByCommand() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let open = "<command xmlns='http://jabber.org/protocol/commands' node='register'/>"

        let form = try await alice.query("set", to: deployment.sms, open)
        let session = try #require(form.child("command")?["sessionid"])
        #expect(form.child("command")?["status"] == "executing")
        let fields = form.child("command")?.child("x", "jabber:x:data")?.all("field").compactMap { $0["var"] }
        #expect(fields?.contains("phone") == true)

        let submit = """
            <command xmlns='http://jabber.org/protocol/commands' node='register' sessionid='\(session)'>\
            <x xmlns='jabber:x:data' type='submit'><field var='phone'><value>+12025550120</value></field></x></command>
            """
        let done = try await alice.query("set", to: deployment.sms, submit)
        #expect(done.child("command")?["status"] == "completed")
        let saved = try await alice.query("get", to: deployment.sms, "<query xmlns='jabber:iq:register'/>")
        #expect(saved.child("query")?.child("phone")?.text == "+12025550120")
    }
}
