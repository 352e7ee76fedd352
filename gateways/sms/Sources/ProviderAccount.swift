import GatewayKit

/// One account that the operator has with an SMS provider, with the numbers that send through it.
package struct ProviderAccount: Sendable {
    /// The name of the account in the configuration, which is part of the callback addresses.
    package let name: String
    package let profile: ProviderProfile
    let settings: ProviderSettings
    package let numbers: [E164]
    /// The users to whom the operator has given some of these numbers.
    package var owners: [E164: UserID] = [:]
    /// The operator's rate for all numbers together; nil if the profile's rate counts.
    var rate: SendRate?
    /// The numbers to which users may send; nil for all.
    var destinations: Destinations?
    /// How much users may send, and when; nil for no limits.
    var limits: AccountLimits?
    /// Whether typographic punctuation is replaced before a text is sent.
    var replacesPunctuation = false
    /// What becomes of pictures and other files.
    var media = MediaSettings()
    /// The operator's rate for each number; nil if the profile's rate counts.
    var numberRate: SendRate?

    /// A text for the log that tells the operator which settings to check when the provider refuses the account.
    var hint: String {
        let names = profile.settings.filter { $0.required || $0.secret }.map(\.name).joined(separator: ", ")
        return "check sms.accounts.\(name).settings (\(names)) and the credit at the provider; after that, the"
            + " command 'drain' sends the waiting messages at once"
    }

    /// Makes a message for this provider from a text of the core. Throws if it cannot be a text message.
    ///
    /// - Parameter media: the URL of the file that the message carries. Its text may be empty.
    func message(
        _ id: RequestID, _ words: Text, media: String? = nil, to address: Address, from number: E164
    ) throws(Failure) -> OutboundText {
        guard case .peer(let peer) = address, let to = Correspondent(localpart: peer.name) else {
            throw Failure(.unsupported, "Text messages go to telephone numbers only.")
        }
        try destinations?.check(to, from: number)
        try check(to, from: number)
        let said = words.form == .action ? "/me " + words.body : words.body
        let text = OutboundText(ref: id, from: number, to: to, text: outbound(said), media: media)
        try check(text)
        return text
    }

    /// Throws if the account sends nothing at this time. Check it when a message comes, and again when its turn comes.
    func checkHours(at now: Timestamp) throws(Failure) {
        if let limits, let hours = limits.quietHours { try hours.check(now, limits.local) }
    }

    /// The text as the provider gets it.
    private func outbound(_ text: String) -> String {
        let composed = MessageText.outbound(text)
        return replacesPunctuation ? PlainPunctuation.replacing(in: composed) : composed
    }

    /// The charge for a text or a file against the account's limits; nil if there are none, or if `message` refuses it.
    func charge(for content: Content, to address: Address, from number: E164, at now: Timestamp) -> Charge? {
        guard let limits, limits.counts, !refusesForGood(at: now),
            let sent = try? message(of: content, to: address, from: number)
        else { return nil }
        return limits.charge(max(1, sent.segmentation.parts), at: now)
    }

    /// The message for a text or a file; nil for any other content.
    private func message(of content: Content, to address: Address, from number: E164) throws(Failure) -> OutboundText? {
        switch content {
        case .text(let text): try message(RequestID(""), text, to: address, from: number)
        case .file(let file): try message(RequestID(""), file, to: address, from: number)
        default: nil
        }
    }

    /// Whether quiet hours refuse messages now. A message that waits for their end counts.
    private func refusesForGood(at now: Timestamp) -> Bool {
        do throws(Failure) {
            try checkHours(at: now)
            return false
        } catch {
            return error.retry == .never
        }
    }

    private func check(_ to: Correspondent, from number: E164) throws(Failure) {
        switch to {
        case .number: break
        case .named, .withheld:
            throw Failure(.unsupported, "This sender cannot be answered: it has no number.")
        case .shortCode(_, let context):
            guard profile.limits.shortCodes else {
                throw Failure(.unsupported, "Short codes cannot be reached through this gateway's provider.")
            }
            guard context == number.shortCodeContext else {
                throw Failure(.notFound, "This short code belongs to another country than your number.")
            }
        }
    }

    private func check(_ text: OutboundText) throws(Failure) {
        guard text.media != nil || text.text.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.notAcceptable, "An empty text message cannot be sent.")
        }
        let length = text.text.utf16.count
        if let longest = profile.limits.longestText, length > longest {
            throw Failure(.tooLong, "The text has \(length) characters; at most \(longest) can be sent at once.")
        }
        let parts = text.segmentation.parts
        if let most = profile.limits.mostParts, parts > most {
            throw Failure(.tooLong, "The text would take \(parts) text messages; at most \(most) can be sent at once.")
        }
    }

    /// Reads a number of ours as the provider writes it. Nil if it does not belong to this account.
    func ownNumber(_ text: String, plan: NumberPlan) -> E164? { number(text, among: numbers, plan: plan) }

    /// Reads a number as the provider writes it. Nil if it is none of `numbers`.
    func number(_ text: String, among numbers: [E164], plan: NumberPlan) -> E164? {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        if let number = numbers.first(where: { $0.rawValue.dropFirst() == digits }) { return number }
        guard let number = profile.receives.number(text, plan: plan), numbers.contains(number) else { return nil }
        return number
    }

    /// The capabilities towards a correspondent.
    var capabilities: CapabilityTable {
        let report: Capabilities.Grade = profile.limits.reports ? .full : .rejected
        let numbers = Capabilities(
            [
                .text: .partial, .action: .fallback, .notice: .fallback, .file: fileGrade, .typing: .dropped,
                .read: .dropped, .deliveryReport: report,
            ], limits: Capabilities.Limits(textBytes: longestText))
        return CapabilityTable(
            network: Capabilities([.presence: .dropped]), peers: numbers,
            kinds: [
                Correspondent.shortCodes: profile.limits.shortCodes ? numbers : .none,
                Correspondent.unanswerable: .none,
            ])
    }

    /// An upper bound of a text's length in UTF-8 bytes; nil if there is no limit. The exact limit depends on the
    /// alphabet of the text.
    private var longestText: Int? {
        // A UTF-16 unit is at most 3 bytes; a part holds 153 septets of at most 2 bytes, or 67 units.
        let bounds = [profile.limits.longestText.map { $0 * 3 }, profile.limits.mostParts.map { $0 * 153 * 2 }]
        return bounds.compactMap { $0 }.min()
    }
}
