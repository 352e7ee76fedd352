import GatewayKit

/// Requests that cover every kind of content, change and question.
package struct CapabilityProbes {
    /// One request to try.
    package struct Probe {
        /// Makes the request. The argument is the network's id of a message from the account; the request may refer to
        /// it.
        package let action: (MessageID) -> Request.Action
        /// Whether the request refers to a message.
        package let isAboutMessage: Bool

        /// The ability that the request needs.
        package var ability: Ability? { action(MessageID("")).ability }
        var isJoin: Bool { if case .join = action(MessageID("")) { true } else { false } }
    }

    private let samples: ConformanceSamples
    private let room: RoomAddress

    package init(samples: ConformanceSamples) {
        self.samples = samples
        room = samples.room ?? Self.someRoom(on: samples.account.id.network)
    }

    /// A made-up room, for networks without rooms: requests for rooms must fail there as well.
    static func someRoom(on network: NetworkID) -> RoomAddress { RoomAddress(network: network, name: "#room") }

    /// All requests.
    package var all: [Probe] {
        let network = samples.account.id.network
        let conversations: [Address] = [.network(network), .peer(samples.peer), .room(room)]
        return conversations.flatMap(contents) + changes + questions + others
    }

    private func contents(towards address: Address) -> [Probe] {
        let alone: [Content] =
            [
                .text(Text("a message")), .text(Text("waves", form: .action)), .text(Text("beep", form: .notice)),
                .text(Text("titled", subject: "a subject", thread: "a thread")),
                .file(File(at: "https://files.example/cat.png", mediaType: "image/png", caption: "A cat")),
            ] + TypingState.allCases.map { .typing($0) }
        let aboutMessages: [(MessageID) -> Content] = [
            { .text(Text("an answer", replyTo: $0)) }, { .edit($0, Text("corrected")) },
            { .retraction($0, reason: "a reason") }, { .reaction($0, ["👍"]) },
            { .read(upTo: $0) },
        ]
        return alone.map { content in Self.probe(.send(content, to: address)) }
            + aboutMessages.map { content in
                Probe(action: { .send(content($0), to: address) }, isAboutMessage: true)
            }
    }

    private var changes: [Probe] {
        let nick = samples.kickable ?? samples.peer.name
        let lists = RoomList.allCases.flatMap { list -> [RoomChange] in
            [.add(ListEntry("mallory", reason: "a reason"), to: list), .remove(pattern: "mallory", from: list)]
        }
        let changes: [RoomChange] =
            [
                .topic("a topic"), .kick(nick: nick, reason: "a reason"), .rank(nick: nick, .voiced),
                .settings(["moderated": .flag(true)]), .invitation(samples.peer, reason: nil),
            ] + lists
        return changes.map { Self.probe(.room(room, $0)) }
    }

    private var questions: [Probe] {
        let network = samples.account.id.network
        let questions: [Question] =
            [
                .rooms(RoomSearch(), PageRequest(limit: 10)), .members(room), .settings(room),
                .profile(samples.peer), .software(samples.peer), .echo(samples.peer),
                .time(samples.peer), .raw("HELP"),
                .history(.peer(samples.peer), HistoryRange(), limit: 10),
                .history(.room(room), HistoryRange(), limit: 10),
            ] + RoomList.allCases.map { .list(room, $0) }
            + [.network(network), .peer(samples.peer), .room(room)].map {
                .command(samples.command ?? "command", at: $0)
            }
        return questions.map { Self.probe(.ask($0)) }
    }

    private var others: [Probe] {
        [
            Self.probe(.join(room, password: nil)), Self.probe(.changeNick(samples.newNick)),
            Self.probe(.presence(.away("at lunch"))), Self.probe(.presence(.available)),
            Self.probe(.watch([samples.peer])), Self.probe(.prefer(room, [:])),
        ]
    }

    private static func probe(_ action: Request.Action) -> Probe {
        Probe(action: { _ in action }, isAboutMessage: false)
    }
}
