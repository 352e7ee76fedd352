/// Lets a user and an IRC user write each other every five milliseconds while a workload loads another user. It measures
/// the waits of these private messages, and counts the presences that the loaded user (`u1`) gets.
final class Watch {
    private(set) var joinedAt = 0
    /// When the last presence came.
    private(set) var lastAt = 0
    private(set) var presences = 0
    private(set) var longest = 0
    private var sentAt: [Int] = []
    private var isAnswered: [Bool] = []
    private var answers = 0
    private let stage: Stage

    init(_ stage: Stage, _ talker: Cast) {
        self.stage = stage
        let out = Texts.toPerson(talker, host: stage.irc.host)
        let back = Texts.fromPerson(talker)
        stage.irc.onMessage = { [unowned self] _, line in arrived(line.messageNumber) }
        stage.xmpp.onStanza = { [unowned self] in seen($0) }
        stage.onTick = { [unowned self] _ in
            guard let wire = stage.irc.byUser[0]?.wire else { return }
            out.append(0, next(), to: stage.stream)
            back.append(0, next(), to: wire.output)
            wire.flush()
            stage.flush()
        }
        stage.tick(everyMicroseconds: 5000)
    }

    /// Whether fewer than four private messages are on their way.
    var isQuiet: Bool { sentAt.count - answers < 4 }

    func begin() { longest = 0 }

    func stop() { stage.tick(everyMicroseconds: nil) }

    func end() {
        stop()
        stage.onTick = { _ in }
        stage.irc.onMessage = { _, _ in }
        stage.xmpp.onStanza = { _ in }
    }

    private func next() -> Int {
        sentAt.append(nanoseconds())
        return sentAt.count - 1
    }

    private func arrived(_ number: Int) {
        guard number < sentAt.count else { return }
        answers += 1
        longest = max(longest, nanoseconds() - sentAt[number])
    }

    private func seen(_ stanza: Stanza) {
        switch stanza.kind {
        case .message:
            if stanza.user == 0, let number = stanza.bodyNumber { arrived(number) }
        case .presence where stanza.user == 1:
            presences += 1
            lastAt = nanoseconds()
            if stanza.isSelf { joinedAt = lastAt }
        default: break
        }
    }
}
