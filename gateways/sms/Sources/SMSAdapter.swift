import Foundation
import GatewayKit
import HTTP
import Logging
import NIOCore

/// Text messages through the operator's provider accounts.
package final class SMSAdapter: Adapter {
    package let rules: any NetworkRules

    /// Handles the providers' calls below `prefix`.
    let receiver: WebhookReceiver
    private let prefix: String
    private let accounts: [E164: ProviderAccount]
    private let publicAddress: String
    private let transport: ProviderLink.Transport
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let sessions: SessionsByNumber
    /// The gates of the accounts, by the name of the account.
    private let gates: [String: AccountGate]
    /// The sources of bearer tokens, by the name of the account, for accounts that need tokens.
    private let tokens: [String: TokenSource]
    /// Brings the files of messages to users; nil without a folder for them.
    private var media: MediaInbox?
    /// Gives the files to clients below `mediaPrefix`.
    let mediaServer: MediaServer?
    private let mediaPrefix: String
    /// The pollers of the accounts whose providers are asked for events.
    private var pollers: [Poller] = []

    /// Makes the adapter, on the gateway's loop. Routes the listener's paths `/sms/DOMAIN` and `/media/DOMAIN` to this
    /// gateway.
    ///
    /// - Parameters:
    ///   - domain: the domain of the gateway, which is part of the callback addresses.
    ///   - listener: the listener for webhooks; without one, nothing comes back from the providers.
    ///   - publicURL: the address at which providers reach the listener, such as `https://gw.example.org`.
    ///   - mediaHTTP: fetches files of messages; nil if none are fetched. It must refuse private addresses, unless the
    ///     settings allow them.
    ///   - clock: gives the time of day, which tells a message that waited from a new one.
    ///   - report: is called with the name of an account and the reason when the account is paused, and with the name
    ///     and nil when the pause has ended.
    ///   - count: is called with the name of an account and an event to count, on any thread.
    package convenience init(
        settings: SMSSettings, domain: String, eventLoop: any EventLoop, http: HTTPClient, mediaHTTP: HTTPClient? = nil,
        listener: WebhookListener?, publicURL: String, clock: @escaping @Sendable () -> Timestamp, logger: Logger,
        report: @escaping (_ account: String, _ reason: String?) -> Void = { _, _ in },
        count: @escaping @Sendable (_ account: String, ProviderEvent) -> Void = { _, _ in }
    ) {
        let mediaTransport: ProviderLink.Transport?
        if let mediaHTTP {
            mediaTransport = { request, done in _ = mediaHTTP.send(request, done) }
        } else {
            mediaTransport = nil
        }
        self.init(
            settings: settings, domain: domain, eventLoop: eventLoop, transport: { _ = http.send($0, $1) },
            mediaTransport: mediaTransport, publicURL: publicURL, clock: clock,
            logger: logger, report: report, count: count)
        let receiver = receiver
        listener?.route(prefix, methods: [.get, .post]) { request, answer in receiver.receive(request, answer) }
        if let mediaServer {
            listener?.route(mediaPrefix, methods: [.get, .head]) { request, answer in
                mediaServer.receive(request, answer)
            }
        }
    }

    init(
        settings: SMSSettings, domain: String, eventLoop: any EventLoop, transport: @escaping ProviderLink.Transport,
        mediaTransport: ProviderLink.Transport? = nil, publicURL: String, clock: @escaping @Sendable () -> Timestamp,
        logger: Logger,
        random: @escaping () -> Double = { Double.random(in: 0...1) },
        newID: @escaping @Sendable () -> String = { UUID().uuidString },
        diskWork: @escaping MediaFolder.DiskWork = MediaFolder.onOwnQueue(),
        report: @escaping (_ account: String, _ reason: String?) -> Void = { _, _ in },
        count: @escaping @Sendable (_ account: String, ProviderEvent) -> Void = { _, _ in }
    ) {
        let rules = SMSRules(settings: settings)
        self.rules = rules
        prefix = "/sms/" + PercentEncoding.encode(domain)
        let base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        publicAddress = base + prefix
        mediaPrefix = "/media/" + PercentEncoding.encode(domain)
        accounts = Dictionary(
            settings.accounts.flatMap { account in account.numbers.map { ($0, account) } },
            uniquingKeysWith: { a, _ in a })
        self.transport = transport
        self.eventLoop = eventLoop
        self.clock = clock
        self.logger = logger
        sessions = SessionsByNumber(eventLoop: eventLoop, logger: logger)
        let gates = settings.accounts.map { account in
            var logger = logger
            logger[metadataKey: "account"] = "\(account.name)"
            let gate = AccountGate(
                rate: account.rate ?? account.profile.accountPace, hint: account.hint, eventLoop: eventLoop,
                logger: logger, report: { report(account.name, $0) }, count: { count(account.name, $0) })
            return (account.name, gate)
        }
        self.gates = Dictionary(gates, uniquingKeysWith: { a, _ in a })
        let tokens = settings.accounts.compactMap { account in
            account.profile.request.token.map { rule in
                let source = TokenSource(
                    rule, account.settings.values, transport: transport, eventLoop: eventLoop, clock: clock)
                return (account.name, source)
            }
        }
        self.tokens = Dictionary(tokens, uniquingKeysWith: { a, _ in a })
        let folder =
            mediaTransport == nil ? nil : MediaFolder(settings.media, clock: clock, logger: logger, perform: diskWork)
        mediaServer = folder.map(MediaServer.init)
        if let folder, let mediaTransport {
            media = MediaInbox(
                folder, fetches: settings.mediaFetches(mediaTransport), publicAddress: base + mediaPrefix,
                eventLoop: eventLoop, clock: clock, logger: logger
            ) { [sessions] number, none, use in
                sessions.withSession(of: number, for: .message, from: "", onAnswer: none, use: use)
            }
        }
        receiver = WebhookReceiver(
            accounts: Dictionary(settings.accounts.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a }),
            plan: rules.addresses.plan, consentWords: settings.consentWords, publicAddress: publicAddress,
            sessions: NIOLoopBound(sessions, eventLoop: eventLoop), eventLoop: eventLoop, clock: clock, logger: logger,
            refusals: RefusalLog(logger: logger, eventLoop: eventLoop),
            certificates: SigningCertificates(clock: clock, transport), transport: transport,
            countRefusal: { count($0, .callRefused) },
            media: media.map { NIOLoopBound($0, eventLoop: eventLoop) }, newID: newID)
        pollers = settings.accounts.compactMap { account in
            account.profile.poll.map { poller(of: account, $0, random: random) }
        }
    }

    /// The tokens for an account's questions. They are those of its messages if both have the same rule.
    private func tokens(of account: ProviderAccount, for rule: PollRule) -> TokenSource? {
        guard let token = rule.request.token else { return nil }
        if token == account.profile.request.token, let shared = tokens[account.name] { return shared }
        return TokenSource(token, account.settings.values, transport: transport, eventLoop: eventLoop, clock: clock)
    }

    private func poller(of account: ProviderAccount, _ rule: PollRule, random: @escaping () -> Double) -> Poller {
        Poller(
            account, rule, transport: transport, tokens: tokens(of: account, for: rule), eventLoop: eventLoop,
            clock: clock,
            random: random, logger: logger, take: { [receiver] in receiver.take($0, of: account, $1) },
            keep: { [sessions] in sessions.keep($0, for: $1) })
    }

    package func start(_ finder: AccountFinder) {
        sessions.start(finder)
        media?.start()
        for poller in pollers { poller.start() }
    }

    package func recall(_ values: [String: String]) {
        sessions.sent.recall(values)
        sessions.counts.recall(values)
        sessions.parts.recall(values)
        for poller in pollers { poller.recall(values) }
    }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        guard let number = account.settings[SMSRules.numberKey].flatMap({ E164($0) }), let provider = accounts[number],
            let gate = gates[provider.name]
        else { return lost(UnavailableSession.numberGone, events) }
        let base = publicAddress + "/" + provider.name
        var link = ProviderLink(
            account: provider, hooks: HookAddresses(base: base, from: number), transport: transport,
            eventLoop: eventLoop, clock: clock)
        link.tokens = tokens[provider.name].map { NIOLoopBound($0, eventLoop: eventLoop) }
        var logger = logger
        logger[metadataKey: "account"] = "\(provider.name)"
        let session = SMSSession(
            number: number, of: account.id.user, link: link, gate: gate, events: events,
            sent: provider.profile.traits.matchesByID ? sessions.sent : nil,
            parts: provider.profile.traits.countsParts ? sessions.counts : nil, logger: logger)
        guard sessions.add(session) else { return lost(UnavailableSession.numberTaken, events) }
        session.announceCapabilities()
        // Runs on a later turn, when the core has received the session.
        eventLoop.assumeIsolated().execute { [weak session] in
            if let session, !session.isClosed { events.emit(.state(.online(nick: number.rawValue))) }
        }
        return session
    }

    private func lost(_ failure: Failure, _ events: EventSink) -> any AdapterSession {
        let session = UnavailableSession(failure, events: events)
        eventLoop.assumeIsolated().execute { [weak session] in
            if let session, !session.isClosed { events.emit(.state(.offline(failure, retrying: false))) }
        }
        return session
    }
}
