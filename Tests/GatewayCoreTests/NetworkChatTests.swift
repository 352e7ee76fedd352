import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("The conversation with a network")
struct NetworkChatTests {
    private func write(_ text: String, type: String = "chat", in scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a", "<message id='m' type='\(type)' to='net@gw.test'><body>\(text)</body></message>")
    }

    @Test("a message is a line of the network, and the reply comes back to the client that has asked")
    func raw() throws {
        let scene = try Scene.live(commands: true)
        try write("WHOIS bob", in: scene)
        #expect(scene.opened.map(\.id.network) == [LiveRules.network])
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.raw("WHOIS bob")))
        scene.event(.answer(request.id, .raw(["bob is here", "End"])), network: "net")
        #expect(
            scene.takeSent().map { $0.replacing(#/ id='[^']*'/#, with: "") } == [
                "<message to='anna@home.test/a' from='net@gw.test' type='chat'><body>bob is here\nEnd</body></message>"
            ])
    }

    @Test("where the gateway's address stands for the network, a message to it is a line, unless it is a command")
    func fixed() throws {
        let scene = try Scene(FixedRules())
        func write(_ text: String) throws {
            try scene.receive(
                from: "anna@home.test/a", "<message id='m' type='chat' to='gw.test'><body>\(text)</body></message>")
        }
        try write("help")
        #expect(scene.requests.isEmpty && scene.messages.count == 1)
        #expect(scene.messages.first?.body?.contains("Any other message is a line of the network") == true)
        scene.forgetSent()
        try write("WHOIS bob")
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.raw("WHOIS bob")))
        scene.event(.answer(request.id, .raw(["bob is here"])), network: "net")
        #expect(scene.messages.map(\.body) == ["bob is here"])
        #expect(scene.messages.first?.head.from?.description == "gw.test")
        try write("/whois bob")
        #expect(try scene.takeRequest().action == .ask(.command("whois bob", at: .network(LiveRules.network))))
    }

    /// Rules of a gateway whose own address stands for its one network.
    struct FixedRules: NetworkRules {
        var plain = LiveRules()
        var networks: [NetworkID] { [LiveRules.network] }
        var description: AdapterDescription {
            var description = plain.description
            description.takesCommands = true
            return description
        }

        func address(localpart: String) throws(AddressError) -> Address {
            localpart.isEmpty ? .network(LiveRules.network) : try plain.address(localpart: localpart)
        }
        func localpart(of address: Address) -> String {
            if case .network = address { "" } else { plain.localpart(of: address) }
        }
        func normalize(_ typed: String) throws(AddressError) -> Address { try plain.normalize(typed) }
        func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
        func network(for settings: [String: String]) -> NetworkID? { nil }
    }

    @Test("a refused line is an error with the id")
    func refused() throws {
        let scene = try Scene.live(commands: true)
        try write("KILL bob", in: scene)
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.forbidden, "Not you."))), network: "net")
        #expect(scene.messages.map(\.head.id) == ["m"] && scene.messages.first?.type == .error)
    }

    @Test("a wrong line is answered in words, as at the gateway; after five in a row with errors")
    func wrongLine() throws {
        let scene = try Scene.live(commands: true)
        for number in 1...7 {
            let body = "/blurb \(number)"
            let xml = "<message id='w\(number)' type='chat' to='net@gw.test'><body>\(body)</body></message>"
            try scene.receive(from: "anna@home.test/a", xml)
            scene.event(
                .outcome(try scene.takeRequest().id, .failed(Failure(.notAcceptable, "No such command."))),
                network: "net")
        }
        #expect(scene.messages.map(\.type) == Array(repeating: .chat, count: 5) + [.error, .error])
        #expect(scene.messages.first?.body == "No such command.")
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
        try write("WHOIS bob", in: scene)
        scene.event(.answer(try scene.takeRequest().id, .raw(["bob is here"])), network: "net")
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<message id='w8' type='chat' to='net@gw.test'><body>BLURB</body></message>")
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.unsupported, "BLURB: unknown."))), network: "net")
        #expect(scene.messages.map(\.body) == ["BLURB: unknown."], "a right line begins the count anew")
    }

    @Test("a command with a slash is a command; help is answered at once")
    func words() throws {
        let scene = try Scene.live(commands: true)
        try write("/whois bob", in: scene)
        #expect(
            try scene.takeRequest().action == .ask(.command("whois bob", at: .network(LiveRules.network))))
        try write("help", in: scene)
        #expect(scene.requests.isEmpty && scene.messages.count == 1)
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
    }

    @Test("a groupchat message is refused")
    func groupchat() throws {
        let scene = try Scene.live(commands: true)
        try write("WHOIS bob", type: "groupchat", in: scene)
        #expect(scene.messages.first?.stanzaError?.condition == .serviceUnavailable)
        #expect(scene.requests.isEmpty && scene.opened.isEmpty)
    }

    @Test("a network without a protocol of its own answers any text with the way to its commands")
    func nobody() throws {
        let scene = try Scene.live()
        try write("WHOIS bob", in: scene)
        #expect(scene.messages.first?.type == .chat && scene.messages.first?.body?.contains("Send 'help'") == true)
        #expect(scene.requests.isEmpty && scene.opened.isEmpty)
    }

    @Test("a command of the gateway is taken in lower case, and in upper case it is a line of the network")
    func lowerCase() throws {
        let scene = try Scene.live(commands: true)
        try write("settings", in: scene)
        #expect(scene.messages.first?.body?.hasPrefix("Settings for net\n") == true && scene.requests.isEmpty)
        try write("cancel", in: scene)
        try write("SETTINGS", in: scene)
        try write("setting", in: scene)
        try write("Help", in: scene)
        #expect(
            scene.takeRequests().map(\.action) == [
                .ask(.raw("SETTINGS")), .ask(.raw("setting")), .ask(.raw("Help")),
            ])
    }

    @Test("a user registers and unregisters at a network's address, too; with more words it is a line of the network")
    func registering() throws {
        let scene = try Scene.live(commands: true)
        try write("register", in: scene)
        #expect(scene.messages.first?.body?.contains("registration") == true && scene.requests.isEmpty)
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
        scene.forget()
        try write("captain", in: scene)
        try write("done", in: scene)
        let user = try #require(scene.kernel.users[UserID("anna@home.test")])
        #expect(scene.accounts.isRegistered(user))
        scene.forget()
        try write("help", in: scene)
        #expect(scene.messages.first?.body?.contains("\nunregister: ") == true)
        try write("register anna mail password", in: scene)
        #expect(scene.takeRequests().map(\.action) == [.ask(.raw("register anna mail password"))])
        scene.forget()
        try write("unregister", in: scene)
        #expect(scene.messages.first?.body?.hasPrefix("Unregister\n") == true && scene.requests.isEmpty)
    }

    @Test("a user who must register first is told so in words, and with an error after five lines")
    func notRegistered() throws {
        var rules = LiveRules()
        rules.description.takesCommands = true
        rules.description.registration = .required
        let scene = try Scene(rules)
        for _ in 0..<6 {
            let xml =
                "<message id='\(scene.newMessageID())' type='chat' to='net@gw.test'><body>WHOIS bob</body></message>"
            try scene.receive(from: "anna@home.test/a", xml)
        }
        #expect(scene.requests.isEmpty && scene.opened.isEmpty)
        #expect(scene.messages.map(\.type) == Array(repeating: .chat, count: 5) + [.error])
        #expect(scene.messages.first?.body?.hasSuffix("Send 'register' here to begin.") == true)
        #expect(scene.messages.last?.stanzaError?.condition == .registrationRequired)
        scene.forget()
        try write("register", in: scene)
        #expect(scene.messages.first?.type == .chat && scene.messages.first?.body?.contains("registration") == true)
    }

    @Test("a password is asked for with a mark, so that it cannot become a line of the network")
    func mark() throws {
        let scene = try Scene.live(commands: true)
        try write("settings", in: scene)
        scene.forget()
        try write("-", in: scene)
        #expect(scene.messages.last?.body?.contains("write '=' before it") == true)
        try write("s3cret", in: scene)
        #expect(scene.messages.last?.body?.hasPrefix("Write '=' before the answer") == true)
        try write("=s3cret", in: scene)
        try write("done", in: scene)
        let user = try #require(scene.kernel.users[UserID("anna@home.test")])
        #expect(scene.accounts.saved(user, network: LiveRules.network) == ["password": "s3cret"])
        scene.forget()
        try write("=s3cret", in: scene)
        #expect(scene.requests.isEmpty && scene.messages.first?.body?.hasPrefix("This text begins with '='") == true)
    }

    @Test("an answer to questions that have ended is not sent to the network")
    func lateAnswer() throws {
        let scene = try Scene.live(commands: true)
        try write("settings", in: scene)
        scene.advance(by: .seconds(3_601))
        scene.forget()
        try write("anna", in: scene)
        #expect(scene.requests.isEmpty)
        #expect(scene.messages.first?.body?.hasPrefix("The questions of 'Settings for net' have ended") == true)
        try write("WHOIS anna", in: scene)
        #expect(scene.takeRequests().map(\.action) == [.ask(.raw("WHOIS anna"))])
    }

    @Test("a greeting is shown once, and again only when it has changed")
    func greeting() throws {
        let scene = try Scene.inRoom()
        for text in ["Hello", "Hello", "Good day", "Good day", "Hello"] {
            scene.event(.state(.greeting(text)), network: "net")
        }
        let texts = ["Hello", "Good day", "Hello"].map { "Message of the day of net:\n\($0)" }
        #expect(scene.messages.map(\.body) == texts)
        #expect(scene.messages.first?.type == .headline)
    }
}
