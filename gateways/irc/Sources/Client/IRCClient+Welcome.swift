import GatewayKit

extension IRCClient {
    /// The welcome text and what the server says about itself.
    static let welcomeHandlers = [
        HandlerRow(5, least: 2) { $0.receivedSupport($1) },
        HandlerRow(372, least: 2) { client, line in
            if client.motd.count < 100 { client.motd.append(PlainText.of(line.parameters[1])) }
        },
        HandlerRow(376, least: 0) { $0.receivedEndOfWelcome($1) },
        HandlerRow(422, least: 0) { $0.receivedEndOfWelcome($1) },
    ]

    private mutating func receivedEndOfWelcome(_ line: Inbound) {
        if !motd.isEmpty { emit(.state(.notice(motd.joined(separator: "\n")))) }
        motd = []
    }

    /// A change makes all names be looked at again, and no honest server changes it more than once or twice.
    private static let caseMappingLimit = 4

    private mutating func receivedSupport(_ line: Inbound) {
        let before = support.caseMapping
        support.apply(line.parameters, keepsCaseMapping: caseMappingChanges == IRCClient.caseMappingLimit)
        announceReactions()
        guard before != support.caseMapping else { return }
        caseMappingChanges += 1
        foldNamesAgain()
    }
}
