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
        session().perform(request(.send(OutboundMessage(to: .peer(bob), text: "waves", form: .action))))
        #expect(
            sink.events == [
                .state(.online(nick: "Alice")), .accepted(RequestID("r"), as: nil), .delivered(RequestID("r")),
                .message(InboundMessage(from: .peer(bob), text: "waves", form: .action)),
            ])
    }

    @Test("Who enters the lobby finds echo there, and is greeted if the operator wants it")
    func greets() {
        session(.sample(greeting: "Welcome")).perform(request(.join(lobby, password: nil)))
        guard case .joined(lobby, let joined) = sink.events.dropFirst().first else {
            Issue.record("no joined event")
            return
        }
        #expect(joined.occupants.map(\.nick) == ["echo", "Alice"])
        #expect(sink.messages == [InboundMessage(from: .room(lobby, nick: "echo"), text: "Welcome")])
    }

    @Test("A name that cannot be, or is taken, becomes guest", arguments: ["", "echo", "Echo", "two words", "a\r\nb"])
    func unusableNick(_ nick: String) {
        _ = session(nick: nick)
        #expect(sink.events == [.state(.online(nick: "guest"))])
    }

    @Test("An unknown key in the settings is reported")
    func unknownKey() {
        #expect(TemplateSettings.problems(in: ["greting": "Hello"]).count == 1)
        #expect(TemplateSettings.problems(in: ["greeting": "Hello"]).isEmpty)
    }
}
