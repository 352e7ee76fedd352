import GatewayKit
import GatewayTesting
import LoopbackAdapter
import Testing

@Suite("The loopback network")
struct LoopbackAdapterTests {
    private static let network = NetworkID("loopback")
    private let sink = RecordingSink()
    private let lobby = RoomAddress(network: network, name: "#lobby")

    private func perform(_ actions: Request.Action..., nick: String = "Alice") {
        let account = Account(
            id: AccountID(user: UserID("alice"), network: Self.network), preferredNick: nick, settings: [:])
        let session = LoopbackAdapter().open(account, events: sink.sink)
        for action in actions { session.perform(Request(id: RequestID("r"), action: action)) }
    }

    private func peer(_ name: String) -> PeerAddress { PeerAddress(network: Self.network, name: name) }

    @Test("The person repeats a text, and the text counts as delivered")
    func person() {
        perform(.send(.text(Text("waves", form: .action)), to: .peer(peer("echo"))))
        #expect(
            sink.news == [
                .state(.online(nick: "Alice")), .outcome(RequestID("r"), .accepted(as: nil)),
                .outcome(RequestID("r"), .delivered),
                .message(InboundMessage(from: .peer(peer("echo")), text: "waves", form: .action)),
            ])
    }

    @Test("The phone reports a text as delivered, and answers it with an id that no other text has")
    func phone() {
        perform(.send(.text(Text("hello")), to: .peer(peer("+12025550100"))))
        #expect(
            sink.news.dropFirst() == [
                .outcome(RequestID("r"), .accepted(as: MessageID("r"))), .outcome(RequestID("r"), .delivered),
                .message(
                    InboundMessage(
                        from: .peer(peer("+12025550100")), displayName: "+12025550100", text: "You wrote: hello",
                        id: MessageID("answer-r"))),
            ])
    }

    @Test("A text to a number that nobody has fails, and names the phone")
    func nobody() {
        perform(.send(.text(Text("hello")), to: .peer(peer("+12025550199"))))
        guard case .outcome(_, .failed(let failure)) = sink.news.last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .notFound && failure.text.contains("+12025550100"))
    }

    @Test("The room greets, and repeats what is said in it")
    func room() {
        perform(.join(lobby, password: nil), .send(.text(Text("ahoy")), to: .room(lobby)))
        #expect(sink.messages.map(\.text) == ["Welcome. I repeat what you say.", "ahoy"])
        #expect(sink.messages.allSatisfy { $0.origin == .room(lobby, nick: "echo") })
    }

    @Test("A nick that is invalid or taken becomes guest", arguments: ["", "echo", "Echo", "two words", "a\r\nb"])
    func unusableNick(_ nick: String) {
        perform(nick: nick)
        #expect(sink.news == [.state(.online(nick: "guest"))])
    }
}
