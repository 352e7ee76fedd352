import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

/// Commands of operators at the machine, without XMPP.
@Suite("Commands from the console")
struct ConsoleTests {
    private func scene() throws -> Scene {
        let scene = try Scene(StoredRules(), admins: ["ops@home.test"])
        for (user, number) in [("anna@home.test", "+15550100"), ("ben@home.test", "+15550101")] {
            _ = try scene.command("register", by: "\(user)/x", ["phone": [number]])
        }
        scene.forget()
        return scene
    }

    @Test("a command gives the same answer as over XMPP, and the record names the person at the machine")
    func users() throws {
        let scene = try scene()
        let answer = try scene.console("users", ["text": ["anna"]]).get()
        let command = try scene.command("users", by: "ops@home.test/o", ["text": ["anna"]])
        #expect(answer.rows == command.rows && answer.rows.count == 1)
        #expect(answer.columns == ["jid", "state", "contacts", "networks"])
        #expect(scene.store.acts.map(\.by).contains("console-root@gw.test"))
    }

    @Test("a wrong value, a missing value, an unknown value and an unknown command are refused in words")
    func refusals() throws {
        let scene = try scene()
        func words(_ command: String, _ values: [String: [String]] = [:]) -> String {
            if case .failure(let refusal) = scene.console(command, values) { refusal.words } else { "" }
        }
        #expect(words("suspend") == "Fill in 'Users'.")
        #expect(words("suspend", ["accountjids": ["a b@c"]]).contains("address without a resource"))
        #expect(words("suspend", ["accountjids": ["ops@home.test"]]).contains("is an operator"))
        #expect(words("users", ["name": ["x"]]) == "The command 'users' takes no value 'name'. It takes text.")
        #expect(words("queues", ["x": ["y"]]) == "The command 'queues' takes no value 'x'. It takes no values.")
        #expect(
            scene.console("fly")
                == .failure(ConsoleRefusal(words: "There is no command 'fly' on gw.test.", isUnknown: true)))
        #expect(words("register").contains("There is no command"), "commands of users are not for the console")
        #expect(scene.closed.isEmpty)
    }

    @Test("users are suspended, their data exported and deleted")
    func dataOfUsers() throws {
        let scene = try scene()
        #expect(
            try scene.console("suspend", ["accountjids": ["anna@home.test"]]).get().lines == [
                "Suspended: anna@home.test."
            ])
        #expect(scene.closed.map(\.user) == [UserID("anna@home.test")])
        let data = try scene.console("export-user", ["user-jid": ["anna@home.test"]]).get()
        #expect(data.lines == ["These are the data that gw.test keeps about anna@home.test, as a JSON document."])
        #expect(data.document?.contains("+15550100") == true && data.document?.contains("+15550101") == false)
        #expect(throws: ConsoleRefusal.self) {
            try scene.console("delete-user", ["user-jid": ["anna@home.test"], "confirm": ["0"]]).get()
        }
        #expect(scene.store.record(of: UserID("anna@home.test")).accounts.count == 1)
        let gone = try scene.console("delete-user", ["user-jid": ["anna@home.test"], "confirm": ["1"]]).get()
        #expect(gone.lines == ["The data of anna@home.test on gw.test are deleted. The user is not registered."])
        #expect(scene.store.record(of: UserID("anna@home.test")).accounts.isEmpty)
        #expect(scene.store.record(of: UserID("ben@home.test")).accounts.count == 1)
    }

    @Test("in maintenance no new message is taken, and the answer comes when none waits")
    func maintenance() throws {
        let scene = try scene()
        func send(_ id: String) throws -> Message? {
            scene.forget()
            try scene.receive(
                from: "anna@home.test/x",
                "<message type='chat' id='\(id)' to='+15550199@gw.test'><body>x</body></message>")
            return scene.messages.first
        }
        _ = try send("before")
        let request = try #require(scene.requests.first)
        let token = scene.ask("maintenance", ["state": ["on"], "wait": ["1"]])
        #expect(scene.consoleAnswers[token] == nil, "a message waits")
        #expect(try send("meanwhile")?.stanzaError?.text?.contains("about to restart") == true)
        scene.advance(by: .seconds(3))
        #expect(scene.consoleAnswers[token] == nil)
        scene.post(.event(request.account, .outcome(request.request.id, .accepted(as: nil)), token: nil))
        scene.advance(by: .seconds(3))
        let words = try #require(scene.consoleAnswers[token]).get().lines
        #expect(words == ["gw.test takes no new sessions and messages. No message waits for the network."])

        #expect(try scene.console("maintenance", ["state": ["off"]]).get().lines == ["gw.test works as usual."])
        #expect(try send("after")?.stanzaError == nil)
    }

    @Test("no new session is opened in maintenance, and open ones go on")
    func sessions() throws {
        let scene = try Scene(LiveRules())
        try scene.receive(
            from: "anna@home.test/x",
            "<presence to='#a%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        let opened = scene.opened.count
        _ = try scene.console("maintenance", ["state": ["on"]]).get()
        scene.forget()
        try scene.receive(
            from: "ben@home.test/x",
            "<presence to='#a%net@gw.test/ben'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        #expect(scene.opened.count == opened)
        #expect(scene.presences.first?.stanzaError?.text?.contains("about to restart") == true)
        try scene.receive(
            from: "anna@home.test/x",
            "<presence to='#b%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        #expect(scene.requests.contains { if case .join = $0.request.action { true } else { false } })
    }
}
