import DequeModule
import GatewayKit
import NIOCore

/// The people whose presence the core wants to know, and how the server tells it: MONITOR (IRCv3 monitor), else WATCH,
/// else the question ISON at intervals. People that do not fit into the server's list are asked about by ISON.
struct PeerWatch {
    /// A watched person.
    private struct Person {
        /// The nick as the core or the server spells it.
        let nick: String
        let address: PeerAddress
        /// Nil until the server has told it.
        var availability: Availability?
        /// Whether the person is on the server's list. Otherwise ISON asks.
        var isListed: Bool
    }

    /// A person whose availability has changed.
    struct News: Equatable {
        let address: PeerAddress
        let availability: Availability
    }

    /// The number of people that one connection watches.
    static let limit = 500
    /// How often ISON asks about all people that are not on the server's list.
    static let interval = TimeAmount.seconds(90)
    /// The number of nicks in one ISON line.
    private static let mostNicksOfISON = 12
    /// The number of nicks in one MONITOR line: with 30 bytes each they fit into 510.
    private static let mostNicksOfMonitor = 12

    private var people: [FoldedName: Person] = [:]
    /// Names in ISON lines without an answer, one element for each line.
    private var asked: Deque<[FoldedName]> = []
    /// Names that the next ISON lines ask about.
    private var toAsk: Deque<FoldedName> = []
    /// When ISON asks again about everybody who is not on the server's list.
    private var nextRound: NIODeadline?
    /// The number of people on the server's list.
    private var listed = 0

    var isEmpty: Bool { people.isEmpty }
    var count: Int { people.count }

    /// When `tick` is due. Nil if there is nothing to ask about.
    var nextWake: NIODeadline? { listed == people.count ? nil : nextRound }

    /// Makes these the watched people. Returns the lines to send. People beyond `limit` are not watched.
    mutating func watch(
        _ wanted: [PeerAddress], support: ServerSupport, fold: (String) -> FoldedName, now: NIODeadline
    ) -> [OutboundLine] {
        let wanted = Dictionary(
            wanted.filter { MiddleParameter($0.name) != nil }.prefix(PeerWatch.limit).map { (fold($0.name), $0) },
            uniquingKeysWith: { first, _ in first })
        let gone = people.filter { wanted[$0.key] == nil }
        for key in gone.keys { people[key] = nil }
        let leaving = gone.values.filter(\.isListed).map(\.nick).sorted()
        listed -= leaving.count
        let room = max((support.watching.monitor ?? support.watching.watch ?? 0) - listed, 0)
        let new = wanted.filter { people[$0.key] == nil }.sorted { $0.value.name < $1.value.name }
        for (index, (key, address)) in new.enumerated() {
            people[key] = Person(nick: address.name, address: address, isListed: index < room)
            if index >= room { toAsk.append(key) }
        }
        let joining = new.prefix(room).map(\.value.name)
        listed += joining.count
        if listed < people.count, nextRound == nil { nextRound = now + PeerWatch.interval }
        let lines = PeerWatch.lines(remove: leaving, add: joining, support.watching)
        return lines + ask(now: now)
    }

    private static func lines(remove: [String], add: [String], _ support: WatchSupport) -> [OutboundLine] {
        func chunks(_ names: [String], _ size: Int) -> [[String]] {
            stride(from: 0, to: names.count, by: size).map { Array(names[$0..<min($0 + size, names.count)]) }
        }
        if support.monitor != nil {
            return [(MiddleParameter.minus, remove), (.plus, add)].flatMap { sign, names in
                chunks(names, mostNicksOfMonitor).map {
                    OutboundLine(.monitor, sign, trailing: TrailingParameter($0.joined(separator: ",")))
                }
            }
        }
        return (remove.map { "-" + $0 } + add.map { "+" + $0 }).map { OutboundLine(.watch, MiddleParameter($0)) }
    }

    /// Returns the ISON lines that are due.
    mutating func tick(now: NIODeadline) -> [OutboundLine] {
        guard let due = nextRound, now >= due else { return [] }
        guard listed < people.count else {
            nextRound = nil
            return []
        }
        nextRound = now + PeerWatch.interval
        // If the server has not answered the last round, it is slow or does not know ISON.
        guard asked.isEmpty else {
            asked = []
            return []
        }
        toAsk = Deque(
            people.filter { !$0.value.isListed }.sorted { $0.value.nick < $1.value.nick }.map(\.key))
        return ask(now: now)
    }

    /// The next ISON lines. At most two are on their way, so that a long list does not use up the flood control.
    private mutating func ask(now: NIODeadline) -> [OutboundLine] {
        var lines: [OutboundLine] = []
        while asked.count < 2, !toAsk.isEmpty {
            let names = Array(toAsk.prefix(PeerWatch.mostNicksOfISON))
            toAsk.removeFirst(names.count)
            let nicks = names.compactMap { people[$0]?.nick }
            guard !nicks.isEmpty else { continue }
            asked.append(names)
            lines.append(OutboundLine(.ison, trailing: TrailingParameter(nicks.joined(separator: " "))))
        }
        return lines
    }

    /// Handles the answer to the oldest ISON line: the nicks that are online. Returns the news and the next lines.
    mutating func received(ison nicks: [FoldedName], now: NIODeadline) -> (news: [News], lines: [OutboundLine]) {
        guard let names = asked.popFirst() else { return ([], []) }
        let online = Set(nicks)
        let news = names.compactMap { name -> News? in
            // ISON does not tell who is away.
            if online.contains(name), people[name]?.availability.map({ $0 != .offline }) ?? false { return nil }
            return set(name, online.contains(name) ? .available : .offline)
        }
        return (news, ask(now: now))
    }

    /// Notes the availability of a person. Returns the news; nil if the person is not watched or nothing is new.
    mutating func set(_ name: FoldedName, _ availability: Availability) -> News? {
        guard let person = people[name], person.availability != availability else { return nil }
        people[name]?.availability = availability
        return News(address: person.address, availability: availability)
    }

    /// Notes that a person is online, and keeps whether the person is away.
    mutating func setOnline(_ name: FoldedName) -> News? {
        guard let person = people[name], person.availability == nil || person.availability == .offline else {
            return nil
        }
        return set(name, .available)
    }

    /// The server's list was full for these people. ISON asks about them from now on.
    mutating func listWasFull(for names: [FoldedName], now: NIODeadline) -> [OutboundLine] {
        for name in names where people[name]?.isListed == true {
            people[name]?.isListed = false
            listed -= 1
            toAsk.append(name)
        }
        if nextRound == nil { nextRound = now + PeerWatch.interval }
        return ask(now: now)
    }

    func isWatched(_ name: FoldedName) -> Bool { people[name] != nil }

    /// The availability of a person, if the person is watched and the server has told it.
    subscript(name: FoldedName) -> Availability? { people[name]?.availability }

    /// Folds the names again after the server has changed its case mapping. Of two people with equal names, one stays.
    mutating func foldAgain(_ mapping: CaseMapping) {
        people = Dictionary(
            people.values.map { (mapping.fold($0.nick), $0) }, uniquingKeysWith: { first, _ in first })
        listed = people.values.count { $0.isListed }
        asked = []
        toAsk = []
    }
}
