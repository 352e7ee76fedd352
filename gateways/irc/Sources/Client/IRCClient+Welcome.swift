import GatewayKit

extension IRCClient {
    /// The handlers of the welcome text and of RPL_ISUPPORT (005).
    static let welcomeHandlers = [
        HandlerRow(5, least: 2) { $0.receivedSupport($1) },
        HandlerRow(372, least: 2) { $0.receivedGreeting($1) },
        HandlerRow(376, least: 0) { $0.receivedEndOfWelcome($1) },
        HandlerRow(422, least: 0) { $0.receivedEndOfWelcome($1) },
    ]

    /// Keeps a line of the message of the day. Many servers begin each with "- " (RFC 2812 §5.1, RPL_MOTD).
    private mutating func receivedGreeting(_ line: Inbound) {
        guard motd.count < 100 else { return }
        let text = PlainText.withoutFormatting(line.parameters[1])
        motd.append(text == "-" ? "" : text.hasPrefix("- ") ? String(text.dropFirst(2)) : text)
    }

    private mutating func receivedEndOfWelcome(_ line: Inbound) {
        if !motd.isEmpty { emit(.state(.greeting(motd.joined(separator: "\n")))) }
        motd = []
    }

    /// How often a server may change its case mapping, and how often its list of ranks. Each change costs a pass over
    /// all members, and no honest server makes more than two.
    static let supportChangeLimit = 4
    /// The number of people with whom a connection goes through such a change. With more of them, the pass would hold up
    /// other users, so the connection ends. Servers announce both before any channel is entered.
    static let supportChangePeopleLimit = 2_000

    private mutating func receivedSupport(_ line: Inbound) {
        let before = support
        let next = sharedSupport(after: line.parameters)
        let support = next.value
        guard before.namesPeople(as: support) || peopleKept <= IRCClient.supportChangePeopleLimit else {
            // The next connection learns the new rules before it enters a channel.
            let words = "\(surroundings.title) has changed its rules for nicks or ranks, and you are in large channels."
            return hangUp(LinkEnd(failure: Failure(.remoteDown, words), cause: .broken))
        }
        sharedSupport = next
        announceFeatures()
        if before.prefixes != support.prefixes {
            prefixChanges += 1
            moveRanks(from: before)
        }
        guard before.caseMapping != support.caseMapping else { return }
        caseMappingChanges += 1
        foldNamesAgain()
    }

    /// The announcement of the server after a line of RPL_ISUPPORT. It lacks changes of the case mapping or prefixes
    /// that come too often (`supportChangeLimit`).
    private func sharedSupport(after parameters: [String]) -> SupportPool.Shared {
        let keepsCaseMapping = caseMappingChanges == IRCClient.supportChangeLimit
        let keepsPrefixes = prefixChanges == IRCClient.supportChangeLimit
        let pool = surroundings.commons.supports
        guard keepsCaseMapping || keepsPrefixes else { return pool.shared(after: sharedSupport, parameters) }
        var support = support
        support.apply(parameters, keepsCaseMapping: keepsCaseMapping, keepsPrefixes: keepsPrefixes)
        return pool.shared(support)
    }

    /// The number of names that a new case mapping sorts again.
    private var peopleKept: Int { memberCount + news.count + returning.goneCount }

    /// Keeps the ranks of all members after the server has changed its list of ranks, and shows the changed ones.
    private mutating func moveRanks(from before: ServerSupport) {
        for channel in channels.values {
            for (key, member) in channel.members {
                let ranks = member.ranks.moved(from: before, to: support)
                let hasChanged = ranks.rank(support) != member.ranks.rank(before)
                channel.members[key]?.ranks = ranks
                guard hasChanged, channel.isJoined, let member = channel.members[key], !member.isUntold else {
                    continue
                }
                emit(.room(channel.address, .occupantChanged(channel.occupant(member, support: support))))
            }
        }
    }
}

extension ServerSupport {
    /// Whether members have the same folded names and ranks by both.
    fileprivate func namesPeople(as other: ServerSupport) -> Bool {
        caseMapping == other.caseMapping && prefixes == other.prefixes
    }
}
