import GatewayKit
import Testing

@Suite("Content")
struct ContentTests {
    private let room = RoomAddress(network: NetworkID("net"), name: "#r")
    private let peer = PeerAddress(network: NetworkID("net"), name: "ann")

    @Test("A text keeps its reply, subject and thread, which are nil by default")
    func texts() {
        let bare = Text("x")
        #expect(bare.replyTo == nil && bare.subject == nil && bare.thread == nil && bare.form == .plain)
        for fields in 1..<8 {
            let reply = fields & 1 == 0 ? nil : MessageID("m")
            let (subject, thread) = (fields & 2 == 0 ? nil : "s", fields & 4 == 0 ? nil : "t")
            let text = Text("x", replyTo: reply, subject: subject, thread: thread)
            #expect(text.replyTo == reply && text.subject == subject && text.thread == thread)
            #expect(text != bare)
        }
    }

    @Test("A file as text is its caption and its URL, each on its own line")
    func files() {
        #expect(File(at: "https://x.example/a", caption: "A cat").asText == Text("A cat\nhttps://x.example/a"))
        #expect(File(at: "https://x.example/a").asText == Text("https://x.example/a"))
    }

    @Test("The form of a text decides its ability")
    func forms() {
        let forms: [(Text.Form, Ability)] = [(.plain, .text), (.action, .action), (.notice, .notice)]
        for (form, ability) in forms { #expect(Content.text(Text("x", form: form)).ability == ability) }
    }

    @Test("The address of a request is the room or peer that it concerns")
    func addresses() {
        let concerns: [(Request.Action, Address?)] = [
            (.send(.typing(.typing), to: .peer(peer)), .peer(peer)), (.join(room, password: nil), .room(room)),
            (.leave(room, reason: nil), .room(room)), (.changeNick("x"), nil), (.presence(.available), nil),
            (.room(room, .topic("x")), .room(room)), (.ask(.raw("x")), nil), (.ask(.members(room)), .room(room)),
            (.ask(.profile(peer)), .peer(peer)), (.ask(.software(peer)), .peer(peer)),
            (.ask(.echo(peer)), .peer(peer)), (.ask(.time(peer)), .peer(peer)),
            (.ask(.history(.peer(peer), HistoryRange(), limit: 1)), .peer(peer)),
        ]
        for (action, address) in concerns { #expect(action.address == address) }
    }

    @Test("Contents, events and requests stay small, because they are moved on the message path")
    func sizes() {
        #expect(MemoryLayout<Content>.size <= 25)
        #expect(MemoryLayout<Event>.size <= 130)
        #expect(MemoryLayout<Request>.size <= 89)
    }
}
