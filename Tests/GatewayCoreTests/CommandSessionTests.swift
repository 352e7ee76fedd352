import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Commands in several steps")
struct CommandSessionTests {
    private static let admin = "ops@home.test/a"

    private func scene() throws -> Scene {
        var rules = LiveRules()
        rules.description.connectionCommands = ConnectionCommandNames(
            info: "connection", disconnect: "disconnect", networks: "networks")
        let scene = try Scene(rules, admins: ["ops@home.test"])
        try scene.join()
        scene.joined()
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        return scene
    }

    private func run(
        _ scene: Scene, _ node: String, by client: String = "anna@home.test/a", at to: String = "gw.test",
        session: String? = nil, action: String? = nil, _ fields: [(String, [String])]? = nil
    ) throws -> IQ {
        scene.forgetSent()
        let values = fields?.map { name, values in
            "<field var='\(name)'>" + values.map { "<value>\($0)</value>" }.joined() + "</field>"
        }
        let form = values.map { "<x xmlns='jabber:x:data' type='submit'>\($0.joined())</x>" } ?? ""
        let attributes =
            (session.map { " sessionid='\($0)'" } ?? "") + (action.map { " action='\($0)'" } ?? "")
        try scene.receive(
            from: client,
            "<iq type='set' id='c' to='\(to)'><command xmlns='http://jabber.org/protocol/commands' node='\(node)'"
                + "\(attributes)>\(form)</command></iq>")
        return try #require(scene.iqs.last)
    }

