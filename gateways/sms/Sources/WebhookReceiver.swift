import Basics
import GatewayKit
import HTTP
import Logging
import NIOCore

/// Handles the providers' calls: `/ACCOUNT/inbound`, `/ACCOUNT/status[/NUMBER]` and `/ACCOUNT/events[/NUMBER]` below the
/// gateway's prefix.
///
/// A call is verified and read on the listener's thread, which uses no shared state. Then its events go to the
/// gateway's loop, and the call is answered when the core has taken all of them.
struct WebhookReceiver: Sendable {
    private typealias Answer = @Sendable (WebhookReply) -> Void

    let accounts: [String: ProviderAccount]
    let plan: NumberPlan
    /// The words by which people stop and start texts; nil if they have no effect.
    let consentWords: ConsentWords?
    /// Our public address including the gateway's prefix, without `/` at its end.
    let publicAddress: String
    let sessions: NIOLoopBound<SessionsByNumber>
    let eventLoop: any EventLoop
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    let refusals: RefusalLog
    let replays = ReplayCache()
    /// The certificates of signatures that name one.
    let certificates: SigningCertificates
    /// Makes the requests that confirm subscriptions.
    let transport: ProviderLink.Transport
    /// Called with the name of the account for each refused call, on any thread.
    let countRefusal: @Sendable (_ account: String) -> Void
    /// Brings the files of messages to users; nil if users get the providers' addresses.
    let media: NIOLoopBound<MediaInbox>?

    /// Makes an id for a message with files to which the provider has given none.
    let newID: @Sendable () -> String

    /// The age in seconds from which a message counts as one that waited.
    static let late = 60.0

    /// Verifies a call and takes its events. Calls `answer` once, on any thread.
    func receive(_ request: WebhookRequest, _ answer: @escaping @Sendable (WebhookReply) -> Void) {
        receive(request, mayFetch: true, answer)
    }

    /// - Parameter mayFetch: whether a missing certificate is fetched, after which the call is read again.
    private func receive(_ request: WebhookRequest, mayFetch: Bool, _ answer: @escaping Answer) {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard (2...3).contains(path.count), let account = accounts[path[0]], path.count == 2 || path[1] != "inbound"
        else {
            return answer(WebhookReply(status: 404))
        }
        let number = path.count == 3 ? E164("+" + path[2]) : nil
        let call = Call(
            account: account, hook: path[1], address: request.remoteAddress,
            number: number.flatMap { account.numbers.contains($0) ? $0 : nil })
        let now = clock().secondsSince1970
        let result = account.profile.call(
            hook: call.hook, request, url: publicAddress + request.path, now: now, settings: account.settings,
            certificate: { [certificates] in certificates.known($0) })
        switch result {
        case .failure(.needsCertificate(let url)) where mayFetch:
            certificates.fetch(url) { _ in receive(request, mayFetch: false, answer) }
        case .failure(let refusal): refuse(refusal, call, answer)
        case .success(let proven):
            request.callerIsVerified()
            if let url = proven.certificate { certificates.proved(url) }
            take(proven, call, now: now, answer)
        }
    }

    /// One call, for its events and for the log.
    private struct Call {
        let account: ProviderAccount
        let hook: String
        let address: String
        /// Our number that the address names; nil if it names none.
        let number: E164?
    }

    /// Takes the events of a verified call. Answers when all are stored. If one is not, the provider has to call again;
    /// the core recognises those that it has.
    private func take(_ proven: ProvenCall, _ call: Call, now: Double, _ answer: @escaping Answer) {
        let account = call.account.name
        if let reply = proven.reply { return answer(reply) }
        if let url = proven.confirmation { return confirm(url, call, answer) }
        let (actions, faults) = actions(for: proven.events, call)
        if let fault = faults.first, proven.events.count == 1 { return refuse(fault, call, answer) }
        if let use = proven.use, !replays.claim(use, of: account, now: now) { return refuse(.replayed, call, answer) }
        for fault in faults + proven.faults { report(fault, call) }
        let reply = call.account.profile.reply(hook: call.hook)
        guard !actions.isEmpty else { return answer(reply) }
        let finish: @Sendable (_ isStored: Bool) -> Void = { [replays] isStored in
            if !isStored, let use = proven.use { replays.release(use, of: account) }
            answer(isStored ? reply : WebhookReply(status: 503, text: "not taken, try again\n"))
        }
        eventLoop.execute { Self.perform(actions, on: sessions.value, finish) }
    }

