import ServerRig

/// The counts of a restart matrix.
struct RestartReport {
    let talk: Talk.State
    let users: Int
    let longest: [Disturbance: Duration]
    let ghosts: [String]

    /// Shows the tables. Returns false if something is wrong.
    func show() -> Bool {
        var said = Table(
            "XMPP → IRC, while", "back after at most", "messages", "passed on", "shown", "came back", "neither",
            "both", "twice on IRC", "only on IRC", "shown again", "shown, not on IRC")
        var called = Table("IRC → XMPP, while", "messages", "deliveries", "missing", "same again", "doubled")
        var isKept = ghosts.isEmpty
        for disturbance in Disturbance.allCases {
            let sayings = talk.outbound.filter { $0.during == disturbance }
            guard !sayings.isEmpty else { continue }
            let wrong = sayings.filter {
                $0.isSilent || $0.isBoth || $0.isPretended || $0.arrivals > 1 || $0.reflections > 1
            }
            for saying in wrong.prefix(5) { Screen.show("   wrong: \(saying)") }
            isKept = isKept && wrong.isEmpty
            said.add(
                [
                    disturbance.rawValue, longest[disturbance]?.words ?? "", "\(sayings.count)",
                ]
                    + [
                        sayings.count { $0.isPassed }, sayings.count(where: \.isShown),
                        sayings.count { !$0.errors.isEmpty }, sayings.count(where: \.isSilent),
                        sayings.count(where: \.isBoth), sayings.count { $0.arrivals > 1 },
                        sayings.count { $0.isPassed && $0.arrivals > 0 && !$0.isShown && $0.errors.isEmpty },
                        sayings.count { $0.lateReflections > 0 && $0.reflections + $0.lateReflections > 1 },
                        sayings.count(where: \.isPretended),
                    ].map(String.init))
            let calls = self.calls(during: disturbance)
            called.add([disturbance.rawValue] + calls.numbers.map(String.init))
            isKept = isKept && calls.isKept
        }
        Screen.show("\n" + said.text + "\n\n" + called.text + "\n")
        for ghost in ghosts { Screen.show("   ghosts: \(ghost)") }
        Screen.show(
            """
            Every restart and every cut ended with exactly the right people in every channel and every room, on both
            sides, and each of them was heard in each room.
            neither: passed on to Martlet, and its sender has neither seen it nor had it back; for a restart of the XMPP
            server, which ends its users' sessions, a message that the channel has is not counted here but under “only
            on IRC”. shown, not on IRC: shown to its sender, and not heard by anybody in the channel although the IRC
            server ran all the time. missing: heard by somebody else in the channel, and not by a user who was in it.
            """)
        Screen.show(isKept ? "Every message accounted for, no ghosts." : "VIOLATED")
        return isKept
    }

    /// The messages from the channels. Two cases are not counted: while an IRC server restarts or is cut off, its users
    /// are in no channel; and an XMPP server that stops in good order logs its users out.
    private func calls(during disturbance: Disturbance) -> (numbers: [Int], isKept: Bool) {
        let calls = talk.inbound.filter {
            disturbance != .homeStopped && $0.during == disturbance && $0.isHeard && $0.network != disturbance.network
        }
        for call in calls.filter({ call in (0..<users).contains { call.stanzas[$0] == nil } }).prefix(5) {
            let last = talk.marks.last { $0.at <= call.at }
            let when = last.map { "\((call.at - $0.at).words) after \($0.what)" } ?? ""
            Screen.show("   missing on \(call.network), said \(when), heard by users \(call.stanzas.keys.sorted())")
        }
        let inboxes = calls.flatMap { call in (0..<users).map { call.stanzas[$0] ?? [] } }
        let missing = inboxes.count(where: \.isEmpty)
        let doubled = inboxes.count { Set($0).count > 1 }
        let again = inboxes.reduce(0) { $0 + $1.count - Set($1).count }
        return ([calls.count, inboxes.count - missing, missing, again, doubled], missing == 0 && doubled == 0)
    }
}