    private func step(_ iq: IQ) throws -> Command { try Command(try #require(iq.payload.first)) }

    /// The condition of the error, and the condition of XEP-0050 beside it.
    private func error(_ iq: IQ) -> [String] {
        iq.payload.first { $0.name == "error" }?.elements.map(\.name).filter { $0 != "text" } ?? []
    }

    @Test("a user ends the connection to a network by a form, and is told so in its rooms")
    func disconnect() throws {
        let scene = try scene()
        let first = try step(try run(scene, "disconnect"))
        #expect(first.status == .executing && first.actions?.allowed == [.complete])
        #expect(first.form?["networks"]?.options.map(\.value) == ["net"])
        let done = try step(
            try run(scene, "disconnect", session: first.sessionID, [("networks", ["net"]), ("quit-message", ["bye"])]))
        #expect(done.status == .completed && done.notes.map(\.text) == ["Disconnected from net."])
        #expect(scene.closed.map(\.network) == [LiveRules.network])
        #expect(scene.presences.map(\.type) == [.unavailable])
    }

    @Test("an administrator disconnects a user from one of two networks, and can go back to the choice of the user")
    func admin() throws {
        let scene = try scene()
        let other = RoomAddress(network: NetworkID("other"), name: "#quay")
        try scene.receive(
            from: "anna@home.test/a",
            "<presence to='#quay%other@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        scene.event(
            .room(other, .joined(JoinedRoom(nick: "anna", occupants: [Scene.occupant("anna")], topic: nil))),
            network: "other")
        let first = try step(try run(scene, "disconnect-user", by: Self.admin))
        #expect(first.actions?.allowed == [.next] && first.form?["jids"]?.options.map(\.value) == ["anna@home.test"])
        let chosen = [("jids", ["anna@home.test"])]
        let second = try step(
            try run(scene, "disconnect-user", by: Self.admin, session: first.sessionID, action: "next", chosen))
        #expect(second.actions?.allowed == [.prev, .complete])
        #expect(second.form?["networks"]?.options.map(\.value) == ["net", "other"])
        let back = try step(
            try run(scene, "disconnect-user", by: Self.admin, session: first.sessionID, action: "prev"))
        #expect(back.form?["jids"] != nil && back.actions?.allowed == [.next])
        _ = try run(scene, "disconnect-user", by: Self.admin, session: first.sessionID, chosen)
        let done = try step(
            try run(
                scene, "disconnect-user", by: Self.admin, session: first.sessionID, action: "complete",
                [("networks", ["net"])]))
        #expect(done.status == .completed)
        #expect(scene.closed.map(\.network) == [LiveRules.network])
        #expect(scene.store.acts.map(\.command) == ["disconnect-user"], "it is on record")
    }

    @Test("`disconnect` ends an operator's own connections, too, and no others")
    func operatorsOwn() throws {
        let scene = try scene()
        let none = try step(try run(scene, "disconnect", by: Self.admin))
        #expect(none.notes.map(\.text) == ["You are connected to no network."])
        #expect(try scene.chat("disconnect net", from: Self.admin) == ["You are connected to no network."])
        #expect(scene.closed.isEmpty)
    }

    @Test("an administrator disconnects users; nobody else may, or sees the command")
    func disconnectUser() throws {
        let scene = try scene()
        #expect(error(try run(scene, "disconnect-user")) == ["forbidden"])
        let first = try step(try run(scene, "disconnect-user", by: Self.admin))
        #expect(first.form?["jids"]?.options.map(\.value) == ["anna@home.test"])
        let unknown = try step(
            try run(scene, "disconnect-user", by: Self.admin, session: first.sessionID, [("jids", ["x@y.test"])]))
        #expect(unknown.status == .executing && scene.closed.isEmpty)
        let words = "No user with the JID 'x@y.test' is connected. Send 'users' for a list."
        #expect(unknown.form?["jids"]?.explanation == words)
        _ = try run(scene, "disconnect-user", by: Self.admin, session: first.sessionID, [("jids", ["anna@home.test"])])
        #expect(scene.closed.count == 1)
        for (client, isListed) in [("anna@home.test/a", false), (Self.admin, true)] {
            scene.forgetSent()
            try scene.receive(
                from: client,
                "<iq type='get' id='i' to='gw.test'><query xmlns='http://jabber.org/protocol/disco#items' "
                    + "node='http://jabber.org/protocol/commands'/></iq>")
            let items = try DiscoItems(try #require(scene.iqs.last?.payload.first))
            #expect(items.items.contains { $0.node == "disconnect-user" } == isListed)
        }
    }

    @Test("a session belongs to one client, one address and one command, and ends after an hour")
    func sessions() throws {
        let scene = try scene()
        let id = try step(try run(scene, "disconnect")).sessionID
        let fields = [("networks", ["net"])]
        for wrong in [
            try run(scene, "disconnect", by: "anna@home.test/b", session: id, fields),
            try run(scene, "register", session: id, fields), try run(scene, "disconnect", session: "other", fields),
            try run(scene, "configure", at: "net@gw.test", session: id, fields),
        ] {
            #expect(error(wrong) == ["bad-request", "bad-sessionid"] && wrong.head.id == "c")
        }
        scene.advance(by: .seconds(3601))
        #expect(error(try run(scene, "disconnect", session: id, fields)) == ["not-allowed", "session-expired"])
        #expect(error(try run(scene, "disconnect", session: id, fields)) == ["bad-request", "bad-sessionid"])
        #expect(scene.closed.isEmpty)
    }

    @Test("a cancelled command cannot be continued")
    func cancelled() throws {
        let scene = try scene()
        let id = try step(try run(scene, "disconnect")).sessionID
        #expect(try step(try run(scene, "disconnect", session: id, action: "cancel")).status == .canceled)
        #expect(
            error(try run(scene, "disconnect", session: id, [("networks", ["net"])])) == [
                "bad-request", "bad-sessionid",
            ])
    }

    @Test(
        "each wrong step has the condition of XEP-0050",
        arguments: [
            ("frobnicate", false, "malformed-action"), ("prev", false, "bad-action"), ("next", true, "bad-action"),
            ("complete", false, "bad-payload"), ("execute", false, "bad-payload"),
        ])
    func wrongSteps(action: String, withForm: Bool, condition: String) throws {
        let scene = try scene()
        let id = try step(try run(scene, "disconnect")).sessionID
        let fields = withForm ? [("networks", ["net"])] : nil
        #expect(error(try run(scene, "disconnect", session: id, action: action, fields)) == ["bad-request", condition])
    }

    @Test("a refused form can be corrected in the same session")
    func correction() throws {
        let scene = try scene()
        let id = try step(try run(scene, "disconnect")).sessionID
        let again = try step(try run(scene, "disconnect", session: id, [("networks", ["nowhere"])]))
        #expect(again.status == .executing && again.notes.map(\.type) == [.error])
        #expect(again.form?["networks"]?.explanation == again.notes.first?.text)
        #expect(again.form?.instructions.first == again.notes.first?.text, "some clients show only these")
        #expect(try step(try run(scene, "disconnect", session: id, [("networks", ["net"])])).status == .completed)
    }

    @Test("the unfinished commands of one user are limited")
    func bound() throws {
        let scene = try scene()
        let ids = try (0...CommandSessions.most).map { _ in try step(try run(scene, "disconnect")).sessionID }
        #expect(
            error(try run(scene, "disconnect", session: ids.first ?? nil, [("networks", ["net"])])).contains(
                "bad-sessionid"))
        #expect(
            try step(try run(scene, "disconnect", session: ids.last ?? nil, [("networks", ["net"])])).status
                == .completed)
    }

    @Test("the settings of one network are a form at its address, and are saved for it alone")
    func configure() throws {
        let scene = try scene()
        let first = try step(try run(scene, "configure", at: "net@gw.test"))
        #expect(first.form?.title == "Settings for net" && first.form?["nick"] != nil)
        let done = try step(
            try run(
                scene, "configure", at: "net@gw.test", session: first.sessionID, action: "complete",
                [("nick", ["annie"])]))
        #expect(
            done.status == .completed && done.words.first == "Your settings for net are saved (Nick: annie).")
        let user = try #require(scene.kernel.users[UserID("anna@home.test")])
        #expect(scene.accounts.saved(user, network: LiveRules.network) == ["nick": "annie"])
        #expect(scene.accounts.saved(user, network: nil) == nil)
    }

    @Test("the command about a connection tells the nick, the rooms and the clients in them")
    func info() throws {
        let scene = try scene()
        let lines = try step(try run(scene, "connection", at: "net@gw.test")).words
        #expect(
            lines == [
                "You are connected to net as anna, and in one room.", "#harbour: as anna, with 1 of your clients",
            ])
        let other = try step(try run(scene, "connection", at: "other@gw.test")).words
        #expect(other.first?.hasPrefix("You are not connected to this network.") == true)
    }
}