    /// Takes events of a provider that was asked for them, on the loop. Calls `done` with true if all are stored.
    func take(_ slice: PollRule.Slice, of account: ProviderAccount, _ done: @escaping (_ isStored: Bool) -> Void) {
        let call = Call(account: account, hook: "poll", address: "", number: nil)
        let (actions, faults) = actions(for: slice.events, call)
        for fault in faults + slice.faults { report(fault, call) }
        guard !actions.isEmpty else { return done(true) }
        // A text for a number without a user is refused with `notFound`, and the log has told the operator. Here it
        // counts as stored, because it must not keep back all later events.
        let answered: [Action] = actions.map { action in
            { sessions, onAnswer in
                action(sessions) { result in
                    if case .refused(let failure) = result, failure.kind == .notFound { return onAnswer(.stored) }
                    onAnswer(result)
                }
            }
        }
        Self.perform(answered, on: sessions.value, done)
    }

    /// Confirms the subscription for which a verified call asks, and then answers the call. If the confirmation fails,
    /// the answer is an error, so that the provider asks again.
    private func confirm(_ url: String, _ call: Call, _ answer: @escaping Answer) {
        let reply = call.account.profile.reply(hook: call.hook)
        transport(HTTPRequest(.get, url: url)) { [logger] result in
            guard case .success(let response) = result, response.status == 200 else {
                logger.warning(
                    "a subscription cannot be confirmed; the provider may ask again",
                    metadata: ["account": "\(call.account.name)"])
                return answer(WebhookReply(status: 503, text: "not confirmed, try again\n"))
            }
            logger.notice("a subscription is confirmed", metadata: ["account": "\(call.account.name)"])
            answer(reply)
        }
    }

    /// Performs the actions, and calls `done` once, when all have been answered.
    private static func perform(
        _ actions: [Action], on sessions: SessionsByNumber, _ done: @escaping (_ isStored: Bool) -> Void
    ) {
        guard actions.count > 1 else {
            for action in actions { action(sessions) { done($0 == .stored) } }
            return
        }
        var open = actions.count
        var isStored = true
        for action in actions {
            action(sessions) { result in
                isStored = isStored && result == .stored
                open -= 1
                if open == 0 { done(isStored) }
            }
        }
    }

    private func actions(for events: [HookEvent], _ call: Call) -> ([Action], faults: [HookRefusal]) {
        var actions: [Action] = []
        var faults: [HookRefusal] = []
        for event in events {
            do throws(HookRefusal) {
                if let action = try action(for: event, call) { actions.append(action) }
            } catch {
                faults.append(error)
            }
        }
        return (actions, faults)
    }

    private func refuse(_ refusal: HookRefusal, _ call: Call, _ answer: Answer) {
        report(refusal, call)
        answer(WebhookReply(status: refusal.status, text: refusal.words + "\n"))
    }

    private func report(_ refusal: HookRefusal, _ call: Call) {
        countRefusal(call.account.name)
        refusals.refused(
            "webhook call refused", from: call.address,
            metadata: ["account": "\(call.account.name)", "hook": "\(call.hook)", "why": "\(refusal.words)"])
    }

    /// Hands an event to its session, on the loop, and calls back once.
    private typealias Action = @Sendable (SessionsByNumber, @escaping (EventSink.StorageAnswer) -> Void) -> Void

