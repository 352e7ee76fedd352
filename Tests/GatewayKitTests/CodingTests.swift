import Basics
import Foundation
import GatewayKit
import Testing

@Suite("Encoding and decoding the values of the contract")
struct CodingTests {
    private static let net = NetworkID("net")
    private static let room = RoomAddress(network: net, name: "#röom")
    private static let ann = PeerAddress(network: net, name: "ann")
    private static let then = Timestamp(secondsSince1970: 1_767_268_800.25)
    private static let message = MessageID("m-1")

    private func expectSame<Value: Codable & Equatable>(_ value: Value) throws {
        let encoder = JSONEncoder()
        Secret.allowEncoding(&encoder.userInfo)
        #expect(try JSONDecoder().decode(Value.self, from: encoder.encode([value][0])) == value)
    }

    static let contents: [Content] = [
        .text(Text("a\nb", form: .action, replyTo: message, subject: "s", thread: "t")), .text(Text("", form: .notice)),
        .edit(message, Text("b")), .retraction(message, reason: nil), .reaction(message, ["👍", "🎉"]),
        .typing(.paused), .read(upTo: message),
        .file(File(at: "https://x.example/a", mediaType: "image/png", size: 7, caption: "c", name: "n")),
    ]

    static let actions: [Request.Action] =
        contents.map { .send($0, to: .peer(ann)) } + [
            .send(.text(Text("x")), to: .network(net)), .join(room, password: Secret("hunter2")),
            .join(room, password: nil), .leave(room, reason: "bye"), .changeNick("ann"), .presence(.away("lunch")),
            .room(room, .topic("t")), .room(room, .kick(nick: "bob", reason: nil)),
            .room(room, .add(ListEntry("*!*@x", reason: "r", author: "ann", setAt: then), to: .bans)),
            .room(room, .remove(pattern: "*!*@x", from: .quiets)), .room(room, .rank(nick: "bob", .voiced)),
            .room(
                room,
                .settings([
                    "key": .secret(Secret("k")), "limit": .number(nil), "moderated": .flag(true), "tags": .list(["a"]),
                    "name": .text("x"),
                ])),
            .room(room, .invitation(ann, reason: "r")), .prefer(room, ["key": "value"]),
            .ask(.rooms(RoomSearch(matching: "x", fewest: 2), PageRequest(.after("2"), limit: 9))),
            .ask(.rooms(RoomSearch(matching: "y", in: [.topic], order: .name), PageRequest(.last, limit: 0))),
            .ask(.members(room)), .ask(.list(room, .banExceptions)), .ask(.settings(room)), .ask(.profile(ann)),
            .ask(.software(ann)), .ask(.echo(ann)), .ask(.time(ann)), .watch([ann]),
            .ask(.history(.room(room), HistoryRange(after: .message(message), before: .time(then)), limit: 5)),
            .ask(.raw("HELP")), .ask(.command("topic Tea", at: .room(room))),
        ]

    @Test("Requests", arguments: actions.indices)
    func requestsRoundTrip(_ index: Int) throws {
        try expectSame(Request(id: RequestID("r-1"), action: Self.actions[index]))
        try expectSame(Request(id: RequestID(number: .max), action: Self.actions[index]))
    }

