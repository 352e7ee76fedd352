import GatewayKit
import NIOCore

/// The details of people in our channels: whether they are away, their accounts, and their marks (IRCv3 account-notify,
/// account-tag, away-notify, bot-mode).
extension IRCClient {
    static let detailHandlers = [
        HandlerRow("ACCOUNT", least: 1) { client, line in
            let account = client.account(named: line.parameters[0])
            client.learn(of: line.nick, now: line.now) { $0.account = account }
        }
    ]

    /// The name of an account in canonical form. Nil if the text stands for none. The length is bounded, because
    /// accounts of many people are kept.
    func account(named text: String) -> String? {
        guard !["", "*", "0"].contains(text), text.utf8.count <= 100 else { return nil }
        return fold(text).text
    }

    /// Changes what is known of a person in all our channels, and tells the core, at once or when the pace allows.
    mutating func learn(of nick: String, now: NIODeadline, _ change: (inout OccupantDetails) -> Void) {
        let name = fold(nick)
        let common = channels(of: name)
        if common.count > channelIndex.most { return learn(of: name, in: common, now: now, change) }
        // The person was in more of our channels until lately.
        applyHeldDetails(of: name)
        var shared: OccupantDetails?
        for channel in common {
            guard let member = channel.members[name] else { continue }
            var details = member.details ?? OccupantDetails()
            change(&details)
            guard details != member.details ?? OccupantDetails() else { continue }
            // Channels share one value of equal details, to save memory.
            if let shared, shared == details { details = shared }
            shared = details
            channel.members[name]?.details = details
        }
        if shared != nil, news.admits(name, now: now) { tellDetails(of: name) }
    }

    /// `learn` for a person in more than `channelIndex.most` channels. `news` holds the new details. They are written
    /// into the channels only when the core is told, so that many changes of one person cost little.
    private mutating func learn(
        of name: FoldedName, in common: [IRCChannel], now: NIODeadline, _ change: (inout OccupantDetails) -> Void
    ) {
        let before = knownDetails(of: name, in: common)
        var details = before
        change(&details)
        guard details != before else { return }
        let isAdmitted = news.admits(name, now: now)
        news.hold(details, of: name)
        if isAdmitted { tellDetails(of: name) }
    }

    /// The details that are known of a person, from the channels that the person is in.
    func knownDetails(of name: FoldedName, in common: [IRCChannel]) -> OccupantDetails {
        if let held = news.heldDetails(of: name) { return held }
        // A channel that the person has entered lately may tell nothing yet.
        let known = common.prefix(16).lazy.compactMap { $0.members[name]?.details }.first
        return known ?? OccupantDetails()
    }

    /// Writes the details that are held for a person into the channels.
    mutating func applyHeldDetails(of name: FoldedName) {
        guard let details = news.takeHeldDetails(of: name) else { return }
        for channel in channels(of: name) { channel.members[name]?.details = details }
    }

    /// Writes all details that are held into the channels.
    mutating func applyHeldDetails() { for name in news.held { applyHeldDetails(of: name) } }

    /// Tells the core of the people whose changes wait, as far as the pace allows.
    mutating func tellDetails(now: NIODeadline) {
        while let name = news.next(now: now) { tellDetails(of: name) }
    }

    /// Tells the core the details of a person now. The pace counts each room.
    mutating func tellDetails(of name: FoldedName) {
        applyHeldDetails(of: name)
        var rooms = 0
        for channel in channels(of: name) where channel.isJoined {
            guard let member = channel.members[name], !member.isUntold else { continue }
            emit(.room(channel.address, .occupantChanged(channel.occupant(member, support: support))))
            rooms += 1
        }
        news.charge(rooms - 1)
    }

    /// Reads the tags of a message that tell of its sender (IRCv3 account-tag, bot-mode). They are news only in a
    /// channel whose members we have not asked about.
    mutating func readTags(_ line: Inbound, of member: IRCChannel.Member) {
        let told = line.message.tags[.account].flatMap { account(named: $0) }
        let isBot = line.message.tags[.bot] != nil
        let known = member.details
        guard told != nil && told != known?.account || isBot && known?.marks.contains(.bot) != true else { return }
        learn(of: line.nick, now: line.now) {
            if let told { $0.account = told }
            if isBot { $0.marks.insert(.bot) }
        }
    }
}
