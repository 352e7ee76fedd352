import ServerRig

/// Users with phone numbers, and the phones that they exchange messages with.
struct Crowd {
    let world: Deployment
    let journal: Journal
    private var people: [(user: XMPPUser, number: String)] = []

    init(world: Deployment, journal: Journal) {
        self.world = world
        self.journal = journal
    }

    mutating func gather(_ count: Int) async throws {
        let journal = journal
        try world.phoneSide.phones.messages.listen { journal.phoneHas($0) }
        for index in 0..<count {
            let user = try await world.user("user")
            let number = Numbers.ofPhones[index]
            let answer = try await user.register(with: world.sms, ["phone": number])
            guard answer.type == "result" else { throw RigFailure("\(number) could not be registered: \(answer)") }
            user.stanzas.listen { journal.userHas($0) }
            people.append((user, number))
        }
    }

    /// The phone of a message. There are many phones, because two messages to one phone wait for each other.
    private static func phone(of number: Int) -> String { "+1303555\(1000 + number % 9000)" }

    /// Lets users write to phones.
    func send(_ count: Int, at point: KillPoint) throws {
        for number in journal.add(count, at: point) {
            let (user, _) = people[number % people.count]
            let to = "\(Self.phone(of: number))@\(world.sms)"
            try user.send(
                "<message type='chat' to='\(to)' id='\(Journal.id(of: number))'>"
                    + "<body>\(Journal.text(of: number))</body><request xmlns='urn:xmpp:receipts'/></message>")
        }
    }

    /// Lets phones write to users.
    func receive(_ count: Int, at point: KillPoint) throws {
        let phones = try world.phoneSide.phones
        for number in journal.add(count, at: point) {
            let to = people[number % people.count].number
            try phones.send(Journal.text(of: number), from: Self.phone(of: number), to: to)
        }
    }

    /// Returns when every outbound message is in the registry, or its sender was told that it was refused.
    func awaitRecords() async throws {
        try await poll("all messages to be on record", every: .milliseconds(5)) {
            journal.keep(try world.records.outbound())
            let kept = journal.kept
            let isDone = journal.all.enumerated().allSatisfy { number, entry in
                !entry.point.isOut || entry.point == .durable || entry.isAnswered || kept.contains(number)
            }
            return isDone ? () : nil
        }
    }

    /// Waits for all messages that still arrive by themselves, and then for the reports of unknown outcomes, which come
    /// within a minute.
    func settle() async throws {
        await awaitSettled("what is on its way to arrive", ifHanding: false)
        await awaitSettled("everybody to be told", ifHanding: true, within: .seconds(60))
        for (user, _) in people { user.stanzas.clear() }
        try world.phoneSide.phones.messages.clear()
    }

    /// Waits a little for the end of the last wave, so that the next kill hits the next wave.
    func rest() async {
        _ = try? await poll("the last wave to end", within: .seconds(4)) {
            unsettled(ifHanding: false).isEmpty ? () : nil
        }
    }

    /// Waits until no message is unsettled. If that takes too long, prints the unsettled messages. The counts show lost
    /// messages.
    private func awaitSettled(_ what: String, ifHanding: Bool, within limit: Duration = .seconds(8)) async {
        do {
            try await poll(what, within: limit) { unsettled(ifHanding: ifHanding).isEmpty ? () : nil }
        } catch {
            let left = unsettled(ifHanding: ifHanding).prefix(5).map { "\(Journal.text(of: $0)): \(journal.all[$0])" }
            Screen.show("   \(error) still:\n      " + left.joined(separator: "\n      "))
        }
    }

    /// The unsettled messages: inbound messages that have not arrived, and recorded outbound messages without a report
    /// to their sender. A message that was being sent to the provider when Martlet was killed, and has not reached the
    /// phones, gets its report only after a time-out. It counts only if `ifHanding`.
    private func unsettled(ifHanding: Bool) -> [Int] {
        guard let rows = try? world.records.outbound() else { return [] }
        let states = Dictionary(rows.map { ($0.originID, $0.state) }) { _, last in last }
        return journal.all.enumerated().filter { number, entry in
            guard entry.point.isOut else { return entry.stanzas.isEmpty }
            guard !entry.isAnswered, let state = states[Journal.id(of: number)] else { return false }
            return ifHanding || state != "handing" || entry.arrivals > 0
        }.map(\.offset)
    }
}