    static let events: [Event] =
        contents.map {
            .message(InboundMessage(from: .room(room, nick: "ann"), displayName: "Ann", $0, id: message, sentAt: then))
        } + [
            .message(InboundMessage(from: .peer(ann), text: "x")), .outcome(RequestID("r"), .accepted(as: message)),
            .outcome(RequestID(number: 1), .accepted(as: nil)), .outcome(RequestID("r"), .delivered),
            .outcome(RequestID("r"), .read),
            .outcome(RequestID("r"), .failed(Failure(.tooLong, "t", detail: "d", retry: .after(.milliseconds(1500))))),
            .room(
                room,
                .joined(
                    JoinedRoom(
                        nick: "me", occupants: [Occupant(nick: "Ann", rank: .owner, address: ann)],
                        topic: Topic(text: "t", author: "Ann", setAt: then)))),
            .room(room, .left(.kicked(by: "bob", reason: nil))), .room(room, .left(.disconnected(reason: "gone"))),
            .room(room, .occupantLeft(nick: "Ann", .quit(reason: "q"))),
            .room(room, .occupantLeft(nick: "Ann", .cutOff(reason: "split"))),
            .room(
                room,
                .occupantChanged(
                    Occupant(
                        nick: "Ann", rank: .owner, isFounder: true, address: ann,
                        details: OccupantDetails(availability: .away("x"), account: "a", marks: [.bot, .staff])))),
            .room(
                room,
                .occupantJoined(Occupant(nick: "Ann", rank: .none, address: ann, details: OccupantDetails()))),
            .room(room, .propertiesChanged([.moderated, .hidden])),
            .room(room, .occupantRenamed(from: "a", to: Occupant(nick: "b", rank: .none, address: ann))),
            .peer(ann, .presence(.offline)), .peer(ann, .renamed(to: ann, displayName: "A")),
            .peer(ann, .profile(Profile(ann, displayName: "A", details: [Profile.Detail("Name", "Ann")]))),
            .answer(
                RequestID("q"),
                .rooms(
                    Page([RoomListing(room, name: "#R", topic: "t", occupants: 3, isOpen: true)], index: 2, total: 12))),
            .answer(RequestID("q"), .list([ListEntry("x")])),
            .answer(
                RequestID("q"),
                .settings(
                    RoomSettings([
                        .init("l", label: "Limit", value: .number(3), choices: ["1"], isChangeable: false)
                    ]))),
            .answer(RequestID("q"), .history([InboundMessage(from: .peer(ann), text: "x")])),
            .room(room, .invited(Invitation(by: ann, reason: "r", password: Secret("k")))),
            .room(room, .invited(Invitation(by: nil))), .state(.greeting("Hello")),
            .state(.keep("value", for: "key")), .state(.keep(nil, for: "key")),
            .answer(RequestID("q"), .command(["a"])),
            .answer(RequestID("q"), .software("x")), .answer(RequestID("q"), .echo),
            .answer(RequestID("q"), .time(ClockReading(Timestamp(secondsSince1970: 1), offset: -3_600))),
            .answer(RequestID("q"), .raw(["a", "b"])), .state(.connecting("now")), .state(.online(nick: "me")),
            .state(.offline(Failure(.remoteDown, "x"), retrying: true)), .state(.notice("n")),
            .state(
                .capabilities(
                    .room(room), Capabilities([.text: .full, Ability("new"): .dropped], limits: .init(textBytes: 4)))),
        ]

    @Test("Events", arguments: events.indices)
    func eventsRoundTrip(_ index: Int) throws { try expectSame(Self.events[index]) }

    @Test("A decoded account id equals the encoded one and has the same hash value")
    func accounts() throws {
        let id = AccountID(user: UserID("u"), network: Self.net)
        let read = try JSONDecoder().decode(AccountID.self, from: JSONEncoder().encode(id))
        #expect(Set([id, read]).count == 1)
        try expectSame(Account(id: id, preferredNick: "n", settings: ["password": "p"]))
        try expectSame(Account(id: id, preferredNick: "n", isNickChosen: true, settings: [:]))
        let room = RoomAddress(network: Self.net, name: "#r")
        try expectSame(Account(id: id, preferredNick: "n", settings: [:], roomSettings: [room: ["a": "b"]]))
    }

    @Test("An identifier is encoded as its text or number")
    func plainNames() throws {
        func written(_ value: some Encodable) throws -> String {
            String(decoding: try JSONEncoder().encode([value]), as: UTF8.self)
        }
        #expect(try written(Self.net) == #"["net"]"#)
        #expect(try written(Ability.reply) == #"["reply"]"#)
        #expect(try written(RequestID(number: 7)) == "[7]")
        #expect(try written(RequestID("r-7")) == #"["r-7"]"#)
    }

    @Test("Only an encoder with permission encodes a secret, or an account with its settings")
    func secrets() throws {
        let account = Account(
            id: AccountID(user: UserID("u"), network: Self.net), preferredNick: "", settings: ["password": "hunter2"])
        let join = Request(id: RequestID("r"), action: .join(Self.room, password: Secret("hunter2")))
        for value: any Encodable in [account, join, Secret("hunter2")] {
            #expect { try JSONEncoder().encode([value].map(Wrapped.init)) } throws: { error in
                error is EncodingError && !"\(error)".contains("hunter2")
            }
        }
        #expect(try JSONDecoder().decode([Secret].self, from: Data(#"["x"]"#.utf8)).map { $0.reveal() } == ["x"])
    }

    private struct Wrapped: Encodable {
        let value: any Encodable
        func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    }
}
