import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("The fields of a login form")
struct LoginFormTests {
    private func ask(_ scene: Scene, at place: String, _ form: String? = nil) throws -> IQ {
        let type = form == nil ? "get" : "set"
        let payload = form.map { "<x xmlns='jabber:x:data' type='submit'>\($0)</x>" } ?? ""
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='\(type)' id='r' to='\(place)'><query xmlns='jabber:iq:register'>\(payload)</query></iq>")
        return try #require(scene.iqs.last)
    }

    private func form(_ scene: Scene, at place: String) throws -> DataForm {
        let registration = try Registration(try #require(try ask(scene, at: place).payload.first))
        return try #require(registration.form)
    }

    private func field(_ name: String, _ values: String...) -> String {
        "<field var='\(name)'>\(values.map { "<value>\($0)</value>" }.joined())</field>"
    }

    private func settings(_ scene: Scene) throws -> [String: [String: String]] {
        for network in ["net", "other"] {
            try scene.receive(
                from: "anna@home.test/a",
                "<presence to='#r%\(network)@gw.test/x'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        }
        return Dictionary(uniqueKeysWithValues: scene.opened.map { ($0.id.network.rawValue, $0.settings) })
    }

    @Test("each field has the type of its values")
    func types() throws {
        let scene = try Scene.live()
        let form = try form(scene, at: "net@gw.test")
        #expect(
            form.fields.map(\.type) == [.hidden, .textSingle, .textPrivate, .textPrivate, .textMulti, .listSingle])
        #expect(form["colour"]?.options.map(\.value) == ["red", "blue"])
        #expect(form["nick"]?.options == [])
    }

    @Test("several lines are kept in their order, and shown again as lines")
    func lines() throws {
        let scene = try Scene.live()
        #expect(try ask(scene, at: "net@gw.test", field("greetings", "one", "two  three")).type == .result)
        #expect(try form(scene, at: "net@gw.test")["greetings"]?.values == ["one", "two  three"])
        #expect(try settings(scene)["net"]?["greetings"] == "one\ntwo  three")
        for name in ["nick", "colour"] {
            let answer = try ask(scene, at: "net@gw.test", field(name, "red", "blue"))
            #expect(answer.stanzaError?.condition == .badRequest, "\(name)")
        }
    }

    @Test("a control character within a line is refused", arguments: ["a\tb", "a&#13;b", "a&#x2028;b"])
    func control(text: String) throws {
        let scene = try Scene.live()
        let answer = try ask(scene, at: "net@gw.test", field("greetings", "fine", text))
        #expect(answer.stanzaError?.condition == .notAcceptable)
    }

    @Test("only an option can be chosen, or none")
    func options() throws {
        let scene = try Scene.live()
        let refused = try ask(scene, at: "net@gw.test", field("colour", "green"))
        #expect(refused.stanzaError?.condition == .notAcceptable)
        #expect(refused.stanzaError?.text?.contains("red, blue") == true)
        #expect(try ask(scene, at: "net@gw.test", field("colour", "blue")).type == .result)
        #expect(try form(scene, at: "net@gw.test")["colour"]?.values == ["blue"])
        #expect(try ask(scene, at: "net@gw.test", field("colour", "")).type == .result)
        #expect(try form(scene, at: "net@gw.test")["colour"]?.values == [])
    }

    @Test("a value for one network is not asked for by the gateway, and reaches no other network")
    func oneNetwork() throws {
        let scene = try Scene.live()
        #expect(try form(scene, at: "gw.test")["pin"] == nil)
        #expect(try ask(scene, at: "gw.test", field("pin", "1234") + field("nick", "ann")).type == .result)
        #expect(try ask(scene, at: "other@gw.test", field("pin", "5678")).type == .result)
        let settings = try settings(scene)
        #expect(settings["net"] == ["nick": "ann"])
        #expect(settings["other"] == ["nick": "ann", "pin": "5678"])
    }

    /// The rules of a network that takes no nick with an exclamation mark.
    private struct StrictRules: NetworkRules {
        private let rules = LiveRules()
        var description: AdapterDescription { rules.description }
        var networks: [NetworkID] { rules.networks }

        func address(localpart: String) throws(AddressError) -> Address { try rules.address(localpart: localpart) }
        func localpart(of address: Address) -> String { rules.localpart(of: address) }
        func normalize(_ typed: String) throws(AddressError) -> Address { try rules.normalize(typed) }
        func network(for settings: [String: String]) -> NetworkID? { nil }

        func check(login values: [String: String]) throws(Failure) -> [String: String] {
            guard values["nick"]?.contains("!") != true else {
                throw Failure(.malformedAddress, "A nick has no exclamation mark.").about("nick")
            }
            return values
        }
    }

    @Test("a registered nick that cannot be one is not acceptable, with the name of its field, by each way to register")
    func impossibleNick() throws {
        let scene = try Scene(StrictRules())
        let query = "<query xmlns='jabber:iq:register'><nick>a!b</nick></query>"
        let answers = try scene.answers(
            to: "<iq id='r' type='set'>\(query)</iq>", from: "anna@home.test/a", at: "gw.test")
        let error = try #require(answers.first?.stanzaError)
        #expect(
            error.condition == .notAcceptable && error.type == .modify && error.text?.contains("exclamation") == true)
        guard case .iq(let iq)? = answers.first else { return }
        let field = iq.payload.first?.elements.first { $0.name == "field" }
        #expect(field?[attribute: "var"] == "nick" && field?.namespace == DataForm.namespace)
        let step = try scene.command("configure", ["nick": ["a!b"]])
        #expect(step.status == .executing && step.form?["nick"]?.explanation == "A nick has no exclamation mark.")
        #expect(try scene.chat("settings a!b").isEmpty == false)
        #expect(scene.saved("anna@home.test") == nil)
    }
}
