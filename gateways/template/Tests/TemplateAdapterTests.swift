import GatewayKit
import GatewayTesting
import TemplateAdapter
import Testing

@Suite("The echo network")
struct TemplateAdapterTests {
    private let sink = RecordingSink()
    private let lobby = RoomAddress(network: NetworkID("echo"), name: "#lobby")

    private func session(nick: String = "Alice", _ settings: TemplateSettings = .sample()) -> any AdapterSession {
        let id = AccountID(user: UserID("alice"), network: NetworkID("echo"))
        let account = Account(id: id, preferredNick: nick, settings: [:])
        return TemplateAdapter(settings: settings).open(account, events: sink.sink)
    }

    private func request(_ action: Request.Action) -> Request { Request(id: RequestID("r"), action: action) }

    @Test("A message to a peer is accepted, delivered, and comes back from that peer")
    func echoesPeer() {
        let bob = PeerAddress(network: NetworkID("echo"), name: "bob")
        session().perform(request(.send(.text(Text("waves", form: .action)), to: .peer(bob))))
        #expect(
            sink.news == [
                .state(.online(nick: "Alice")), .outcome(RequestID("r"), .accepted(as: nil)),
                .outcome(RequestID("r"), .delivered),
                .message(InboundMessage(from: .peer(bob), text: "waves", form: .action)),
            ])
    }

    @Test("A user who enters the lobby finds echo there, and gets the greeting if there is one")
    func greets() {
        session(.sample(greeting: "Welcome")).perform(request(.join(lobby, password: nil)))
        guard case .room(lobby, .joined(let joined)) = sink.news.dropFirst().first else {
            Issue.record("no joined event")
            return
        }
        #expect(joined.occupants.map(\.nick) == ["echo", "Alice"])
        #expect(sink.messages == [InboundMessage(from: .room(lobby, nick: "echo"), text: "Welcome")])
    }

    @Test("A nick that is invalid or taken becomes guest", arguments: ["", "echo", "Echo", "two words", "a\r\nb"])
    func unusableNick(_ nick: String) {
        _ = session(nick: nick)
        #expect(sink.news == [.state(.online(nick: "guest"))])
    }

    @Test("An unknown key in the settings is reported")
    func unknownKey() {
        #expect(TemplateSettings.problems(in: ["greting": "Hello"]).count == 1)
        #expect(TemplateSettings.problems(in: ["greeting": "Hello"]).isEmpty)
    }
}
