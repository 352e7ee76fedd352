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
    private let logger: Logger
    private let sessions: SessionsByNumber

    /// Makes the adapter, on the gateway's loop. Routes the listener's path `/sms/DOMAIN` to this gateway.
    ///
    /// - Parameters:
    ///   - domain: the domain of the gateway, which is part of the callback addresses.
    ///   - listener: the listener for webhooks; without one, nothing comes back from the providers.
    ///   - publicURL: the address at which providers reach the listener, such as `https://gw.example.org`.
    ///   - clock: gives the time of day, which tells a message that waited from a new one.
    package convenience init(
        settings: SMSSettings, domain: String, eventLoop: any EventLoop, http: HTTPClient, listener: WebhookListener?,
        publicURL: String, clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.init(
            settings: settings, domain: domain, eventLoop: eventLoop, transport: { _ = http.send($0, $1) },
            publicURL: publicURL, clock: clock, logger: logger)
        let receiver = receiver
        listener?.route(prefix, methods: [.get, .post]) { request, answer in receiver.receive(request, answer) }
    }

    init(
        settings: SMSSettings, domain: String, eventLoop: any EventLoop, transport: @escaping ProviderLink.Transport,
        publicURL: String, clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        let rules = SMSRules(settings: settings)
        self.rules = rules
        prefix = "/sms/" + PercentEncoding.encode(domain)
        publicAddress = (publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL) + prefix
        accounts = Dictionary(
            settings.accounts.flatMap { account in account.numbers.map { ($0, account) } },
            uniquingKeysWith: { a, _ in a })
        self.transport = transport
        self.eventLoop = eventLoop
        self.logger = logger
        sessions = SessionsByNumber(logger: logger)
        receiver = WebhookReceiver(
            accounts: Dictionary(settings.accounts.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a }),
            plan: rules.addresses.plan, publicAddress: publicAddress,
            sessions: NIOLoopBound(sessions, eventLoop: eventLoop), eventLoop: eventLoop, clock: clock, logger: logger,
            refusals: RefusalLog(logger: logger, eventLoop: eventLoop))
    }

    package func start(_ finder: AccountFinder) { sessions.start(finder) }

    package func recall(_ values: [String: String]) { sessions.sent.recall(values) }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        guard let number = account.settings[SMSRules.numberKey].flatMap({ E164($0) }), let provider = accounts[number]
        else { return lost(UnavailableSession.numberGone, events) }
        let base = publicAddress + "/" + provider.name
        let link = ProviderLink(
            account: provider, hooks: HookAddresses(base: base, from: number), transport: transport,
            eventLoop: eventLoop)
        var logger = logger
        logger[metadataKey: "account"] = "\(provider.name)"
        let session = SMSSession(
            number: number, link: link, events: events, sent: provider.profile.traits.matchesByID ? sessions.sent : nil,
            logger: logger)
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