    /// What to do with an event; nil if there is nothing to do.
    private func action(for event: HookEvent, _ call: Call) throws(HookRefusal) -> Action? {
        switch event {
        case .inbound(let text):
            let number = receiver(of: text, call.account)
            let message = number.map { self.message(text, to: $0, call.account) }
            let (name, part) = (call.account.name, text.part)
            let fact = number.flatMap { number in message.flatMap { consent(by: $0, to: number) } }
            return { sessions, onAnswer in
                sessions.withSession(
                    of: number, for: .message, from: name, fact: fact, onAnswer: onAnswer
                ) { session in
                    guard let message else { return }
                    if !text.media.isEmpty, takeFiles(text, message, session, name, onAnswer) { return }
                    if let part {
                        sessions.parts.take(part, of: message, session, onAnswer: onAnswer)
                    } else {
                        session.received(message, onAnswer: onAnswer)
                    }
                }
            }
        case .status(let report): return try action(for: report, call)
        }
    }

    private func action(for report: StatusReport, _ call: Call) throws(HookRefusal) -> Action? {
        let account = call.account
        // Ignore reports about messages that another program sent through the same account, and states that do not tell
        // whether the message was delivered.
        guard let state = report.state, state != .ignore else { return ignore(account) }
        let final = report.final(redact: account.settings.redacted)
        let facts = report.allFacts
        if let ref = report.ref, !ref.isEmpty {
            guard ref.utf8.count <= 64, ref.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .malformed("the reference is not one of ours")
            }
            // What the report says may be signed, and the path is not.
            let number = report.number.flatMap { account.ownNumber($0, plan: plan) } ?? call.number
            return { sessions, onAnswer in
                sessions.withSession(
                    of: number, for: .report, from: account.name, fact: Self.price(facts, of: RequestID(ref)),
                    onAnswer: onAnswer
                ) { session in
                    session.reported(RequestID(ref), final, part: report.part, facts: facts, onAnswer: onAnswer)
                }
            }
        }
        guard account.profile.traits.matchesByID, let id = report.id, (1...256).contains(id.utf8.count) else {
            return ignore(account)
        }
        return { sessions, onAnswer in
            sessions.sent.find(id, of: account.name) { message in
                guard let message else { return onAnswer(.stored) }
                sessions.withSession(
                    of: message.number, for: .report, from: account.name, fact: Self.price(facts, of: message.ref),
                    onAnswer: onAnswer
                ) { session in
                    session.reported(
                        message.ref, final, id: id, part: report.part, facts: facts, onAnswer: onAnswer)
                }
            }
        }
    }

    /// The price that a report tells; nil if it tells none. It counts also if the user has unregistered.
    private static func price(_ facts: MessageFacts, of id: RequestID) -> NetworkFact? {
        facts.amount == nil ? nil : .message(id, facts)
    }

    private func ignore(_ account: ProviderAccount) -> Action? {
        logger.debug(
            "a report was ignored: it names no message of ours, or says nothing about delivery",
            metadata: ["account": "\(account.name)"])
        return nil
    }

    /// Our number to which a message is sent; nil if it is none of ours. A number of another account counts too: two
    /// accounts may share one webhook, or a number may have moved from one provider to another. The caller has proven
    /// that it is a provider of the operator.
    private func receiver(of text: InboundText, _ account: ProviderAccount) -> E164? {
        if let number = account.ownNumber(text.to, plan: plan) { return number }
        let others = accounts.values.filter { $0.name != account.name }.flatMap(\.numbers)
        guard let number = account.number(text.to, among: others, plan: plan) else { return nil }
        logger.debug(
            "a message came through an account that does not have its number", metadata: ["account": "\(account.name)"])
        return number
    }

    /// The message for the user of our number. The number is part of its id, because a provider may give texts to two
    /// numbers the same id. The user is not: if the number has another user by the time of a repetition, the text of the
    /// earlier user is known and goes to nobody.
    private func message(_ text: InboundText, to number: E164, _ account: ProviderAccount) -> InboundMessage {
        let lines = ([text.text] + text.media.map(\.url)).filter { !$0.isEmpty }
        let body = MessageText.inbound(lines.joined(separator: "\n"))
        return message(text, body.isEmpty ? "[empty message]" : body, to: number, account)
    }

    /// The message with a body of its own.
    private func message(
        _ text: InboundText, _ body: String, to number: E164, _ account: ProviderAccount
    ) -> InboundMessage {
        let sender = account.profile.receives.sender(text.from, receiver: number, plan: plan)
        let now = clock().secondsSince1970
        var message = InboundMessage(
            from: .peer(PeerAddress(network: SMSRules.network, name: sender.localpart)),
            displayName: sender.displayName(asReceived: text.from), text: body,
            id: text.id.map { MessageID("\(account.name)/\(number)/\($0)") },
            sentAt: text.sentAt.flatMap { now - $0.secondsSince1970 > Self.late ? $0 : nil })
        message.consent = consent(of: text)
        return message
    }

    /// The consent that a message to a number of ours tells; nil if it tells none. It is between the two numbers, so it
    /// counts also if nobody gets the message.
    private func consent(by message: InboundMessage, to number: E164) -> NetworkFact? {
        guard let consent = message.consent, case .peer(let peer) = message.origin else { return nil }
        let line = UniqueValue(SMSRules.numberKey, number.rawValue)
        return .consent(consent, of: peer, for: line, at: message.sentAt ?? clock())
    }

    /// Gives a message with files to the media inbox, on the loop. Returns false if the inbox does not take it: then the
    /// message goes on with the files' addresses in its text.
    private func takeFiles(
        _ text: InboundText, _ whole: InboundMessage, _ session: SMSSession, _ account: String,
        _ onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) -> Bool {
        guard let inbox = media?.value, let provider = accounts[account], text.part == nil,
            text.media.contains(where: { inbox.canFetch($0.url, of: account) })
        else { return false }
        let files = text.media.filter { inbox.canFetch($0.url, of: account) }
        let others = text.media.filter { !inbox.canFetch($0.url, of: account) }
        let lines = ([text.text] + others.map(\.url)).filter { !$0.isEmpty }
        let body = MessageText.inbound(lines.joined(separator: "\n"))
        let id = whole.id ?? MessageID("\(account)/\(session.number)/\(newID())")
        var first = message(text, body, to: session.number, provider)
        // With an id, the text does not come again after a restart.
        first.id = id
        let job = MediaJob(
            account: account, number: session.number.rawValue, user: session.user.rawValue, message: first,
            id: id.rawValue, files: files, receivedAt: clock().secondsSince1970)
        guard inbox.hasRoom(for: job) else { return false }
        inbox.take(job, otherwise: { session.received(whole, onAnswer: onAnswer) }, onAnswer: onAnswer)
        return true
    }

    /// Whether the sender allows further texts; nil if the text does not say that. The provider's own field counts
    /// before the text. A part of a long text never counts.
    private func consent(of text: InboundText) -> Consent? {
        guard let consentWords, text.part == nil else { return nil }
        switch text.consent ?? consentWords.word(in: text.text) {
        case .stop?: return .withdrawn
        case .start?: return .given
        case .help?, nil: return nil
        }
    }
}

