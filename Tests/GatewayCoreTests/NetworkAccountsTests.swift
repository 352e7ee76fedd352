import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Accounts on a network")
struct NetworkAccountsTests {
    private static let client = "anna@home.test/a"

    /// A scene whose user is connected to a network.
    private func scene(makesAccounts: Bool = true, isFixed: Bool = false) throws -> Scene {
        var rules = LiveRules()
        rules.description.takesCommands = true
        rules.description.accountCommands = AccountCommandNames(register: "enrol", verify: "confirm")
        let scene = isFixed ? try Scene(NetworkChatTests.FixedRules(plain: rules)) : try Scene(rules)
        try scene.join()
        scene.joined()
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.event(.state(.online(nick: "anna")), network: "net")
        let grade: Capabilities.Grade = makesAccounts ? .full : .rejected
        scene.event(
            .state(.capabilities(.network, Capabilities([.raw: .full, .command: .full, .accounts: grade]))),
            network: "net")
        scene.forget()
        return scene
    }

    private func run(
        _ scene: Scene, _ node: String, _ fields: [(String, String)]? = nil, at address: String = "net@gw.test"
    ) throws -> IQ? {
        scene.forgetSent()
        let form = fields.map { fields in
            DataForm(.submit, fields: fields.map { DataForm.Field($0, values: [$1]) })
                .element.xml(defaultNamespace: Stanza.namespace)
        }
        try scene.receive(
            from: Self.client,
            "<iq type='set' id='c' to='\(address)'><command xmlns='http://jabber.org/protocol/commands' node='\(node)'>"
                + "\(form ?? "")</command></iq>")
        return scene.iqs.last
    }

    private func nodes(_ scene: Scene, at address: String = "net@gw.test") throws -> [String] {
        scene.forgetSent()
        try scene.receive(
            from: Self.client,
            "<iq type='get' id='d' to='\(address)'><query xmlns='http://jabber.org/protocol/disco#items'"
                + " node='http://jabber.org/protocol/commands'/></iq>")
        return try #require(scene.iqs.last?.payload.first).elements.compactMap { $0[attribute: "node"] }
    }

    @Test("the commands are offered where the network makes accounts, and only there")
    func offered() throws {
        #expect(try nodes(scene()).filter { $0.hasSuffix("-account") } == ["register-account", "verify-account"])
        let other = try scene(makesAccounts: false)
        #expect(try nodes(other).filter { $0.hasSuffix("-account") } == [])
        #expect(try run(other, "register-account")?.stanzaError?.condition == .itemNotFound)
    }

    @Test(
        "a filled-in form becomes the command that the user could type",
        arguments: [
            (
                "register-account", [("account", "anna"), ("email", "a@b.c"), ("password", "two words")],
                "enrol anna a@b.c two words"
            ),
            ("register-account", [("password", "x")], "enrol * * x"),
            ("verify-account", [("account", "anna"), ("code", "1234")], "confirm anna 1234"),
        ])
    func commands(node: String, fields: [(String, String)], typed: String) throws {
        let scene = try scene()
        #expect(try run(scene, node).map { try Command($0.payload[0]).status } == .executing)
        #expect(try run(scene, node, fields) == nil)
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.command(typed, at: .network(LiveRules.network))))
        scene.event(.answer(request.id, .command(["Done", "and told"])), network: "net")
        let done = try Command(try #require(scene.iqs.last?.payload.first))
        #expect(done.status == .completed && done.words == ["Done", "and told"])
    }

    @Test("where the gateway's address stands for the network, the commands are offered there")
    func fixed() throws {
        let scene = try scene(isFixed: true)
        let offered = try nodes(scene, at: "gw.test").filter { $0.hasSuffix("-account") }
        #expect(offered == ["register-account", "verify-account"])
        #expect(try run(scene, "register-account", [("password", "x")], at: "gw.test") == nil)
        #expect(try scene.takeRequest().action == .ask(.command("enrol * * x", at: .network(LiveRules.network))))
        let plain = try self.scene()
        #expect(try nodes(plain, at: "gw.test").filter { $0.hasSuffix("-account") } == [])
    }

    @Test("the refusal of the network is the error of the command")
    func refused() throws {
        let scene = try scene()
        _ = try run(scene, "register-account", [("password", "x")])
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.conflict, "It exists."))), network: "net")
        #expect(scene.iqs.last?.stanzaError?.condition == .conflict)
    }

    @Test(
        "a form whose values cannot be words of a line is shown again",
        arguments: [
            ("register-account", [("account", "an na"), ("password", "x")]), ("register-account", [("password", "")]),
            ("register-account", [("password", " x")]), ("register-account", [("password", "x ")]),
            ("register-account", [("email", "a b"), ("password", "x")]), ("verify-account", [("account", "anna")]),
            ("verify-account", [("account", "anna"), ("code", "1 2")]),
        ])
    func flaws(node: String, fields: [(String, String)]) throws {
        let scene = try scene()
        #expect(try run(scene, node, fields).map { try Command($0.payload[0]).status } == .executing)
        #expect(scene.requests.isEmpty)
    }
}
