import Basics
import GatewayKit
import HTTP
import Logging
import NIOCore

/// Handles the providers' calls: `/ACCOUNT/inbound` and `/ACCOUNT/status[/NUMBER]` below the gateway's prefix.
///
/// A call is verified and read on the listener's thread, which uses no shared state. Then its event goes to the
/// gateway's loop, and the call is answered when the core has taken the event.
struct WebhookReceiver: Sendable {
    private typealias Answer = @Sendable (WebhookReply) -> Void

    let accounts: [String: ProviderAccount]
    let plan: NumberPlan
    /// Our public address including the gateway's prefix, without `/` at its end.
    let publicAddress: String
    let sessions: NIOLoopBound<SessionsByNumber>
    let eventLoop: any EventLoop
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    let refusals: RefusalLog

    /// The age in seconds from which a message counts as one that waited.
    static let late = 60.0

    func receive(_ request: WebhookRequest, _ answer: @escaping @Sendable (WebhookReply) -> Void) {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard (2...3).contains(path.count), let account = accounts[path[0]], path.count == 2 || path[1] == "status"
        else {
            return answer(WebhookReply(status: 404))
        }
        let hook = path[1]
        let event = account.profile.event(
            hook: hook, of: request, url: publicAddress + request.path, settings: account.settings)
        switch event {
        case .failure(let refusal): refuse(refusal, Call(account: account, hook: hook, request), answer)
        case .success(.inbound(let text)):
            request.callerIsVerified()
            deliver(text, account, answer)
        case .success(.status(let report)):
            request.callerIsVerified()
            let number = path.count == 3 ? E164("+" + path[2]) : nil
            let call = Call(account: account, hook: hook, request)
            deliver(report, call, number.flatMap { account.numbers.contains($0) ? $0 : nil }, answer)
        }
    }

    /// The parts of a call that the log needs.
    private struct Call {
        let account: ProviderAccount
        let hook: String
        let address: String

        init(account: ProviderAccount, hook: String, _ request: WebhookRequest) {
            self.account = account
            self.hook = hook
            address = request.remoteAddress
        }
    }

    private func refuse(_ refusal: HookRefusal, _ call: Call, _ answer: Answer) {
        let words: String
        switch refusal {
        case .malformed(let what): words = what
        case .unverified: words = "not verified"
        case .wrongMethod: words = "wrong method"
        case .unknownHook: words = "no such hook"
        }
        refusals.refused(
            "webhook call refused", from: call.address,
            metadata: ["account": "\(call.account.name)", "hook": "\(call.hook)", "why": "\(words)"])
        answer(WebhookReply(status: refusal.status, text: words + "\n"))
    }

    private func deliver(_ text: InboundText, _ account: ProviderAccount, _ answer: @escaping Answer) {
        let number = account.ownNumber(text.to, plan: plan)
        let message = number.map { self.message(text, to: $0, account) }
        let reply = account.profile.reply(hook: "inbound")
        eventLoop.execute {
            let onAnswer = { answer(Self.reply(for: $0, reply)) }
            sessions.value.withSession(of: number, for: "message", onAnswer: onAnswer) { session in
                if let message { session.received(message, onAnswer: onAnswer) }
            }
        }
    }

    private func deliver(
        _ report: StatusReport, _ call: Call, _ number: E164?, _ answer: @escaping Answer
    ) {
        let account = call.account
        let reply = account.profile.reply(hook: "status")
        // Ignore reports about messages that another program sent through the same account, and states that do not tell
        // whether the message was delivered.
        guard let ref = report.ref, !ref.isEmpty, let state = report.state, state != .ignore else {
            logger.debug(
                "a report was ignored: it names no message of ours, or says nothing about delivery",
                metadata: ["account": "\(account.name)"])
            return answer(reply)
        }
        guard ref.utf8.count <= 64, ref.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return refuse(.malformed("the reference is not one of ours"), call, answer)
        }
        let final = report.final(redact: account.settings.redacted)
        eventLoop.execute {
            let onAnswer = { answer(Self.reply(for: $0, reply)) }
            sessions.value.withSession(of: number, for: "report", onAnswer: onAnswer) { session in
                session.reported(RequestID(ref), final, onAnswer: onAnswer)
            }
        }
    }

    private func message(_ text: InboundText, to number: E164, _ account: ProviderAccount) -> InboundMessage {
        let sender = account.profile.receives.sender(text.from, receiver: number, plan: plan)
        let lines = ([text.text] + text.media).filter { !$0.isEmpty }
        let body = MessageText.inbound(lines.joined(separator: "\n"))
        let now = clock().secondsSince1970
        return InboundMessage(
            from: .peer(PeerAddress(network: SMSRules.network, name: sender.localpart)),
            displayName: sender.displayName(asReceived: text.from), text: body.isEmpty ? "[empty message]" : body,
            id: text.id.map { MessageID(account.name + "/" + $0) },
            sentAt: text.sentAt.flatMap { now - $0.secondsSince1970 > Self.late ? $0 : nil })
    }

    private static func reply(for answer: EventSink.StorageAnswer, _ reply: WebhookReply) -> WebhookReply {
        switch answer {
        case .stored: reply
        case .refused: WebhookReply(status: 503, text: "not taken, try again\n")
        }
    }
}

extension StatusReport {
    /// The final report; nil if the message is still on its way.
    fileprivate func final(redact: (String) -> String) -> FinalReport? {
        guard let state, state == .delivered || state.isFailure else { return nil }
        guard state.isFailure else { return .delivered }
        let words = errorText.map(redact) ?? ""
        let detail = "reported as \(state.rawValue)" + (words.isEmpty ? "" : ": " + words)
        return .failed((error ?? state.errorKind).finalFailure(detail: detail))
    }
}

extension Correspondent {
    /// The name to show to people: the number, or the name as the phone network sent it.
    fileprivate func displayName(asReceived text: String) -> String {
        switch self {
        case .number(let number): number.rawValue
        case .shortCode(let digits, _): digits
        case .named, .withheld:
            MessageText.inbound(String(text.trimmed.prefix(Correspondent.longestName)))
        }
    }
}