extension StatusReport {
    /// The facts of the report, with the stage that its state means.
    fileprivate var allFacts: MessageFacts {
        var facts = facts
        switch state {
        case .sent: facts.stage = .sent
        case .rejected: facts.stage = .rejected
        case .expired: facts.stage = .expired
        default: break
        }
        return facts
    }

    /// The final report; nil if the message is still on its way.
    fileprivate func final(redact: (String) -> String) -> FinalReport? {
        guard let state, state == .delivered || state.isFailure else { return nil }
        guard state.isFailure else { return .delivered }
        let words = errorText.map(redact) ?? ""
        let detail = "reported as \(state.rawValue)" + (words.isEmpty ? "" : ": " + words)
        return .failed((error ?? state.errorKind).finalFailure(detail: detail).quoting(words))
    }
}

extension Correspondent {
    /// The name to show to people: the number, or the name as the phone network sent it.
    fileprivate func displayName(asReceived text: String) -> String {
        switch self {
        case .number(let number): number.rawValue
        case .shortCode(let digits, _): digits
        case .named, .withheld:
            // A sender chooses the name, and GSM's alphabet has line breaks.
            MessageText.inbound(
                String(text.trimmed.prefix(Correspondent.longestName).map { $0.isNewline ? " " : $0 }))
        }
    }
}
