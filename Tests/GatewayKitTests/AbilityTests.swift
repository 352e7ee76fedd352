import Basics
import GatewayKit
import Testing

/// Each request is graded by one ability: a wrong one would refuse what a network can do, or promise what it cannot.
@Suite("The ability that a request needs")
struct AbilityTests {
    private static let peer = PeerAddress(network: NetworkID("net"), name: "ann")
    private static let room = RoomAddress(network: NetworkID("net"), name: "#quay")
    private static let message = MessageID("m")

    @Test(
        "of a content",
        arguments: [
            (Content.text(Text("x")), Ability.text), (.text(Text("x", form: .action)), .action),
            (.text(Text("x", form: .notice)), .notice), (.edit(message, Text("x")), .edit),
            (.retraction(message, reason: nil), .retraction), (.reaction(message, []), .reaction),
            (.typing(.ended), .typing), (.read(upTo: message), .read), (.file(File(at: "https://a/b")), .file),
        ])
    func contents(content: Content, ability: Ability) {
        #expect(content.ability == ability)
        #expect(Request.Action.send(content, to: .peer(Self.peer)).ability == ability)
    }

    @Test(
        "of a change of a room",
        arguments: [
            (RoomChange.topic("x"), Ability.topic), (.kick(nick: "n", reason: nil), .kick),
            (.add(ListEntry("x"), to: .quiets), .quiets), (.remove(pattern: "x", from: .bans), .bans),
            (.rank(nick: "n", .voiced), .rank), (.settings([:]), .settings),
            (.invitation(peer, reason: nil), .invitation),
        ])
    func changes(change: RoomChange, ability: Ability) {
        #expect(change.ability == ability)
        #expect(Request.Action.room(Self.room, change).ability == ability)
    }

    @Test(
        "of a question",
        arguments: [
            (Question.rooms(RoomSearch(), PageRequest(limit: 1)), Ability.roomSearch), (.members(room), .members),
            (.list(room, .banExceptions), .banExceptions), (.list(room, .inviteExceptions), .inviteExceptions),
            (.settings(room), .settings), (.profile(peer), .profile), (.software(peer), .software),
            (.echo(peer), .echo), (.time(peer), .time),
            (.history(.room(room), HistoryRange(), limit: 1), .history), (.raw("x"), .raw),
            (.command("x", at: .room(room)), .command),
        ])
    func questions(question: Question, ability: Ability) {
        #expect(question.ability == ability)
        #expect(Request.Action.ask(question).ability == ability)
    }

    @Test(
        "of all other requests; whoever is inside may always leave",
        arguments: [
            (Request.Action.join(room, password: nil), Ability?.some(.join)), (.leave(room, reason: nil), nil),
            (.changeNick("x"), .nickChange), (.presence(.available), .presence),
            (.prefer(room, [:]), .preferences),
        ])
    func others(action: Request.Action, ability: Ability?) { #expect(action.ability == ability) }

    @Test("A field of a form is text that may be left out and that users may share, unless it says otherwise")
    func field() {
        let field = FormField("nick", label: "Nick")
        #expect(field.kind == .text && !field.required && !field.unique && field.quarantine == .zero)
    }
}
